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
    List<BigDecimal> numbers = new ArrayList<>();
    boolean isRange = false;
    for (String word : text.strip().split("[,\\s]+", -1)) {
      if (word.matches("…|\\.{2,3}")) {
        isRange = true;
        continue;
      }
      BigDecimal number = number(text, word);
      if (isRange) {
        fill(text, numbers, number);
        isRange = false;
      } else {
        numbers.add(number);
      }
    }
    if (isRange) {
      throw wrong(text, "it ends with dots");
    }
    return numbers.stream().map(BigDecimal::doubleValue).toList();
  }

  private static void fill(String text, List<BigDecimal> numbers, BigDecimal end) {
    if (numbers.size() < 2) {
      throw wrong(text, "two numbers before the dots should tell the step");
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
      throw wrong(text, "steps of %s do not lead from %s to %s".formatted(step, last, end));
    }
    for (int i = 1; i <= steps[0].intValueExact(); i++) {
      numbers.add(last.add(step.multiply(BigDecimal.valueOf(i))));
    }
  }

  private static BigDecimal number(String text, String word) {
    try {
      BigDecimal number = new BigDecimal(word);
      if (Math.abs(number.scale()) <= 12 && number.precision() <= 15) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw wrong(text, "'" + word + "' is no number");
    }
    throw wrong(text, "'" + word + "' has too many digits");
  }

  private static RequestException wrong(String text, String why) {
    return new RequestException(
        "expected numbers such as 0, 0.1, ..., 1, found '%s': %s".formatted(text, why));
  }
}
