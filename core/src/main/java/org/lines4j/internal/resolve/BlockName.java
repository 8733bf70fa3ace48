package org.lines4j.internal.resolve;

import java.util.Optional;
import org.lines4j.layers.Place;

/// The name of a tensor in a layer, taken apart around the layer's number.
///
/// @param before up to the number
/// @param number as the name has it
/// @param after from the number on
record BlockName(String before, int number, String after) {
  private static final int MAX_DIGITS = 6;

  /// Takes a name apart; empty where it does not have the stack's own name in it, then the number.
  static Optional<BlockName> of(String name, Place.InLayer place) {
    String stack = place.stack().name();
    if (!name.startsWith(stack)) {
      return Optional.empty();
    }
    int start = stack.length();
    if (start < name.length() && "./_-".indexOf(name.charAt(start)) >= 0) {
      start++;
    }
    int end = start;
    while (end < name.length() && Character.digit(name.charAt(end), 10) >= 0) {
      end++;
    }
    if (end == start || end - start > MAX_DIGITS) {
      return Optional.empty();
    }
    int number = Integer.parseInt(name.substring(start, end));
    boolean counted = number == place.layer() || number == place.layer() - 1;
    return counted
        ? Optional.of(new BlockName(name.substring(0, start), number, name.substring(end)))
        : Optional.empty();
  }

  /// The name in another layer.
  ///
  /// @param from the layer that it is in, 1-based
  /// @param to the layer that it goes to, 1-based
  String moved(int from, int to) {
    return before + (number - from + to) + after;
  }
}
