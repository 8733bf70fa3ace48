package org.lines4j.error;

import java.util.Optional;
import java.util.function.Function;

/// What is wrong, in its parts: a message for people is made of them, and programs need not take
/// one apart.
///
/// @param file that is wrong, or place that cannot be written to; messages start with it
/// @param option of the request that is wrong; messages start with it, too
/// @param text what is wrong, in words that follow the file
/// @param tensor that it is about
/// @param expected what should be there
/// @param found what is there instead
/// @param remedy what to do
/// @param details more lines, each beginning with a line break and two spaces
public record Problem(
    Optional<String> file,
    Optional<Option> option,
    String text,
    Optional<String> tensor,
    Optional<String> expected,
    Optional<String> found,
    Optional<Remedy> remedy,
    String details) {
  /// Something that words alone describe.
  public static Problem of(String text) {
    return new Problem(
        Optional.empty(),
        Optional.empty(),
        text,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        "");
  }

  /// Something else than there should be.
  ///
  /// @param what should be something else; may be empty
  /// @param expected what it should be
  /// @param found what it is
  public static Problem expected(String what, Object expected, Object found) {
    String words = what.isEmpty() ? "expected " : what + " should be ";
    return of(words + expected + ", found " + found).withExpected(expected, found);
  }

  /// This, of a file or another place.
  public Problem in(Object place) {
    return new Problem(
        Optional.of(place.toString()), option, text, tensor, expected, found, remedy, details);
  }

  /// This, of an option.
  public Problem about(Option wrong) {
    return new Problem(file, Optional.of(wrong), text, tensor, expected, found, remedy, details);
  }

  /// This with what should be there and what is, which the text says already.
  public Problem withExpected(Object wanted, Object instead) {
    return new Problem(
        file,
        option,
        text,
        tensor,
        Optional.of(wanted.toString()),
        Optional.of(instead.toString()),
        remedy,
        details);
  }

  /// This, about a tensor.
  public Problem withTensor(String name) {
    return new Problem(file, option, text, Optional.of(name), expected, found, remedy, details);
  }

  /// This with what to do.
  public Problem withRemedy(Remedy advice) {
    return new Problem(file, option, text, tensor, expected, found, Optional.of(advice), details);
  }

  /// This with more lines after those that it has.
  public Problem withDetails(String lines) {
    return new Problem(file, option, text, tensor, expected, found, remedy, details + lines);
  }

  /// What is wrong alone, in a line.
  ///
  /// @param names what options are called
  public String summary(Function<Option, String> names) {
    return file.map(place -> place + ": ").orElse("")
        + option.map(wrong -> names.apply(wrong) + ": ").orElse("")
        + text;
  }

  /// The message.
  ///
  /// @param names what options are called
  public String inWords(Function<Option, String> names) {
    return summary(names) + remedy.map(advice -> "; " + advice.inWords(names)).orElse("") + details;
  }

  /// The message, in the library's own words.
  public String inWords() {
    return inWords(Option::word);
  }
}
