package org.lines4j.conformance;

import java.nio.file.Path;
import java.util.List;
import org.lines4j.format.InputFormat;
import org.lines4j.internal.onnx.OnnxFormat;

class OnnxFormatTest extends FormatConformance {
  private static final Path FILES = Path.of("../core/src/test/resources/onnx/ok");

  @Override
  protected InputFormat format() {
    return new OnnxFormat();
  }

  @Override
  protected List<Path> models() {
    return List.of(
        FILES.resolve("raw.onnx"),
        FILES.resolve("listed.onnx"),
        FILES.resolve("types.onnx"),
        FILES.resolve("shapes.onnx"));
  }
}
