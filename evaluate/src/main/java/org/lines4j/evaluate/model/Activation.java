package org.lines4j.evaluate.model;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What is applied to each element between two matrices, by the names that `transformers` has.
enum Activation {
  SILU("silu", "swish") {
    @Override
    float of(float x) {
      return (float) (x / (1 + Math.exp(-x)));
    }
  },
  GELU("gelu") {
    @Override
    float of(float x) {
      return (float) (x * 0.5 * (1 + erf(x * Math.sqrt(0.5))));
    }
  },
  GELU_TANH("gelu_pytorch_tanh", "gelu_new", "gelu_fast") {
    @Override
    float of(float x) {
      double inner = Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x);
      return (float) (0.5 * x * (1 + Math.tanh(inner)));
    }
  },
  QUICK_GELU("quick_gelu") {
    @Override
    float of(float x) {
      return (float) (x / (1 + Math.exp(-1.702 * x)));
    }
  },
  RELU("relu") {
    @Override
    float of(float x) {
      return Math.max(x, 0);
    }
  };

  private final List<String> names;

  Activation(String... names) {
    this.names = List.of(names);
  }

  abstract float of(float x);

  /// The one that settings name.
  ///
  /// @throws org.lines4j.error.InputException if it is none of these
  static Activation of(Settings settings, String key, String usual) {
    String name = settings.word(key, usual).toLowerCase(Locale.ROOT);
    Optional<Activation> found =
        Arrays.stream(values())
            .filter(activation -> activation.names.contains(name))
            .findFirst();
    return found.orElseThrow(
        () -> settings.refused(key, "silu, gelu, gelu_pytorch_tanh, gelu_new, quick_gelu, relu"));
  }

  /// Abramowitz and Stegun 7.1.26: off by 1.5e-7 at most.
  private static double erf(double x) {
    double t = 1 / (1 + 0.3275911 * Math.abs(x));
    double polynomial =
        ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592)
            * t;
    return Math.copySign(1 - polynomial * Math.exp(-x * x), x);
  }
}
