package org.lines4j.method;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.lines4j.layers.NameSearch;

/// What the values of a [Parameter] may be. A recipe that gives another is refused before anything
/// is read of the models.
public sealed interface Values {
  /// Any number that is finite in float32.
  Values NUMBER = numbers(-Float.MAX_VALUE, Float.MAX_VALUE);

  /// From 0 to 1.
  Values FRACTION = numbers(0, 1);

  /// `true` or `false`.
  Values FLAG = new Flags();

  /// Numbers, the bounds among them; from `Float.MIN_VALUE` on is greater than 0.
  static Values numbers(double least, double most) {
    return new Numbers(least, most, false);
  }

  /// Whole numbers from 0.
  static Values wholeNumbers(int most) {
    return new Numbers(0, most, true);
  }

  /// Regular expressions, as Java has them, to be looked for in names.
  Values PATTERN = new Patterns();

  /// Some words.
  static Values words(String... words) {
    return new Words(List.of(words));
  }

  /// Whether `value` is one of them: a `Double`, `Boolean` or `String` in range.
  boolean contains(Object value);

  /// What they are, such as `a number from 0 to 1`.
  String inWords();

  /// `Double`s.
  ///
  /// @param least may be `Float.MIN_VALUE` for what is greater than 0, as float32 has it
  record Numbers(double least, double most, boolean isWhole) implements Values {
    @Override
    public boolean contains(Object value) {
      return value instanceof Double number
          && number >= least
          && number <= most
          && (!isWhole || number == Math.rint(number));
    }

    @Override
    public String inWords() {
      String kind = isWhole ? "a whole number" : "a number";
      boolean isPositive = least == Float.MIN_VALUE;
      boolean hasLeast = least > -Float.MAX_VALUE;
      boolean hasMost = isWhole ? most < Integer.MAX_VALUE : most < Float.MAX_VALUE;
      if (hasLeast && hasMost && !isPositive) {
        return "%s from %s to %s".formatted(kind, text(least), text(most));
      }
      List<String> words = new ArrayList<>(List.of(kind));
      if (hasLeast) {
        words.add(isPositive ? "> 0" : "≥ " + text(least));
      }
      if (hasMost) {
        words.add((hasLeast ? "and ≤ " : "≤ ") + text(most));
      }
      return String.join(" ", words);
    }

    private static String text(double number) {
      return number == Math.rint(number) && Math.abs(number) < 1e15
          ? String.valueOf((long) number)
          : String.valueOf(number);
    }
  }

  /// `Boolean`s.
  record Flags() implements Values {
    @Override
    public boolean contains(Object value) {
      return value instanceof Boolean;
    }

    @Override
    public String inWords() {
      return "true or false";
    }
  }

  /// `String`s that [NameSearch] takes for patterns.
  record Patterns() implements Values {
    @Override
    public boolean contains(Object value) {
      if (!(value instanceof String regex)) {
        return false;
      }
      try {
        Pattern _ = NameSearch.compile(regex);
        return true;
      } catch (PatternSyntaxException e) {
        return false;
      }
    }

    @Override
    public String inWords() {
      return "a regular expression";
    }
  }

  /// `String`s.
  record Words(List<String> words) implements Values {
    /// Copies the list.
    ///
    /// @throws IllegalArgumentException if it is empty
    public Words {
      words = List.copyOf(words);
      if (words.isEmpty()) {
        throw new IllegalArgumentException("no words");
      }
    }

    @Override
    public boolean contains(Object value) {
      return value instanceof String word && words.contains(word);
    }

    @Override
    public String inWords() {
      return words.size() == 1
          ? words.getFirst()
          : String.join(", ", words.subList(0, words.size() - 1)) + " or " + words.getLast();
    }
  }
}
