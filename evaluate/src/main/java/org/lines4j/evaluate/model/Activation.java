package org.lines4j.evaluate.model;

/// What is applied to each element between two matrices, by the names that `transformers` has.
enum Activation {
  SILU {
    @Override
    float of(float x) {
      return (float) (x / (1 + Math.exp(-x)));
    }
  },
  GELU {
    @Override
    float of(float x) {
      return (float) (x * 0.5 * (1 + erf(x * Math.sqrt(0.5))));
    }
  },
  GELU_TANH {
    @Override
    float of(float x) {
      double inner = Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x);
      return (float) (0.5 * x * (1 + Math.tanh(inner)));
    }
  },
  QUICK_GELU {
    @Override
    float of(float x) {
      return (float) (x / (1 + Math.exp(-1.702 * x)));
    }
  },
  RELU {
    @Override
    float of(float x) {
      return Math.max(x, 0);
    }
  };

  abstract float of(float x);

  /// The one that settings name.
  ///
  /// @throws org.lines4j.error.InputException if it is none of these
  static Activation of(Settings settings, String key, String usual) {
    return switch (settings.word(key, usual)) {
      case "silu", "swish" -> SILU;
      case "gelu" -> GELU;
      case "gelu_pytorch_tanh", "gelu_new", "gelu_fast" -> GELU_TANH;
      case "quick_gelu" -> QUICK_GELU;
      case "relu" -> RELU;
      default ->
          throw settings.refused(key, "silu, gelu, gelu_pytorch_tanh, gelu_new, quick_gelu, relu");
    };
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
