package org.lines4j.cli;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.lines4j.layers.NameSearch;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// A regular expression, with a message on one line where it is not one.
final class RegexConverter implements ITypeConverter<Pattern> {
  RegexConverter() {}

  @Override
  public Pattern convert(String value) {
    try {
      return NameSearch.compile(value);
    } catch (PatternSyntaxException e) {
      throw new TypeConversionException(
          "expected a regular expression, found '%s' (%s%s)"
              .formatted(
                  value.length() > 200 ? value.substring(0, 200) + "…" : value,
                  e.getDescription(),
                  e.getIndex() < 0 ? "" : " at character " + (e.getIndex() + 1)));
    }
  }
}
