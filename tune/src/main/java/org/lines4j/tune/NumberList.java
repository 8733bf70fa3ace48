package org.lines4j.tune;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.lines4j.error.RequestException;

/// Numbers as people list them: `1, 0.5, 0` or, in steps, `0, 0.1, ..., 1`.
public final class NumberList {
  private static final int MOST = 10_000;

  private NumberList() {}

  /// Reads a list. Dots stand for the numbers between, in the steps of the two numbers before them.
  ///
  /// @throws RequestException if it is no such list
  public static List<Double> parse(String text) {
    return parse("", text);
  }

  /// The same.
  ///
  /// @param what the list is called, such as an option; may be empty
  public static List<Double> parse(String what, String text) {
    try {
      return read(text);
    } catch (IllegalArgumentException e) {
      throw RequestException.expected(
          what, "numbers such as 0, 0.1, ..., 1", "'%s': %s".formatted(text, e.getMessage()));
    }
  }

  private static List<Double> read(String text) {
    List<BigDecimal> numbers = new ArrayList<>();
    boolean isRange = false;
    for (String word : text.strip().split("[,\\s]+", -1)) {
      if (word.matches("…|\\.{2,3}")) {
        isRange = true;
        continue;
      }
      BigDecimal number = number(word);
      if (isRange) {
        fill(numbers, number);
        isRange = false;
      } else {
        numbers.add(number);
      }
    }
    if (isRange) {
      throw wrong("it ends with dots");
    }
    return numbers.stream().map(BigDecimal::doubleValue).toList();
  }

  private static void fill(List<BigDecimal> numbers, BigDecimal end) {
    if (numbers.size() < 2) {
      throw wrong("two numbers before the dots should tell the step");
    }
    BigDecimal last = numbers.getLast();
    BigDecimal step = last.subtract(numbers.get(numbers.size() - 2));
    BigDecimal[] steps =
        step.signum() == 0
            ? new BigDecimal[] {BigDecimal.valueOf(-1), BigDecimal.ZERO}
            : end.subtract(last).divideAndRemainder(step);
    if (steps[0].signum() < 0
        || steps[1].signum() != 0
        || steps[0].compareTo(BigDecimal.valueOf(MOST)) > 0) {
      throw wrong("steps of %s do not lead from %s to %s".formatted(step, last, end));
    }
    for (int i = 1; i <= steps[0].intValueExact(); i++) {
      numbers.add(last.add(step.multiply(BigDecimal.valueOf(i))));
    }
  }

  private static BigDecimal number(String word) {
    try {
      BigDecimal number = new BigDecimal(word);
      if (Math.abs(number.scale()) <= 12 && number.precision() <= 15) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw wrong("'" + word + "' is no number");
    }
    throw wrong("'" + word + "' has too many digits");
  }

  private static IllegalArgumentException wrong(String why) {
    return new IllegalArgumentException(why);
  }
}
