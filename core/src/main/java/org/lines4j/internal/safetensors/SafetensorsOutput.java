package org.lines4j.internal.safetensors;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.lines4j.error.RequestException;
import org.lines4j.format.EncodedTensor;
import org.lines4j.format.Encoding;
import org.lines4j.format.FileLayout;
import org.lines4j.format.OutputFormat;
import org.lines4j.tensor.TensorInfo;

/// Files of safetensors: a header, then the tensors without gaps. Wider types come first, so that
/// no element straddles a multiple of its own width; among equals the given order is kept.
public final class SafetensorsOutput implements OutputFormat {
  @Override
  public String name() {
    return "safetensors";
  }

  @Override
  public boolean isFile(String name) {
    return name.endsWith(".safetensors");
  }

  /// As the model has it that the output is like, codes and scales too, if no type is asked for.
  @Override
  public Encoding encoding(Wanted wanted) {
    Encoding like = wanted.like();
    if (wanted.isAsked()
        || like instanceof Encoding.Plain
        || !like.parts(wanted.values()).stream().allMatch(SafetensorsOutput::isHeld)) {
      return Encoding.of(wanted.values().dtype());
    }
    return wanted.copied().filter(own -> own.name().equals(like.name())).orElse(like);
  }

  private static boolean isHeld(EncodedTensor tensor) {
    EncodedTensor plain = EncodedTensor.of(tensor.info());
    return tensor.type().equals(plain.type())
        && tensor.block() == plain.block()
        && tensor.blockBytes() == plain.blockBytes();
  }

  @Override
  public FileLayout layout(Map<String, String> metadata, List<EncodedTensor> tensors) {
    tensors.forEach(SafetensorsOutput::check);
    List<EncodedTensor> inOrder =
        tensors.stream()
            .sorted(Comparator.comparingInt(tensor -> -tensor.info().dtype().bits()))
            .toList();
    List<TensorInfo> infos = inOrder.stream().map(EncodedTensor::info).toList();
    return FileLayout.tight(HeaderWriter.write(metadata, infos), inOrder);
  }

  private static void check(EncodedTensor tensor) {
    if (!isHeld(tensor)) {
      throw new RequestException(
          "%s: safetensors cannot hold %s; write another format, or ask for an element type"
              .formatted(tensor.name(), tensor.type()));
    }
  }
}
