package org.lines4j.layers;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.lines4j.layers.Place.Side;

/// What words in names say, whatever the model: structure decides what is a stack, words break
/// ties.
final class NameWords {
  private static final Set<String> PARALLEL =
      Set.of("expert", "experts", "head", "heads", "mlps", "mtp");

  private static final Set<String> NOT_DEPTH = Set.of("merger", "mergers", "adapter", "adapters");

  private static final Set<String> DEPTH =
      Set.of("layer", "layers", "block", "blocks", "blk", "blks", "stage", "stages");

  /// Certainly the end: these outweigh words of input beside them, as in `embed_out`,
  /// `pre_classifier`.
  private static final Set<String> END =
      Set.of(
          "out",
          "output",
          "outputs",
          "head",
          "heads",
          "lm",
          "classifier",
          "logit",
          "logits",
          "score",
          "predictions",
          "pooler",
          "pool",
          "attnpool",
          "mtp",
          "final",
          "last",
          "after",
          "fc",
          "neck",
          "upscale",
          "upsample");

  private static final Set<String> START =
      Set.of(
          "in",
          "input",
          "inputs",
          "pre",
          "stem",
          "wte",
          "wpe",
          "token",
          "tokens",
          "patch",
          "pos",
          "shared",
          "rotary",
          "rope",
          "feature",
          "features",
          "relative",
          "adaln",
          "caption",
          "bn1");

  /// The end, unless a word of input stands beside them, as in `patch_proj`, `ln_pre`.
  private static final Set<String> LATE =
      Set.of(
          "norm",
          "norm1",
          "norm2",
          "layernorm",
          "layer_norm",
          "ln",
          "bn2",
          "post",
          "cls",
          "head",
          "proj",
          "projection",
          "projector",
          "project",
          "qa",
          "transition",
          "merger");

  /// Words that put a part before another of the same name, and after.
  private static final Set<String> EARLIER = Set.of("down", "input", "double");

  private static final Set<String> LATER = Set.of("up", "output", "single");

  private NameWords() {}

  private static List<String> words(String segment) {
    return List.of(segment.toLowerCase(Locale.ROOT).split("[_-]"));
  }

  private static boolean any(String segment, Predicate<String> test) {
    return words(segment).stream().anyMatch(test);
  }

  /// Whether modules of this name work side by side, not one after the other.
  static boolean isParallel(String segment) {
    return any(segment, PARALLEL::contains);
  }

  /// Whether modules of this name are not blocks of a stack, though they may be numbered.
  static boolean isNotDepth(String segment) {
    return isParallel(segment)
        || any(segment, word -> NOT_DEPTH.contains(word) || word.startsWith("emb"));
  }

  /// Whether this is a model's embedding or head, which a block has not.
  static boolean isEmbeddingOrHead(String segment) {
    return any(segment, word -> word.startsWith("embed") || word.equals("head"));
  }

  /// Whether this name says that what it numbers is depth: `layers`, `resblocks`, `blk`, `stage`,
  /// `h`.
  static boolean saysDepth(String segment) {
    return segment.equals("h")
        || (any(segment, word -> DEPTH.stream().anyMatch(word::endsWith))
            && !any(segment, word -> word.equals("norm")));
  }

  /// Whether modules of this name connect a way down with a way up, as in a U-Net.
  static boolean isMiddle(String segment) {
    String first = words(segment).getFirst();
    return first.equals("mid") || first.equals("middle") || first.equals("bottleneck");
  }

  /// Whether this names one way through a U-Net.
  static boolean isUpOrDown(String segment) {
    return any(segment, Set.of("down", "up", "input", "output")::contains);
  }

  /// Whether this part comes after the one called the same but for its word of order.
  static boolean isLater(String segment) {
    return any(segment, LATER::contains);
  }

  /// `segment` without its words of order.
  static String withoutOrder(String segment) {
    return words(segment).stream()
        .filter(word -> !EARLIER.contains(word) && !LATER.contains(word))
        .collect(Collectors.joining("_"));
  }

  /// On which side of the stack a tensor of this name lies: its outermost module that says so
  /// decides.
  static Optional<Side> side(List<String> segments) {
    return segments.stream().map(NameWords::side).flatMap(Optional::stream).findFirst();
  }

  static Optional<Side> side(String segment) {
    if (any(segment, END::contains)) {
      return Optional.of(Side.AFTER);
    }
    if (any(segment, w -> START.contains(w) || w.startsWith("emb") || w.startsWith("conv"))
        || any(segment, w -> w.startsWith("position"))) {
      return Optional.of(Side.BEFORE);
    }
    return any(segment, LATE::contains) ? Optional.of(Side.AFTER) : Optional.empty();
  }
}
