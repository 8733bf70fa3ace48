package org.lines4j.doors.npy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.conformance.FormatConformance;
import org.lines4j.format.InputFormat;

class NpyFolderTest extends FormatConformance {
  private static final Map<String, List<Long>> SHAPES =
      Map.of(
          "scalar", List.of(),
          "empty", List.of(0L, 3L),
          "vector", List.of(5L),
          "model.layers.0.weight", List.of(300L, 70L),
          "cube", List.of(2L, 3L, 4L));

  @TempDir private Path folder;

  @BeforeEach
  void makeModel() throws IOException {
    for (Map.Entry<String, List<Long>> array : SHAPES.entrySet()) {
      byte[] bytes = NpyFiles.bytes(array.getValue(), content(array.getValue()));
      Files.write(folder.resolve(array.getKey() + ".npy"), bytes);
    }
  }

  private static byte[] content(List<Long> shape) {
    int elements = (int) shape.stream().mapToLong(Long::longValue).reduce(1, (a, b) -> a * b);
    ByteBuffer bytes = ByteBuffer.allocate(elements * 4).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < elements; i++) {
      bytes.putFloat(i / 8f - 3);
    }
    return bytes.array();
  }

  @Override
  protected InputFormat format() {
    return new NpyFolder();
  }

  @Override
  protected List<Path> models() {
    return List.of(folder);
  }

  @Override
  protected Map<String, byte[]> contents(Path model) {
    Map<String, byte[]> contents = new TreeMap<>();
    SHAPES.forEach((name, shape) -> contents.put(name, content(shape)));
    return contents;
  }
}
