package org.lines4j.internal.config;

import java.util.List;

/// What becomes of a setting of `config.json` that speaks of layers, where an output has other
/// ones.
sealed interface LayerChange {
  /// Another number.
  record Whole(long value) implements LayerChange {}

  /// Another number with a fraction.
  record Decimal(double value) implements LayerChange {}

  /// Another text.
  record Text(String value) implements LayerChange {}

  /// A list of these numbers.
  record Numbers(List<Integer> values) implements LayerChange {}

  /// A list of these pairs.
  record Pairs(List<List<Integer>> values) implements LayerChange {}

  /// It stands there no more.
  record Gone() implements LayerChange {}

  /// A list of these texts.
  record Texts(List<String> values) implements LayerChange {}

  /// A list of one group of these kinds, not repeated.
  record Group(List<String> kinds) implements LayerChange {}

  /// The same list, with the entries of the layers that the output has.
  record Order(List<Integer> origins) implements LayerChange {}

  /// The same object, with the fields of the layers that the output has, under their new numbers.
  record Renumbered(List<Integer> origins) implements LayerChange {}
}
