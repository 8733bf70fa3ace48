package org.lines4j.internal.resolve;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.lines4j.internal.renamed.ModelNames;
import org.lines4j.layers.Stack;

/// What a recipe calls a part of a model, such as mergekit's `text_decoder` or `vision_tower`.
///
/// @param text as the recipe has it
/// @param words of it that tell parts apart
record ModuleName(String text, Set<String> words) {
  /// Any part may be called so.
  private static final Set<String> COMMON =
      Set.of("model", "module", "layers", "layer", "block", "blocks", "tower", "default", "main");

  /// `visual` is what others call `vision`.
  private static final int ALIKE = 3;

  static ModuleName of(String text) {
    return new ModuleName(text, words(text));
  }

  /// The stacks that have the most words of it in their names; empty if none has any.
  List<Stack> nearest(List<Stack> stacks) {
    long most = stacks.stream().mapToLong(this::shared).max().orElse(0);
    return most == 0 ? List.of() : stacks.stream().filter(stack -> shared(stack) == most).toList();
  }

  /// Whether it may be what the model is mainly: neither of images nor of sounds, nor one of two.
  boolean isMain() {
    return !ModelNames.isOfModality(text) && !words.contains("encoder");
  }

  private long shared(Stack stack) {
    Set<String> theirs = words(stack.name());
    return words.stream().filter(word -> theirs.stream().anyMatch(t -> areAlike(word, t))).count();
  }

  private static boolean areAlike(String one, String other) {
    return one.equals(other)
        || (one.length() >= ALIKE
            && other.length() >= ALIKE
            && one.regionMatches(0, other, 0, ALIKE));
  }

  private static Set<String> words(String name) {
    return Arrays.stream(name.toLowerCase(Locale.ROOT).split("[^a-z0-9]+", -1))
        .filter(word -> !word.isEmpty() && !COMMON.contains(word))
        .collect(Collectors.toUnmodifiableSet());
  }
}
