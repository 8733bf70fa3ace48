package org.lines4j.cli;

import java.util.function.Function;
import picocli.CommandLine.ITypeConverter;

/// A whole number. picocli's own words speak of a Java type.
///
/// @param parser Java's, of the type wanted
record WholeNumber<T>(Function<String, T> parser) implements ITypeConverter<T> {
  @Override
  public T convert(String value) {
    try {
      return parser.apply(value);
    } catch (NumberFormatException _) {
      throw WrongValue.of("a whole number", value);
    }
  }
}
