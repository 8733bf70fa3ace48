package org.lines4j.internal.gguf;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.lines4j.error.InputException;
import org.lines4j.error.Shown;
import org.lines4j.format.StoredCheckpoint;
import org.lines4j.internal.gguf.GgufHeader.StoredBlocks;
import org.lines4j.storage.ByteSource;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

/// Reads the header of a GGUF file, and takes every number in it for hostile.
///
/// ```text
/// "GGUF" version:u32 tensors:u64 entries:u64
/// entry  key:string type:u32 value          string = length:u64 bytes
/// tensor name:string dims:u32 dim:u64… type:u32 offset:u64
/// padding to a multiple of the alignment, then data, to which offsets refer
/// ```
///
/// Source: ggml's `docs/gguf.md`, and gguf-py 0.19.
final class HeaderReader {
  /// The first four bytes, as a little-endian number.
  static final int MAGIC = 0x46554747;

  /// Where data begin unless the metadata say otherwise.
  static final int USUAL_ALIGNMENT = 32;

  /// The entry that gives the alignment.
  static final String ALIGNMENT = "general.alignment";

  private static final long MOST_ALIGNMENT = 1 << 20;
  private static final int MOST_DIMS = 4; // GGML_MAX_DIMS
  private static final int MOST_NAME = 1 << 16;
  private static final int MOST_TEXT = 256;
  private static final int MOST_DEPTH = 16;

  /// Names and texts of a header, in bytes, that are kept in memory.
  private static final long MOST_KEPT = 100_000_000;

  private static final int LEAST_ENTRY = Long.BYTES + Integer.BYTES + Byte.BYTES;
  private static final int LEAST_TENSOR = Long.BYTES + 2 * Integer.BYTES + Long.BYTES;

  /// A tensor before it is known where data begin.
  private record Unplaced(TensorInfo info, GgmlType type, long offset) {}

  private final ByteSource file;
  private final HeaderCursor cursor;
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private final Set<String> names = new HashSet<>();
  private long kept;

  private HeaderReader(ByteSource file) {
    this.file = file;
    this.cursor = new HeaderCursor(file);
  }

  /// Reads and checks the header of a file.
  ///
  /// @throws InputException if anything in it is not as the format says
  static GgufHeader read(ByteSource file) throws IOException {
    return new HeaderReader(file).read();
  }

  private GgufHeader read() throws IOException {
    if (cursor.i32("the magic number") != MAGIC) {
      throw cursor.malformed("not a GGUF file: it does not begin with 'GGUF'");
    }
    int version = version();
    long tensorCount = cursor.count("the number of tensors", LEAST_TENSOR);
    long entryCount = cursor.count("the number of metadata entries", LEAST_ENTRY);
    if (tensorCount > StoredCheckpoint.MAX_TENSORS) {
      throw cursor.malformed("more than " + StoredCheckpoint.MAX_TENSORS + " tensors in one file");
    }
    for (long i = 0; i < entryCount; i++) {
      readEntry();
    }
    long alignment = alignment();
    List<Unplaced> infos = new ArrayList<>();
    for (long i = 0; i < tensorCount; i++) {
      infos.add(readTensor(alignment));
    }
    return new GgufHeader(version, entries, alignment, placed(infos, alignment));
  }

  private int version() throws IOException {
    int version = cursor.i32("the version");
    if (version == 2 || version == 3) {
      return version;
    }
    int turned = Integer.reverseBytes(version);
    if (turned == 2 || turned == 3) {
      throw cursor
          .malformed(
              "a GGUF file with the order of bytes of big-endian machines, which is not read")
          .withRemedy("convert it with llama.cpp's gguf_convert_endian.py");
    }
    String found = Integer.toUnsignedString(version);
    throw cursor
        .malformed("GGUF version %s, expected 2 or 3".formatted(found))
        .withExpected("2 or 3", found)
        .withRemedy("make it again with llama.cpp's converter of today");
  }

