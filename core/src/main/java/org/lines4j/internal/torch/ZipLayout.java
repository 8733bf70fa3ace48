package org.lines4j.internal.torch;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;
import org.lines4j.format.EncodedTensor;
import org.lines4j.format.FileLayout;
import org.lines4j.format.FileLayout.Constant;
import org.lines4j.format.FileLayout.Placed;
import org.lines4j.format.Seal;
import org.lines4j.internal.torch.ZipHeaders.Entry;
import org.lines4j.storage.ByteRange;

/// Where everything lies in a zip archive as `torch.save` writes it: records that are known before,
/// records that are tensors, and the checksums of these, which come last: one in the header before
/// each, and all of them in the directory at the end.
///
/// Records are stored, not compressed, and aligned to 64 bytes.
final class ZipLayout {
  /// What PyTorch calls the folder where it does not know the file's name.
  private static final String FOLDER = "archive/";

  private final List<Placed> tensors = new ArrayList<>();
  private final List<Constant> constants = new ArrayList<>();
  private final List<Entry> entries = new ArrayList<>();

  /// For each tensor, which entry it is.
  private final List<Integer> records = new ArrayList<>();

  private final List<ByteRange> checksums = new ArrayList<>();
  private long end;

  /// Adds a record that is known.
  void add(String name, byte[] content) {
    Entry entry = new Entry(FOLDER + name, content.length, end, crc(content));
    entries.add(entry);
    constant(ZipHeaders.local(entry));
    constant(content);
  }

  /// Adds a record that is a tensor's bytes.
  void add(String name, EncodedTensor tensor) {
    Entry entry = new Entry(FOLDER + name, tensor.byteSize(), end, 0);
    byte[] header = ZipHeaders.local(entry);
    ByteRange checksum = new ByteRange(end + ZipHeaders.CHECKSUM_AT, Integer.BYTES);
    records.add(entries.size());
    entries.add(entry);
    checksums.add(checksum);
    MemorySegment bytes = MemorySegment.ofArray(header).asReadOnly();
    long behind = ZipHeaders.CHECKSUM_AT + checksum.count();
    constants.add(new Constant(end, bytes.asSlice(0, ZipHeaders.CHECKSUM_AT)));
    constants.add(new Constant(end + behind, bytes.asSlice(behind)));
    end = Math.addExact(end, header.length);
    tensors.add(new Placed(tensor, end));
    end = Math.addExact(end, tensor.byteSize());
  }

  private void constant(byte[] bytes) {
    constants.add(new Constant(end, MemorySegment.ofArray(bytes).asReadOnly()));
    end = Math.addExact(end, bytes.length);
  }

  private static int crc(byte[] bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  /// The archive, which ends with a record that tells its content from others.
  FileLayout layout() {
    Tail tail = new Tail(List.copyOf(entries), List.copyOf(records), end);
    ByteRange last = new ByteRange(end, tail.of(new int[records.size()]).length);
    List<ByteRange> places = new ArrayList<>(checksums);
    places.add(last);
    long size = Math.addExact(last.from(), last.count());
    Checksums seal = new Checksums(List.copyOf(places), tail);
    return new FileLayout(tensors, constants, size, Optional.of(seal));
  }

  /// What follows from the tensors.
  ///
  /// @param places that of the checksum in each header, and that of the tail
  private record Checksums(List<ByteRange> places, Tail tail) implements Seal {
    @Override
    public List<byte[]> bytes(int[] crcs) {
      List<byte[]> bytes = new ArrayList<>();
      for (int crc : crcs) {
        bytes.add(
            ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(crc).array());
      }
      bytes.add(tail.of(crcs));
      return bytes;
    }
  }

  /// What lies behind all that was added.
  ///
  /// @param records for each tensor, which entry it is
  /// @param start where it begins
  private record Tail(List<Entry> entries, List<Integer> records, long start) {
    private static final String ID = ".data/serialization_id";

    /// A large odd number without a pattern.
    private static final long FACTOR = 0x9e3779b97f4a7c15L;

    byte[] of(int[] crcs) {
      List<Entry> known = new ArrayList<>(entries);
      for (int i = 0; i < crcs.length; i++) {
        int record = records.get(i);
        known.set(record, known.get(record).withChecksum(crcs[i]));
      }
      byte[] id = id(known).getBytes(StandardCharsets.US_ASCII);
      Entry last = new Entry(FOLDER + ID, id.length, start, crc(id));
      known.add(last);
      byte[] header = ZipHeaders.local(last);
      byte[] directory = ZipHeaders.directory(known, start + header.length + id.length);
      ByteBuffer all = ByteBuffer.allocate(header.length + id.length + directory.length);
      return all.put(header).put(id).put(directory).array();
    }

    /// As PyTorch has it: forty digits, half of them from the records' names, half from their
    /// checksums.
    private static String id(List<Entry> entries) {
      long names = 0;
      long crcs = 0;
      for (Entry entry : entries) {
        names = (names + crc(entry.name().getBytes(StandardCharsets.UTF_8))) * FACTOR;
        crcs = (crcs + entry.checksum()) * FACTOR;
      }
      return digits(names) + digits(crcs);
    }

    private static String digits(long number) {
      String digits = Long.toUnsignedString(number);
      return "0".repeat(20 - digits.length()) + digits;
    }
  }
}
