package org.lines4j.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/// A plain table: columns as wide as their widest cell, numbers to the right.
final class Table {
  private final List<List<String>> rows = new ArrayList<>();
  private final int[] widths;

  Table(String... header) {
    this.widths = new int[header.length];
    row((Object[]) header);
  }

  /// Adds a row; a `Double` is shown with four significant digits.
  void row(Object... cells) {
    List<String> row = new ArrayList<>();
    for (int i = 0; i < cells.length; i++) {
      String text = cells[i] instanceof Double number ? number(number) : String.valueOf(cells[i]);
      row.add(text);
      widths[i] = Math.max(widths[i], text.length());
    }
    rows.add(row);
  }

  /// Four significant digits, without an exponent where it is readable without one.
  static String number(double value) {
    if (value == 0 || !Double.isFinite(value)) {
      return value == 0 ? "0" : String.valueOf(value);
    }
    double magnitude = Math.abs(value);
    if (magnitude >= 1e6 || magnitude < 1e-4) {
      return "%.3e".formatted(value);
    }
    int whole = magnitude < 1 ? 0 : (int) Math.log10(magnitude);
    return ("%." + Math.max(0, magnitude < 1 ? 4 : 3 - whole) + "f").formatted(value);
  }

  void print(PrintWriter out) {
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.size(); i++) {
        String pad = " ".repeat(widths[i] - row.get(i).length());
        boolean right = row.get(i).matches("-?[\\d,.]+(e[-+]\\d+)?");
        line.append(right ? pad + row.get(i) : row.get(i) + pad).append("  ");
      }
      out.println(line.toString().stripTrailing());
    }
    out.flush();
  }
}
