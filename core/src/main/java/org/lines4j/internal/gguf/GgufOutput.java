package org.lines4j.internal.gguf;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.lines4j.error.RequestException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.EncodedTensor;
import org.lines4j.format.Encoding;
import org.lines4j.format.FileLayout;
import org.lines4j.format.OutputFormat;

/// GGUF files, made of GGUF models alone: what they say beside their tensors, tokenizer and all,
/// cannot be had of others.
public final class GgufOutput implements OutputFormat {
  private static final String SUFFIX = ".gguf";

  @Override
  public String name() {
    return GgufFormat.NAME;
  }

  @Override
  public boolean isFile(String name) {
    return name.endsWith(SUFFIX);
  }

  @Override
  public Encoding encoding(Wanted wanted) {
    return OutputTypes.of(wanted);
  }

  @Override
  public OutputFormat like(Checkpoint model) throws IOException {
    return LikeModel.of(model);
  }

  @Override
  public FileLayout layout(Map<String, String> metadata, List<EncodedTensor> tensors) {
    throw new RequestException("a GGUF file has the metadata of a GGUF model, and none is given");
  }
}
