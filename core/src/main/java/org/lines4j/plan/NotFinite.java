package org.lines4j.plan;

import java.util.ArrayList;
import java.util.List;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.TensorInfo;

/// That a tensor of the output, or of an input, holds elements that are no finite numbers.
///
/// @param tensor in the output
/// @param nan how many of its elements are NaN
/// @param infinite how many are infinite
/// @param overflowed how many of these came out finite and are past what the output's type holds
/// @param leftOut how many others are finite though an input's are not: the method left them out
public record NotFinite(TensorInfo tensor, long nan, long infinite, long overflowed, long leftOut) {
  /// What to tell the user, in a sentence without its full stop.
  public String inWords() {
    if (leftOut == 0) {
      return inOutput();
    }
    String inInputs =
        "%,d of %,d elements are NaN or infinite in an input, and finite in the output: the method left them out (`lines check` tells which model holds them)"
            .formatted(leftOut, tensor.elements());
    return nan + infinite == 0
        ? "%s: %s".formatted(tensor.name(), inInputs)
        : "%s; %s".formatted(inOutput(), inInputs);
  }

  private String inOutput() {
    List<String> kinds = new ArrayList<>();
    if (nan > 0) {
      kinds.add("%,d NaN".formatted(nan));
    }
    if (infinite > 0) {
      kinds.add("%,d infinite".formatted(infinite));
    }
    String found =
        "%s: %s of %,d elements in the output"
            .formatted(tensor.name(), String.join(" and ", kinds), tensor.elements());
    return overflowed == 0
        ? found
        : "%s, %s past the largest %s%s; as %s they would be finite"
            .formatted(
                found,
                overflowed == nan + infinite ? "all" : "%,d of them".formatted(overflowed),
                tensor.dtype().torchName(),
                tensor.dtype() == DType.F16 ? ", 65504" : "",
                tensor.dtype() == DType.BF16 ? "float32" : "bfloat16");
  }
}
