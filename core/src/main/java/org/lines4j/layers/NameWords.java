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
  /// Numbered, but side by side.
  private static final Set<String> PARALLEL = Set.of("expert", "experts", "heads", "mlps", "mtp");

  private static final Set<String> NOT_DEPTH =
      Set.of("head", "merger", "mergers", "adapter", "adapters");

  private static final Set<String> DEPTH =
      Set.of("layer", "layers", "block", "blocks", "blk", "blks", "stage", "stages");

  /// The end, even with a word of input beside it, as in `embed_out`, `pre_classifier`.
  private static final Set<String> END =
      setOf(
          """
          out output outputs head heads classifier logit logits score loss predictions predictor
          pooler pool attnpool mtp final last after fc neck upscale upsample\
          """);

  private static final Set<String> START =
      setOf(
          """
          in input inputs pre stem wte wpe token tokens patch pos shared rotary rope feature
          relative adaln caption conv conv0 conv1 conv2 norm0 bn0 bn1\
          """);

  /// The end, if no word of input stands beside it, as one does in `patch_proj`, `ln_pre`.
  private static final Set<String> LATE =
      setOf(
          """
          norm norm5 layernorm ln bn2 post cls proj projection projector project qa merger\
          """);

  /// Words that put a part before another of the same name, and after.
  private static final Set<String> EARLIER = Set.of("down", "input", "double");

  private static final Set<String> LATER = Set.of("up", "output", "single");

  private NameWords() {}

  private static Set<String> setOf(String words) {
    return Set.of(words.split("\\s+"));
  }

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
    List<String> words = words(segment);
    if (words.stream().anyMatch(END::contains)) {
      return Optional.of(Side.AFTER);
    }
    if (words.stream().anyMatch(NameWords::isStart)) {
      return Optional.of(Side.BEFORE);
    }
    return words.stream().anyMatch(LATE::contains) ? Optional.of(Side.AFTER) : Optional.empty();
  }

  private static boolean isStart(String word) {
    return START.contains(word) || word.startsWith("emb") || word.startsWith("position");
  }
}
