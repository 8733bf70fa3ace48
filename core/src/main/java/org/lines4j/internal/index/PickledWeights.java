package org.lines4j.internal.index;

import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// What files of PyTorch are called where a loader looks for a folder's weights: `transformers`,
/// then `diffusers` and open_clip.
public final class PickledWeights {
  private static final List<String> NAMES =
      List.of("pytorch_model.bin", "diffusion_pytorch_model.bin", "open_clip_pytorch_model.bin");

  private static final String INDEX_SUFFIX = ".index.json";

  private PickledWeights() {}

  /// Of a folder's files the one with all weights, or the index of several; the first that any
  /// loader looks for.
  public static Optional<String> in(Collection<String> files) {
    return NAMES.stream()
        .<String>mapMulti(
            (name, candidates) -> {
              candidates.accept(name);
              candidates.accept(name + INDEX_SUFFIX);
            })
        .filter(files::contains)
        .findFirst();
  }

  /// Whether one of these is the index of several files.
  public static boolean isIndex(String name) {
    return name.endsWith(INDEX_SUFFIX);
  }
}
