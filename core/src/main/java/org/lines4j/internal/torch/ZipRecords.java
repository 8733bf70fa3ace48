package org.lines4j.internal.torch;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lines4j.error.InputException;
import org.lines4j.error.Shown;
import org.lines4j.storage.ByteRange;
import org.lines4j.storage.ByteSource;

/// The records of a zip archive as PyTorch writes them: stored, not compressed, all in one folder.
///
/// The central directory alone says where they are: a local header may leave sizes open.
final class ZipRecords {
  private static final int END = 0x06054b50;
  private static final int END64 = 0x06064b50;
  private static final int LOCATOR64 = 0x07064b50;
  private static final int CENTRAL = 0x02014b50;
  private static final int LOCAL = 0x04034b50;
  private static final int END_BYTES = 22;
  private static final int CENTRAL_BYTES = 46;
  private static final int LOCAL_BYTES = 30;
  private static final int LONGEST_COMMENT = 0xffff;
  private static final long LONGEST_DIRECTORY = 200_000_000;
  private static final long OPEN = 0xffff_ffffL;

  private final ByteSource file;
  private final Map<String, ByteRange> records = new LinkedHashMap<>();

  private ZipRecords(ByteSource file) {
    this.file = file;
  }

  /// An entry of the central directory.
  private record Entry(String name, int flags, int method, long packed, long size, long header) {}

  /// Reads the directory of an archive.
  ///
  /// @throws InputException if it is malformed, or not as PyTorch writes it
  static ZipRecords read(ByteSource file) throws IOException {
    ZipRecords zip = new ZipRecords(file);
    List<Entry> entries = zip.directory();
    String folder = zip.folder(entries);
    entries.sort(Comparator.comparingLong(Entry::header));
    long end = 0;
    for (Entry entry : entries) {
      if (entry.header() < end) {
        throw zip.malformed("its record %s overlaps another".formatted(Shown.of(entry.name())));
      }
      ByteRange bytes = zip.locate(entry);
      end = bytes.from() + bytes.count();
      String name = entry.name().substring(folder.length());
      if (zip.records.put(name, bytes) != null) {
        throw zip.malformed("its record %s is in it twice".formatted(Shown.of(entry.name())));
      }
    }
    return zip;
  }

  /// The names in an archive, or what was read of them until something was wrong; none for what is
  /// no archive.
  static List<String> names(ByteSource file) throws IOException {
    try {
      return new ZipRecords(file).directory().stream().map(Entry::name).toList();
    } catch (InputException _) {
      return List.of();
    }
  }

  /// A record by its name within the folder.
  Optional<ByteRange> find(String name) {
    return Optional.ofNullable(records.get(name));
  }

  private List<Entry> directory() throws IOException {
    int tail = (int) Math.min(file.size(), END_BYTES + LONGEST_COMMENT);
    ByteBuffer bytes = read(file.size() - tail, tail);
    int at = tail - END_BYTES;
    while (at >= 0 && bytes.getInt(at) != END) {
      at--;
    }
    if (at < 0) {
      throw malformed("it has no directory").withRemedy("it is truncated, fetch it again");
    }
    long count = bytes.getShort(at + 10) & 0xffff;
    long size = bytes.getInt(at + 12) & OPEN;
    long start = bytes.getInt(at + 16) & OPEN;
    long end = file.size() - tail + at;
    Optional<ByteBuffer> large = end64(end);
    if (large.isPresent()) {
      count = large.get().getLong(32);
      size = large.get().getLong(40);
      start = large.get().getLong(48);
    }
    if (size < 0 || size > LONGEST_DIRECTORY || start < 0 || start > end - size) {
      throw malformed("its directory of %d bytes at %d does not lie in it".formatted(size, start));
    }
    if (count < 0 || count > size / CENTRAL_BYTES) {
      throw malformed("its directory of %d bytes cannot hold %d records".formatted(size, count));
    }
    return entries(read(start, (int) size), count);
  }

