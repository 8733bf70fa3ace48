package org.lines4j.plan;

import java.util.ArrayList;
import java.util.List;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.TensorInfo;

/// That an output tensor holds elements that are no finite numbers.
///
/// @param tensor in the output
/// @param nan how many of its elements are NaN
/// @param infinite how many are infinite
/// @param overflowed how many of these came out finite and are past what the output's type holds
public record NotFinite(TensorInfo tensor, long nan, long infinite, long overflowed) {
  /// What to tell the user, in a sentence without its full stop.
  public String inWords() {
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
