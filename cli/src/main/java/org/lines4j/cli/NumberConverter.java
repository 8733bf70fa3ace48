package org.lines4j.cli;

import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;

/// A finite decimal number. Java's own parser also takes `NaN`, `0x1p3` and `1f`.
final class NumberConverter implements ITypeConverter<Double> {
  private static final Pattern DECIMAL =
      Pattern.compile("[-+]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][-+]?\\d{1,4})?");

  NumberConverter() {}

  @Override
  public Double convert(String value) {
    if (DECIMAL.matcher(value).matches()) {
      double number = Double.parseDouble(value);
      if (Float.isFinite((float) number)) {
        return number;
      }
    }
    throw WrongValue.of("a number such as 0.1", value);
  }
}