  /// The record that says the same in 64 bits.
  private Optional<ByteBuffer> end64(long end) throws IOException {
    if (end < 20) {
      return Optional.empty();
    }
    ByteBuffer locator = read(end - 20, 20);
    if (locator.getInt(0) != LOCATOR64) {
      return Optional.empty();
    }
    long place = locator.getLong(8);
    if (place < 0 || place > end - 20 - 56) {
      throw malformed("the end of its directory does not lie in it");
    }
    ByteBuffer large = read(place, 56);
    if (large.getInt(0) != END64) {
      throw malformed("the end of its directory is not where it should be");
    }
    return Optional.of(large);
  }

  private List<Entry> entries(ByteBuffer bytes, long count) {
    List<Entry> entries = new ArrayList<>();
    int at = 0;
    for (long i = 0; i < count; i++) {
      if (at > bytes.limit() - CENTRAL_BYTES || bytes.getInt(at) != CENTRAL) {
        throw malformed("its directory ends after %d of %d records".formatted(i, count));
      }
      int name = bytes.getShort(at + 28) & 0xffff;
      int extra = bytes.getShort(at + 30) & 0xffff;
      int comment = bytes.getShort(at + 32) & 0xffff;
      int next = at + CENTRAL_BYTES + name + extra + comment;
      if (next > bytes.limit()) {
        throw malformed("its directory ends within record %d".formatted(i));
      }
      entries.add(entry(bytes, at, name, extra));
      at = next;
    }
    return entries;
  }

  private Entry entry(ByteBuffer bytes, int at, int nameLength, int extra) {
    byte[] name = new byte[nameLength];
    bytes.get(at + CENTRAL_BYTES, name);
    long[] sizes = { // in the order in which 64 bits are given for those that are left open
      bytes.getInt(at + 24) & OPEN, bytes.getInt(at + 20) & OPEN, bytes.getInt(at + 42) & OPEN
    };
    int from = at + CENTRAL_BYTES + nameLength;
    int end = from + extra;
    while (from + 4 <= end) {
      int id = bytes.getShort(from) & 0xffff;
      int length = bytes.getShort(from + 2) & 0xffff;
      int value = from + 4;
      from = value + length;
      for (int i = 0; id == 1 && i < sizes.length; i++) {
        if (sizes[i] == OPEN && value + 8 <= Math.min(from, end)) {
          sizes[i] = bytes.getLong(value);
          value += 8;
        }
      }
    }
    return new Entry(
        new String(name, StandardCharsets.UTF_8),
        bytes.getShort(at + 8),
        bytes.getShort(at + 10),
        sizes[1],
        sizes[0],
        sizes[2]);
  }

  /// The folder that all records lie in, with `/`.
  private String folder(List<Entry> entries) {
    String first = entries.isEmpty() ? "" : entries.getFirst().name();
    String folder = first.substring(0, first.indexOf('/') + 1);
    for (Entry entry : entries) {
      if (folder.isEmpty() || !entry.name().startsWith(folder)) {
        throw malformed(
            "its records should lie in one folder, found %s and %s"
                .formatted(Shown.of(first), Shown.of(entry.name())));
      }
    }
    return folder;
  }

  private ByteRange locate(Entry entry) throws IOException {
    String name = Shown.of(entry.name());
    if ((entry.flags() & 1) != 0) {
      throw malformed("its record %s is encrypted".formatted(name));
    }
    if (entry.method() != 0 || entry.packed() != entry.size()) {
      throw malformed("its record %s is compressed".formatted(name))
          .withRemedy("unpack it, and pack it without");
    }
    long header = entry.header();
    if (header < 0 || entry.size() < 0 || header > file.size() - LOCAL_BYTES) {
      throw malformed("its record %s does not lie in it".formatted(name));
    }
    ByteBuffer local = read(header, LOCAL_BYTES);
    long place =
        header + LOCAL_BYTES + (local.getShort(26) & 0xffff) + (local.getShort(28) & 0xffff);
    if (local.getInt(0) != LOCAL || place > file.size() || entry.size() > file.size() - place) {
      throw malformed("its record %s does not lie where its directory says".formatted(name));
    }
    return new ByteRange(place, entry.size());
  }

  private ByteBuffer read(long from, int count) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    file.read(from, MemorySegment.ofBuffer(bytes));
    return bytes;
  }

  private InputException malformed(String message) {
    return new InputException(file.location(), "its zip archive is malformed: " + message);
  }
}
