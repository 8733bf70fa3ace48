package org.lines4j.cli;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// A regular expression, with a message on one line where it is not one.
final class RegexConverter implements ITypeConverter<Pattern> {
  RegexConverter() {}

  @Override
  public Pattern convert(String value) {
    try {
      return Pattern.compile(value);
    } catch (PatternSyntaxException e) {
      throw new TypeConversionException(
          "expected a regular expression, found '%s' (%s at character %d)"
              .formatted(value, e.getDescription(), e.getIndex() + 1));
    }
  }
}
