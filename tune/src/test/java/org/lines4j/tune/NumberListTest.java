package org.lines4j.tune;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lines4j.error.RequestException;

class NumberListTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0.3                | [0.3]",
        "1, 0.5 0           | [1.0, 0.5, 0.0]",
        "0, 0.1, ..., 0.4   | [0.0, 0.1, 0.2, 0.3, 0.4]",
        "0,0.1...0.3        | no",
        "1, 0.9 … 0.7       | [1.0, 0.9, 0.8, 0.7]",
        "0, 0.5, .., 1, 3   | [0.0, 0.5, 1.0, 3.0]",
        "0, 0.3, ..., 1     | no",
        "0, ..., 1          | no",
        "0, 0, ..., 1       | no",
        "0, 0.1, ...        | no",
        "x                  | no"
      })
  void numbersAreListedInSteps(String text, String wanted) {
    if (wanted.equals("no")) {
      assertThrows(RequestException.class, () -> NumberList.parse(text));
    } else {
      assertEquals(wanted, NumberList.parse(text).toString());
    }
  }

  @Test
  void whatIsNoListIsToldByItsName() {
    RequestException e =
        assertThrows(RequestException.class, () -> NumberList.parse("--grid", "0, x"));
    assertEquals(
        "--grid should be numbers such as 0, 0.1, ..., 1, found '0, x': 'x' is no number",
        e.getMessage());
  }
}
