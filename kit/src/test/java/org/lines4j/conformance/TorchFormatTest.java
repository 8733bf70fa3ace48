package org.lines4j.conformance;

import java.nio.file.Path;
import java.util.List;
import org.lines4j.format.InputFormat;
import org.lines4j.internal.torch.TorchFormat;

class TorchFormatTest extends FormatConformance {
  private static final Path FILES = Path.of("../core/src/test/resources/torch");

  @Override
  protected InputFormat format() {
    return new TorchFormat();
  }

  @Override
  protected List<Path> models() {
    return List.of(
        FILES.resolve("ok/zip_dtypes/model.pt"),
        FILES.resolve("ok/zip_views/model.pt"),
        FILES.resolve("ok/legacy_views/model.pth"),
        FILES.resolve("ok/tutorial/checkpoint.tar"),
        FILES.resolve("module/buffers/model.pt"),
        FILES.resolve("hostile/zip/byteorder_big.pt"),
        FILES.resolve("hf_bin/single"),
        FILES.resolve("hf_bin/sharded"));
  }
}