  private void keep(String text) {
    kept += text.length() + 64L;
    if (kept > MOST_KEPT) {
      throw cursor.malformed("its header has more than " + MOST_KEPT + " bytes of names and texts");
    }
  }

  private void readEntry() throws IOException {
    long from = cursor.position();
    String key = cursor.name("a metadata key", MOST_NAME);
    keep(key);
    ValueType type = valueType(key);
    OptionalLong number = OptionalLong.empty();
    Optional<String> text = Optional.empty();
    if (type.isInteger()) {
      number = OptionalLong.of(integer(type, key));
    } else if (type == ValueType.STRING) {
      text = string(key);
    } else {
      skip(type, key, 0);
    }
    text.ifPresent(this::keep);
    Entry entry = new Entry(key, type, from, cursor.position(), number, text);
    if (entries.put(key, entry) != null) {
      throw cursor.malformed("its metadata have " + Shown.of(key) + " twice");
    }
  }

  private static String shown(String key) {
    return "the metadata entry " + Shown.of(key);
  }

  private ValueType valueType(String key) throws IOException {
    int number = cursor.i32(shown(key));
    return ValueType.of(number)
        .orElseThrow(
            () ->
                cursor.malformed(
                    "%s: unknown type of value %s, known are 0 to %d"
                        .formatted(
                            shown(key),
                            Integer.toUnsignedString(number),
                            ValueType.values().length - 1)));
  }

  private long integer(ValueType type, String key) throws IOException {
    String what = shown(key);
    return switch (type.bytes()) {
      case Byte.BYTES -> {
        int value = cursor.u8(what);
        yield type == ValueType.INT8 ? (byte) value : value;
      }
      case Short.BYTES -> {
        int value = cursor.u16(what);
        yield type == ValueType.INT16 ? (short) value : value;
      }
      case Integer.BYTES -> {
        int value = cursor.i32(what);
        yield type == ValueType.INT32 ? value : Integer.toUnsignedLong(value);
      }
      default -> cursor.i64(what);
    };
  }

  /// Its text, unless it is long.
  private Optional<String> string(String key) throws IOException {
    long length = cursor.count("the length of " + shown(key), 1);
    if (length > MOST_TEXT) {
      cursor.skip(length, shown(key));
      return Optional.empty();
    }
    byte[] bytes = cursor.bytes((int) length, shown(key));
    return Optional.of(new String(bytes, StandardCharsets.UTF_8));
  }

  private void skip(ValueType type, String key, int depth) throws IOException {
    switch (type) {
      case STRING -> cursor.skip(cursor.count("the length of " + shown(key), 1), shown(key));
      case ARRAY -> skipArray(key, depth + 1);
      default -> cursor.skip(type.bytes(), shown(key));
    }
  }

  private void skipArray(String key, int depth) throws IOException {
    if (depth > MOST_DEPTH) {
      throw cursor.malformed(
          "%s: arrays in arrays, more than %d deep".formatted(shown(key), MOST_DEPTH));
    }
    ValueType type = valueType(key);
    long count = cursor.count("the length of " + shown(key), type.bytes());
    if (type == ValueType.STRING || type == ValueType.ARRAY) {
      for (long i = 0; i < count; i++) {
        skip(type, key, depth);
      }
    } else {
      cursor.skip(count * type.bytes(), shown(key));
    }
  }

  private long alignment() {
    Entry entry = entries.get(ALIGNMENT);
    if (entry == null) {
      return USUAL_ALIGNMENT;
    }
    long alignment = entry.number().orElse(0);
    if (entry.type() != ValueType.UINT32
        || Long.bitCount(alignment) != 1
        || alignment > MOST_ALIGNMENT) {
      throw cursor.malformed(
          "%s should be a power of two up to %d as UINT32, found %s%s"
              .formatted(
                  ALIGNMENT,
                  MOST_ALIGNMENT,
                  entry.type(),
                  entry.number().isPresent() ? " " + alignment : ""));
    }
    return alignment;
  }

  private InputException malformed(String tensor, String reason) {
    return cursor
        .malformed("tensor " + Shown.of(tensor) + ": " + reason)
        .withTensor(Shown.of(tensor));
  }

