package org.lines4j.internal.gguf;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.lines4j.error.InputException;
import org.lines4j.storage.ByteSource;

/// The metadata of a file as they lie there: each entry, key, type and value, as bytes.
///
/// @param entries by key, in the file's order
record Metadata(Map<String, byte[]> entries) {
  /// More than any tokenizer takes: they are held in memory.
  private static final long MOST = 1 << 27;

  private static final String FILE_TYPE = "general.file_type";
  private static final String QUANTISATION = "general.quantization_version";

  /// That of ggml's blocks today.
  private static final int QUANTISATION_VERSION = 2;

  /// Copies the map, not the bytes.
  Metadata {
    entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
  }

  /// Reads the entries of a file.
  static Metadata read(ByteSource file, GgufHeader header) throws IOException {
    long size = header.entries().values().stream().mapToLong(e -> e.to() - e.from()).sum();
    if (size > MOST) {
      throw new InputException(
          file.location(),
          "its metadata take %d bytes, at most %d are copied".formatted(size, MOST));
    }
    Map<String, byte[]> entries = new LinkedHashMap<>();
    for (Entry entry : header.entries().values()) {
      byte[] bytes = new byte[(int) (entry.to() - entry.from())];
      file.read(entry.from(), MemorySegment.ofArray(bytes));
      entries.put(entry.key(), bytes);
    }
    return new Metadata(entries);
  }

  /// These without the entries whose keys begin so.
  Metadata without(String beginning) {
    Map<String, byte[]> others = new LinkedHashMap<>(entries);
    others.keySet().removeIf(key -> key.startsWith(beginning));
    return new Metadata(others);
  }

  /// These with a file type, where they have one, and what readers of blocks look for.
  Metadata describing(Optional<LikeModel.FileType> type) {
    Map<String, byte[]> changed = new LinkedHashMap<>(entries);
    if (type.isPresent()) {
      changed.computeIfPresent(FILE_TYPE, (key, _) -> number(key, type.get().number()));
      if (type.get().isQuantised()) {
        changed.computeIfAbsent(QUANTISATION, key -> number(key, QUANTISATION_VERSION));
      }
    }
    return new Metadata(changed);
  }

  private static byte[] number(String key, int value) {
    byte[] name = key.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(Long.BYTES + name.length + 2 * Integer.BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(name.length)
        .put(name)
        .putInt(ValueType.UINT32.number())
        .putInt(value)
        .array();
  }

  /// Writes all entries, one behind another.
  void writeTo(ByteArrayOutputStream out) {
    entries.values().forEach(out::writeBytes);
  }
}
