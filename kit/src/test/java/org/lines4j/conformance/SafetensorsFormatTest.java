package org.lines4j.conformance;

import java.nio.file.Path;
import java.util.List;
import org.lines4j.format.InputFormat;
import org.lines4j.internal.safetensors.SafetensorsFormat;

class SafetensorsFormatTest extends FormatConformance {
  private static final Path GOLDEN = Path.of("../core/src/test/resources/golden/safetensors");

  @Override
  protected InputFormat format() {
    return new SafetensorsFormat();
  }

  @Override
  protected List<Path> models() {
    return List.of(
        GOLDEN.resolve("dtypes.safetensors"),
        GOLDEN.resolve("narrow-dtypes.safetensors"),
        GOLDEN.resolve("shapes.safetensors"),
        GOLDEN.resolve("names.safetensors"),
        GOLDEN.resolve("single"),
        GOLDEN.resolve("sharded"));
  }
}
