package org.lines4j.error;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What to do about a problem, in words, in which options stand for themselves.
///
/// ```java
/// Remedy.of(Option.FORCE, " replaces it")
/// ```
public record Remedy(List<Piece> pieces) {
  /// Copies the list.
  public Remedy {
    pieces = List.copyOf(pieces);
  }

  /// A part of the words.
  public sealed interface Piece {
    /// Plain words.
    record Words(String text) implements Piece {}

    /// The name of an option.
    record Name(Option option) implements Piece {}
  }

  /// Words and options, one after the other.
  ///
  /// @param pieces an [Option] is named, of anything else the text is taken
  public static Remedy of(Object... pieces) {
    return new Remedy(
        Stream.of(pieces)
            .<Piece>map(
                piece ->
                    piece instanceof Option option
                        ? new Piece.Name(option)
                        : new Piece.Words(piece.toString()))
            .toList());
  }

  /// The options that it names.
  public List<Option> options() {
    return pieces.stream()
        .flatMap(piece -> piece instanceof Piece.Name(Option o) ? Stream.of(o) : Stream.of())
        .toList();
  }

  /// In words.
  ///
  /// @param names what options are called
  public String inWords(Function<Option, String> names) {
    return pieces.stream()
        .map(
            piece ->
                switch (piece) {
                  case Piece.Words(String text) -> text;
                  case Piece.Name(Option option) -> names.apply(option);
                })
        .collect(Collectors.joining());
  }

  /// In the library's own words.
  @Override
  public String toString() {
    return inWords(Option::word);
  }
}