  private Unplaced readTensor(long alignment) throws IOException {
    String name = cursor.name("a tensor's name", MOST_NAME);
    keep(name);
    if (name.isEmpty()) {
      throw cursor.malformed("a tensor without a name before byte " + cursor.position());
    }
    int odd = Shown.firstOdd(name);
    if (odd >= 0) {
      throw malformed(name, "its name holds the control character U+%04X".formatted(odd));
    }
    if (!names.add(name)) {
      throw malformed(name, "the header has it twice");
    }
    List<Long> dims = dims(name);
    GgmlType type = type(name, cursor.i32("the type of a tensor"));
    long offset = cursor.i64("the offset of a tensor");
    if (offset < 0 || offset % alignment != 0) {
      throw malformed(
          name,
          "its offset %s is no multiple of the alignment %d"
              .formatted(Long.toUnsignedString(offset), alignment));
    }
    return new Unplaced(info(name, type, dims), type, offset);
  }

  /// The longest stride first; in the file it is last.
  private List<Long> dims(String name) throws IOException {
    int count = cursor.i32("the number of a tensor's dimensions");
    if (count < 0 || count > MOST_DIMS) {
      throw malformed(
          name,
          "%s dimensions, ggml has at most %d"
              .formatted(Integer.toUnsignedString(count), MOST_DIMS));
    }
    List<Long> dims = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      long dim = cursor.i64("a dimension of a tensor");
      if (dim < 0) {
        throw malformed(name, "a dimension of " + Long.toUnsignedString(dim));
      }
      dims.addFirst(dim);
    }
    return dims;
  }

  private GgmlType type(String name, int number) {
    GgmlType type =
        GgmlType.of(number)
            .orElseThrow(
                () ->
                    malformed(
                        name,
                        "unknown type %s: none that ggml has today"
                            .formatted(Integer.toUnsignedString(number))));
    if (!type.isReadable()) {
      throw malformed(name, "stored as %s, which is not read".formatted(type))
          .withRemedy("use the model in another quantisation, such as Q8_0 or Q6_K");
    }
    return type;
  }

  private TensorInfo info(String name, GgmlType type, List<Long> dims) {
    long row = dims.isEmpty() ? 1 : dims.getLast();
    if (row % type.block() != 0) {
      throw malformed(
          name,
          "its rows of %d elements are not whole blocks of %s, which have %d"
              .formatted(row, type, type.block()));
    }
    try {
      TensorInfo info = new TensorInfo(name, type.dtype(), new Shape(dims));
      long _ = info.byteSize();
      return info;
    } catch (ArithmeticException e) {
      throw malformed(name, "shape %s of %s: more bytes than can be".formatted(dims, type));
    }
  }

  private List<StoredBlocks> placed(List<Unplaced> infos, long alignment) {
    long dataStart = Math.ceilDiv(cursor.position(), alignment) * alignment;
    List<StoredBlocks> tensors = new ArrayList<>();
    for (Unplaced info : infos) {
      long room = file.size() - dataStart;
      long size = info.type().byteSize(info.info().elements());
      if (info.offset() > room || size > room - info.offset()) {
        throw malformed(
            info.info().name(),
            "truncated: its %d bytes at offset %d end behind the file's %d bytes of data"
                .formatted(size, info.offset(), Math.max(0, room)));
      }
      tensors.add(new StoredBlocks(info.info(), info.type(), dataStart + info.offset()));
    }
    tensors.sort(
        Comparator.comparingLong(StoredBlocks::place).thenComparingLong(StoredBlocks::byteSize));
    checkApart(tensors);
    return tensors;
  }

  private void checkApart(List<StoredBlocks> tensors) {
    for (int i = 1; i < tensors.size(); i++) {
      StoredBlocks before = tensors.get(i - 1);
      if (tensors.get(i).place() < before.end()) {
        throw malformed(
            tensors.get(i).info().name(), "it overlaps " + Shown.of(before.info().name()));
      }
    }
  }
}
