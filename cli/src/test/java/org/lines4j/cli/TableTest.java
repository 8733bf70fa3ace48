package org.lines4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TableTest {
  @Test
  void numbersStandToTheRightOfTheirColumn() {
    Table table = new Table("name", "n", "share");
    table.row("a", 5, 0.5);
    table.row("longer", 12_000, "copied");
    StringWriter out = new StringWriter();
    table.print(new PrintWriter(out));
    assertEquals(
        """
        name        n   share
        a           5  0.5000
        longer  12000  copied
        """,
        out.toString().replace("\r\n", "\n"));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "1, 1.000",
    "0.5, 0.5000",
    "0.01234, 0.01234",
    "12.345, 12.35",
    "99999.9, 100000",
    "0.00001, 1.000e-05",
    "1e9, 1.000e+09",
    "NaN, NaN",
    "Infinity, Infinity",
    "-2.5, -2.500"
  })
  void numbersHaveFourSignificantDigits(double value, String text) {
    assertEquals(text, Table.number(value));
  }

  @ParameterizedTest
  @CsvSource({"0, 0.0000", "1, 1.0000", "0.1, 0.1000", "-0.25, -0.2500", "0.0001, 1.000e-04"})
  void lambdasAreAligned(double value, String text) {
    assertEquals(text, Table.lambda(value));
  }
}
