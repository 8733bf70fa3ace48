package org.lines4j.layers;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.lines4j.layers.LayerScaling.Outside;

/// A shape of λ over depth: λ(ℓ) = α + β · s(t), with t = (ℓ − 1) / (L − 1) from 0 in the first
/// layer to 1 in the last. A stack of a single layer has no depth to grade: λ = α.
///
/// All but [#UNIFORM] go from α to α + β, or back.
public enum DepthProfile {
  /// LiNeS (arXiv 2410.17146, equation 2): s(t) = t.
  LINES {
    @Override
    public double share(double depth) {
      return depth;
    }
  },
  /// No depth at all: λ = α everywhere, whatever β. For one model that is WiSE-FT, for merges the
  /// plain scaling factor.
  UNIFORM {
    @Override
    public double share(double depth) {
      return 0;
    }
  },
  /// The other way round: s(t) = 1 − t.
  REVERSE {
    @Override
    public double share(double depth) {
      return 1 - depth;
    }
  },
  /// Late: s(t) = t².
  QUADRATIC {
    @Override
    public double share(double depth) {
      return depth * depth;
    }
  },
  /// Early: s(t) = √t.
  SQRT {
    @Override
    public double share(double depth) {
      return Math.sqrt(depth);
    }
  },
  /// s(t) = 0 in the first half, 1 from the middle on.
  STEP {
    @Override
    public double share(double depth) {
      return depth < 0.5 ? 0 : 1;
    }
  };

  /// s(t), from 0 to 1.
  ///
  /// @param depth t, from 0 to 1
  public abstract double share(double depth);

  /// What recipes and command lines call it.
  public String title() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The profile that is called `title`.
  public static Optional<DepthProfile> ofTitle(String title) {
    return Arrays.stream(values()).filter(profile -> profile.title().equals(title)).findFirst();
  }

  /// This profile between α and α + β.
  ///
  /// @param outside what the tensors outside every stack get: α, or what the nearer end of the
  ///   stack has
  public LayerScaling between(double alpha, double beta, Outside outside) {
    return switch (this) {
      case LINES -> LayerScaling.lines(alpha, beta, outside);
      case UNIFORM -> LayerScaling.uniform(alpha);
      case REVERSE, QUADRATIC, SQRT, STEP -> new LayerScaling.Graded(this, alpha, beta, outside);
    };
  }
}
