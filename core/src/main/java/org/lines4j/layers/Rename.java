package org.lines4j.layers;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.lines4j.error.RequestException;

/// How names of one model become those of another: `^bert\.=` leaves a prefix out,
/// `^model\.=model.language_model.` changes one.
///
/// @param pattern what to look for; all that it finds is replaced
/// @param replacement may refer to groups, `$1`
public record Rename(Pattern pattern, String replacement) {
  /// A rename from `REGEX=REPLACEMENT`; the last `=` counts, as names have none.
  ///
  /// @throws RequestException if it is not of that form, or the pattern is none
  public static Rename parse(String text) {
    int equals = text.lastIndexOf('=');
    if (equals < 1) {
      throw RequestException.expected(
          "a rename", "REGEX=REPLACEMENT, such as '^model\\.='", "'" + text + "'");
    }
    try {
      return new Rename(NameSearch.compile(text.substring(0, equals)), text.substring(equals + 1));
    } catch (PatternSyntaxException e) {
      throw RequestException.expected(
          "a rename",
          "a regular expression before its = (%s)".formatted(e.getDescription()),
          "'" + text + "'");
    }
  }

  /// The name that `name` becomes.
  ///
  /// @throws RequestException if the pattern takes too long, or the replacement refers to a group
  ///   that is not there
  public String apply(String name, NameSearch search) {
    try {
      return search.replace(pattern, replacement, name);
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new RequestException("%s: %s".formatted(this, e.getMessage()));
    }
  }

  @Override
  public String toString() {
    return pattern + "=" + replacement;
  }
}
