package org.lines4j.conformance;

import java.nio.file.Path;
import java.util.List;
import org.lines4j.format.InputFormat;
import org.lines4j.internal.gguf.GgufFormat;

class GgufFormatTest extends FormatConformance {
  private static final Path FILES = Path.of("../core/src/test/resources/gguf/ok");

  @Override
  protected InputFormat format() {
    return new GgufFormat();
  }

  @Override
  protected List<Path> models() {
    return List.of(
        FILES.resolve("tiny-F16.gguf"),
        FILES.resolve("tiny-Q5_0.gguf"),
        FILES.resolve("alignment-64.gguf"),
        FILES.resolve("nested-arrays.gguf"),
        FILES.resolve("version2.gguf"));
  }
}
