package org.lines4j.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.lines4j.error.Shown;

/// A plain table: columns as wide as their widest cell, and to the right if they hold numbers.
public final class Table {
  private static final Pattern NUMBER =
      Pattern.compile("-?[\\d,.]+(e[-+]\\d+)?(/\\d+)?|NaN|-?Infinity|-");

  private final List<List<String>> rows = new ArrayList<>();
  private final int[] widths;
  private final boolean[] right;

  /// A table with that header.
  public Table(String... header) {
    this.widths = new int[header.length];
    this.right = new boolean[header.length];
    row((Object[]) header);
  }

  /// Adds a row; a `Double` is shown with four significant digits.
  public void row(Object... cells) {
    List<String> row = new ArrayList<>();
    for (int i = 0; i < cells.length; i++) {
      String text =
          cells[i] instanceof Double number
              ? number(number)
              : Shown.whole(String.valueOf(cells[i]));
      row.add(text);
      widths[i] = Math.max(widths[i], text.length());
      right[i] = right[i] || NUMBER.matcher(text).matches();
    }
    rows.add(row);
  }

  /// Four significant digits, without an exponent where it is readable without one.
  static String number(double value) {
    double magnitude = Math.abs(value);
    if (value == 0 || !Double.isFinite(value)) {
      return value == 0 ? "0" : String.valueOf(value);
    }
    if (magnitude >= 1e6 || magnitude < 1e-4) {
      return "%.3e".formatted(value);
    }
    int digitsBefore = (int) Math.floor(Math.log10(magnitude)) + 1;
    return ("%." + Math.max(0, 4 - digitsBefore) + "f").formatted(value);
  }

  /// λ with four decimals, so that a column of them is aligned; more where that would show 0.
  public static String lambda(double value) {
    return value != 0 && Math.abs(value) < 1e-3 ? "%.3e".formatted(value) : "%.4f".formatted(value);
  }

  /// Prints all rows.
  public void print(PrintWriter out) {
    out.print(text());
    out.flush();
  }

  /// All rows, each a line.
  String text() {
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.size(); i++) {
        String pad = " ".repeat(widths[i] - row.get(i).length());
        line.append(right[i] ? pad + row.get(i) : row.get(i) + pad).append("  ");
      }
      text.append(line.toString().stripTrailing()).append(System.lineSeparator());
    }
    return text.toString();
  }
}
