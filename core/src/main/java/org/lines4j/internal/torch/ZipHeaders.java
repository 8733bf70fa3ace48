package org.lines4j.internal.torch;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/// What a zip archive says of its records: before each, and in the directory at its end. Numbers of
/// 64 bits are written where 32 do not hold them.
final class ZipHeaders {
  /// Where a local header has the checksum of its record.
  static final int CHECKSUM_AT = 14;

  /// What PyTorch aligns the bytes of a record to, by a field of padding in its header.
  private static final int ALIGNMENT = 64;

  private static final int LOCAL = 0x04034b50;
  private static final int CENTRAL = 0x02014b50;
  private static final int END = 0x06054b50;
  private static final int END64 = 0x06064b50;
  private static final int LOCATOR64 = 0x07064b50;
  private static final int LOCAL_BYTES = 30;
  private static final int CENTRAL_BYTES = 46;
  private static final int END_BYTES = 22;
  private static final int END64_BYTES = 56;
  private static final int LOCATOR64_BYTES = 20;

  private static final short VERSION = 20;
  private static final short VERSION64 = 45;
  private static final short NAMES_ARE_UTF8 = 1 << 11;
  private static final short FIRST_OF_1980 = 0x21;
  private static final short WIDE = 1;
  private static final short PADDING = 'F' | 'B' << 8;
  private static final long OPEN = 0xffff_ffffL;
  private static final int MOST_ENTRIES = 0xffff;

  /// A record.
  ///
  /// @param header where its local header begins
  /// @param checksum CRC-32 of its bytes
  record Entry(String name, long size, long header, int checksum) {
    private boolean isLarge() {
      return size >= OPEN;
    }

    private byte[] nameBytes() {
      return name.getBytes(StandardCharsets.UTF_8);
    }

    Entry withChecksum(int known) {
      return new Entry(name, size, header, known);
    }
  }

  private ZipHeaders() {}

  private static ByteBuffer writer(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /// The header before a record, padded so that the record is aligned.
  static byte[] local(Entry entry) {
    byte[] name = entry.nameBytes();
    int wide = entry.isLarge() ? 4 + 2 * Long.BYTES : 0;
    int fixed = LOCAL_BYTES + name.length + wide + 4;
    int padding = (int) Math.floorMod(-(entry.header() + fixed), (long) ALIGNMENT);
    byte[] header = new byte[fixed + padding];
    ByteBuffer bytes = writer(header);
    bytes.putInt(LOCAL).putShort(entry.isLarge() ? VERSION64 : VERSION);
    common(bytes, entry);
    bytes.putShort((short) name.length).putShort((short) (wide + 4 + padding)).put(name);
    if (entry.isLarge()) {
      bytes.putShort(WIDE).putShort((short) (2 * Long.BYTES));
      bytes.putLong(entry.size()).putLong(entry.size());
    }
    bytes.putShort(PADDING).putShort((short) padding);
    while (bytes.hasRemaining()) {
      bytes.put((byte) 'Z');
    }
    return header;
  }

  /// Flags, method (none), time, checksum, sizes.
  private static void common(ByteBuffer bytes, Entry entry) {
    int size = (int) Math.min(entry.size(), OPEN);
    bytes.putShort(NAMES_ARE_UTF8).putShort((short) 0).putShort((short) 0).putShort(FIRST_OF_1980);
    bytes.putInt(entry.checksum()).putInt(size).putInt(size);
  }

  /// The directory, and what says where it is.
  ///
  /// @param start where it begins
  static byte[] directory(List<Entry> entries, long start) {
    List<byte[]> parts = entries.stream().map(ZipHeaders::central).toList();
    int size = parts.stream().mapToInt(part -> part.length).reduce(0, Math::addExact);
    byte[] all = new byte[Math.addExact(size, END64_BYTES + LOCATOR64_BYTES + END_BYTES)];
    ByteBuffer bytes = writer(all);
    parts.forEach(bytes::put);
    int count = entries.size();
    if (count >= MOST_ENTRIES || start >= OPEN) {
      bytes.putInt(END64).putLong(END64_BYTES - 12L).putShort(VERSION64).putShort(VERSION64);
      bytes.putInt(0).putInt(0).putLong(count).putLong(count).putLong(size).putLong(start);
      bytes.putInt(LOCATOR64).putInt(0).putLong(Math.addExact(start, size)).putInt(1);
    }
    short shown = (short) Math.min(count, MOST_ENTRIES);
    bytes.putInt(END).putShort((short) 0).putShort((short) 0).putShort(shown).putShort(shown);
    bytes.putInt(size).putInt((int) Math.min(start, OPEN)).putShort((short) 0);
    return Arrays.copyOf(all, bytes.position());
  }

  private static byte[] central(Entry entry) {
    byte[] name = entry.nameBytes();
    boolean isFar = entry.header() >= OPEN;
    int values = (entry.isLarge() ? 2 : 0) + (isFar ? 1 : 0);
    int wide = values == 0 ? 0 : 4 + values * Long.BYTES;
    byte[] header = new byte[CENTRAL_BYTES + name.length + wide];
    ByteBuffer bytes = writer(header);
    short version = values == 0 ? VERSION : VERSION64;
    bytes.putInt(CENTRAL).putShort(version).putShort(version);
    common(bytes, entry);
    bytes.putShort((short) name.length).putShort((short) wide);
    bytes.putShort((short) 0).putShort((short) 0).putShort((short) 0).putInt(0);
    bytes.putInt((int) Math.min(entry.header(), OPEN)).put(name);
    if (values > 0) {
      bytes.putShort(WIDE).putShort((short) (values * Long.BYTES));
    }
    if (entry.isLarge()) {
      bytes.putLong(entry.size()).putLong(entry.size());
    }
    if (isFar) {
      bytes.putLong(entry.header());
    }
    return header;
  }
}
