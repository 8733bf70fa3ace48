package org.lines4j.doors.npy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.lines4j.error.InputException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.FileTensor;
import org.lines4j.format.InputFormat;
import org.lines4j.format.StoredCheckpoint;
import org.lines4j.storage.ByteSource;
import org.lines4j.storage.Location;
import org.lines4j.storage.Storage;
import org.lines4j.storage.Storage.Entry;
import org.lines4j.storage.Storage.Kind;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

/// A folder of NumPy arrays, one for each tensor: what a third party's format looks like.
public final class NpyFolder implements InputFormat {
  private static final String SUFFIX = ".npy";
  private static final String MAGIC = "\u0093NUMPY";
  private static final int LENGTH_AT = 8;
  private static final int START = 10;
  private static final Pattern HEADER =
      Pattern.compile("'descr': '<f4', 'fortran_order': False, 'shape': \\(([0-9, ]*)\\)");
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  @Override
  public String name() {
    return "npy";
  }

  @Override
  public boolean recognises(Storage storage, Location location) throws IOException {
    return storage.kind(location) == Kind.FOLDER
        && storage.list(location).stream().anyMatch(NpyFolder::isArray)
        && storage.list(location).stream().noneMatch(e -> e.name().endsWith(".safetensors"));
  }

  private static boolean isArray(Entry entry) {
    return entry.kind() == Kind.FILE && entry.name().endsWith(SUFFIX);
  }

  @Override
  public Checkpoint open(Storage storage, Location location) throws IOException {
    try (StoredCheckpoint.Builder builder = StoredCheckpoint.builder(name(), location).folder()) {
      for (Entry entry : storage.list(location)) {
        if (isArray(entry)) {
          ByteSource source = storage.open(location.child(entry.name()));
          int file = builder.file(source, Map.of());
          builder.tensor(file, tensor(source));
        }
      }
      return builder.build();
    }
  }

  private static FileTensor tensor(ByteSource file) throws IOException {
    byte[] start = read(file, 0, START);
    if (!new String(start, 0, MAGIC.length(), StandardCharsets.ISO_8859_1).equals(MAGIC)) {
      throw new InputException(file.location(), "expected a NumPy array, found something else");
    }
    int length = MemorySegment.ofArray(start).get(SHORT, LENGTH_AT) & 0xffff;
    String header = new String(read(file, START, length), StandardCharsets.ISO_8859_1);
    Matcher matcher = HEADER.matcher(header);
    if (!matcher.find()) {
      throw new InputException(file.location(), "expected rows of <f4, found " + header.strip());
    }
    List<Long> dims =
        Stream.of(matcher.group(1).split(",", -1))
            .map(String::strip)
            .filter(text -> !text.isEmpty())
            .map(Long::valueOf)
            .toList();
    String name = file.location().name();
    TensorInfo info =
        new TensorInfo(
            name.substring(0, name.length() - SUFFIX.length()), DType.F32, new Shape(dims));
    if (START + length + info.byteSize() != file.size()) {
      throw new InputException(file.location(), "truncated, or longer than its header says");
    }
    return new FileTensor(info, file, START + length);
  }

  private static byte[] read(ByteSource file, long from, int count) throws IOException {
    if (from + count > file.size()) {
      throw new InputException(file.location(), "truncated: it has only " + file.size() + " bytes");
    }
    byte[] bytes = new byte[count];
    file.read(from, MemorySegment.ofArray(bytes));
    return bytes;
  }
}
