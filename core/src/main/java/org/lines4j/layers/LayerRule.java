package org.lines4j.layers;

import java.util.Locale;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// An exception to automatic detection: the tensors in whose name `pattern` is found go to
/// `target`.
///
/// @param place where it stands, such as `rules.txt:3`, for messages; may be empty
public record LayerRule(Pattern pattern, Target target, String place) {
  /// Where a rule sends its tensors.
  public sealed interface Target {
    /// To a layer of a stack. The layer (1-based) is the number in `group`, if there is one, plus
    /// `offset`.
    record ToLayer(String stack, OptionalInt group, int offset) implements Target {
      @Override
      public String toString() {
        String number = group.isEmpty() ? "" : "$" + group.getAsInt() + (offset == 0 ? "" : " + ");
        return "%s, layer %s%s"
            .formatted(stack, number, group.isPresent() && offset == 0 ? "" : offset);
      }
    }

    /// Outside every stack.
    record ToOutside(Place.Side side) implements Target {
      @Override
      public String toString() {
        return side.name().toLowerCase(Locale.ROOT) + " the layers";
      }
    }
  }

  /// One that stands in no file.
  ///
  /// @throws IllegalArgumentException if the target reads a group that the pattern does not have
  public LayerRule(Pattern pattern, Target target) {
    this(pattern, target, "");
  }

  /// @throws IllegalArgumentException if the target reads a group that the pattern does not have
  public LayerRule {
    int groups = pattern.matcher("").groupCount();
    if (target instanceof Target.ToLayer to && to.group().isPresent()) {
      int group = to.group().getAsInt();
      if (group < 1 || group > groups) {
        throw new IllegalArgumentException(
            "$" + group + " needs a group " + group + ", but " + pattern + " has " + groups);
      }
    }
  }

  /// The layer (1-based) that `to` gives to the tensor that `match` was found in.
  int layer(Target.ToLayer to, Matcher match, String tensor) {
    long layer = to.offset();
    if (to.group().isPresent()) {
      layer += LayerNumber.read(match.group(to.group().getAsInt()), tensor, pattern);
    }
    return LayerNumber.checked(layer, tensor, pattern);
  }
}
