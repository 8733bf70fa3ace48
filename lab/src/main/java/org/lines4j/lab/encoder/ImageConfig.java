package org.lines4j.lab.encoder;

import org.lines4j.lab.image.Raster;

/// The sizes of an image encoder: a pre-norm vision transformer whose states' mean is normalised
/// and projected to a unit vector. What differs is how an image becomes states.
public sealed interface ImageConfig permits EncoderConfig, StemConfig {
  /// The images that it takes.
  Raster raster();

  /// How many states an image becomes.
  int states();

  /// How many transformer blocks.
  int blocks();

  /// The width of a state.
  int width();

  /// Heads of attention.
  int heads();

  /// The width of each block's hidden layer.
  int mlpWidth();

  /// The length of what comes out.
  int embedding();
}
