package org.lines4j.conformance;

import java.nio.file.Path;
import java.util.List;
import org.lines4j.format.InputFormat;
import org.lines4j.internal.safetensors.SafetensorsFormat;

class SafetensorsFormatTest extends FormatConformance {
  private static final Path GOLDEN = Path.of("../core/src/test/resources/golden/safetensors");

  private static final Path QUANTISED = Path.of("../core/src/test/resources/quant");

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
        GOLDEN.resolve("sharded"),
        QUANTISED.resolve("fp8/fp8_block_bf16_scales"),
        QUANTISED.resolve("compressed/ct_fp8_tensor_float32"),
        QUANTISED.resolve("mxfp4/gpt_oss"));
  }
}
