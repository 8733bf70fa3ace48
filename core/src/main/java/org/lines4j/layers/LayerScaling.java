package org.lines4j.layers;

import java.util.Locale;

/// The factor λ that each layer's update is scaled by, as a function of depth.
public interface LayerScaling {
  /// λ of one layer.
  ///
  /// @param layer ℓ, 1-based
  /// @param layers L, the number of layers of the stack
  double atDepth(int layer, int layers);

  /// λ of the tensors before the stack.
  double before();

  /// λ of the tensors after the stack.
  double after();

  /// λ of the tensor at `place`.
  default double lambda(Place place) {
    return switch (place) {
      case Place.InLayer in -> atDepth(in.layer(), in.stack().layers());
      case Place.Outside(Place.Side side) ->
          switch (side) {
            case BEFORE -> before();
            case AFTER -> after();
          };
    };
  }

  /// LiNeS: λ(ℓ) = α + β · (ℓ − 1) / (L − 1), and α where there is a single layer.
  static LayerScaling lines(double alpha, double beta, Outside outside) {
    return new Linear(alpha, beta, outside);
  }

  /// The same λ everywhere.
  static LayerScaling uniform(double lambda) {
    return new Uniform(lambda);
  }

  /// What LiNeS gives to the tensors outside every stack.
  enum Outside {
    /// α on both sides, as the authors do.
    ALPHA,
    /// What the depth suggests: α before the stack, α + β after it.
    DEPTH;

    private String inWords() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// See [#lines].
  record Linear(double alpha, double beta, Outside outside) implements LayerScaling {
    @Override
    public double atDepth(int layer, int layers) {
      return layers == 1 ? alpha : alpha + beta * ((layer - 1) / (double) (layers - 1));
    }

    @Override
    public double before() {
      return alpha;
    }

    @Override
    public double after() {
      return switch (outside) {
        case ALPHA -> alpha;
        case DEPTH -> alpha + beta;
      };
    }

    @Override
    public String toString() {
      return "alpha %s, beta %s, outside %s".formatted(alpha, beta, outside.inWords());
    }
  }

  /// See [#uniform].
  record Uniform(double lambda) implements LayerScaling {
    @Override
    public double atDepth(int layer, int layers) {
      return lambda;
    }

    @Override
    public double before() {
      return lambda;
    }

    @Override
    public double after() {
      return lambda;
    }

    @Override
    public String toString() {
      return "lambda %s everywhere".formatted(lambda);
    }
  }

  /// λ(ℓ) = α + β · s(t) of a [DepthProfile].
  record Graded(DepthProfile profile, double alpha, double beta, Outside outside)
      implements LayerScaling {
    @Override
    public double atDepth(int layer, int layers) {
      return layers == 1 ? alpha : at((layer - 1) / (double) (layers - 1));
    }

    @Override
    public double before() {
      return end(0);
    }

    @Override
    public double after() {
      return end(1);
    }

    private double end(double depth) {
      return switch (outside) {
        case ALPHA -> alpha;
        case DEPTH -> at(depth);
      };
    }

    private double at(double depth) {
      return alpha + beta * profile.share(depth);
    }

    @Override
    public String toString() {
      return "profile %s, alpha %s, beta %s, outside %s"
          .formatted(profile.name().toLowerCase(Locale.ROOT), alpha, beta, outside.inWords());
    }
  }
}
