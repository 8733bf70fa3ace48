package org.lines4j.doors.library;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Stream;
import org.lines4j.error.InputException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.FileTensor;
import org.lines4j.format.InputFormat;
import org.lines4j.format.StoredCheckpoint;
import org.lines4j.storage.ByteSource;
import org.lines4j.storage.Location;
import org.lines4j.storage.Storage;
import org.lines4j.storage.Storage.Kind;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

/// Float32 tensors one after the other, behind 4096 bytes that list them: `listed floats`, then a
/// line such as `model.norm.weight 4096` for each, then blanks.
public final class ListedFloats implements InputFormat {
  private static final String MAGIC = "listed floats\n";
  private static final int START = 4096;

  @Override
  public String name() {
    return "listed floats";
  }

  @Override
  public boolean recognises(Storage storage, Location location) throws IOException {
    if (storage.kind(location) != Kind.FILE) {
      return false;
    }
    try (ByteSource file = storage.open(location)) {
      return file.size() >= START && list(file).startsWith(MAGIC);
    }
  }

  @Override
  public Checkpoint open(Storage storage, Location location) throws IOException {
    try (StoredCheckpoint.Builder builder = StoredCheckpoint.builder(name(), location)) {
      ByteSource file = storage.open(location);
      int number = builder.file(file, Map.of());
      long place = START;
      for (String line : list(file).substring(MAGIC.length()).strip().split("\n", -1)) {
        TensorInfo info = info(location, line.split(" ", -1));
        builder.tensor(number, new FileTensor(info, file, place));
        place = Math.addExact(place, info.byteSize());
      }
      if (place != file.size()) {
        throw InputException.expected(location, "the size", place, file.size());
      }
      return builder.build();
    }
  }

  private static TensorInfo info(Location location, String[] words) {
    try {
      Shape shape = new Shape(Stream.of(words).skip(1).map(Long::valueOf).toList());
      return new TensorInfo(words[0], DType.F32, shape);
    } catch (IllegalArgumentException e) {
      throw InputException.expected(
          location, "a line", "a name and a shape", String.join(" ", words));
    }
  }

  private static String list(ByteSource file) throws IOException {
    byte[] bytes = new byte[START];
    file.read(0, MemorySegment.ofArray(bytes));
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
