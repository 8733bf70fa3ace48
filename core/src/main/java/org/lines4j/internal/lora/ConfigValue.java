package org.lines4j.internal.lora;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.lines4j.error.InputException;
import org.lines4j.format.Companion;
import org.lines4j.internal.index.JsonSource;
import org.lines4j.storage.ByteSource;
import tools.jackson.core.JsonToken;

/// What `adapter_config.json` says.
sealed interface ConfigValue {
  /// `null`.
  record Nothing() implements ConfigValue {}

  /// True or false.
  record Flag(boolean value) implements ConfigValue {}

  /// A number.
  ///
  /// @param isWhole whether it is written without fraction and exponent
  record Numeral(double value, boolean isWhole) implements ConfigValue {}

  /// A text.
  record Text(String value) implements ConfigValue {}

  /// A list.
  record Items(List<ConfigValue> values) implements ConfigValue {}

  /// An object, in the order of the file.
  record Fields(Map<String, ConfigValue> values) implements ConfigValue {}

  /// The longest configuration: those with a pattern for each module take a hundred kilobytes.
  long LONGEST = 10_000_000;

  /// The fields of a file.
  ///
  /// @throws InputException if it is not one JSON object
  static Map<String, ConfigValue> read(Companion file) throws IOException {
    if (file.size() > LONGEST) {
      throw new InputException(file, "longer than " + LONGEST + " bytes");
    }
    try (ByteSource bytes = file.open();
        JsonSource in = JsonSource.of(bytes, 0, bytes.size())) {
      in.expectNext(JsonToken.START_OBJECT, "the configuration of an adapter", "an object");
      Map<String, ConfigValue> fields = fields(in);
      in.expectEnd("the configuration");
      return fields;
    }
  }

  private static Map<String, ConfigValue> fields(JsonSource in) {
    Map<String, ConfigValue> fields = new LinkedHashMap<>();
    while (in.next() == JsonToken.PROPERTY_NAME) {
      String name = in.name();
      fields.put(name, value(in, in.next()));
    }
    return fields;
  }

  /// Calls itself as deep as lists and objects lie in each other, of which the parser allows a
  /// hundred.
  private static ConfigValue value(JsonSource in, @Nullable JsonToken token) {
    return switch (token) {
      case VALUE_TRUE, VALUE_FALSE -> new Flag(token == JsonToken.VALUE_TRUE);
      case VALUE_NUMBER_INT -> new Numeral(in.number(), true);
      case VALUE_NUMBER_FLOAT -> new Numeral(in.number(), false);
      case VALUE_STRING -> new Text(in.text());
      case START_OBJECT -> new Fields(fields(in));
      case START_ARRAY -> {
        List<ConfigValue> items = new ArrayList<>();
        for (JsonToken next = in.next(); next != JsonToken.END_ARRAY; next = in.next()) {
          items.add(value(in, next));
        }
        yield new Items(items);
      }
      case null, default -> new Nothing();
    };
  }

  /// Whether it says nothing: null, false, zero, or empty.
  default boolean isNeutral() {
    return switch (this) {
      case Nothing _ -> true;
      case Flag(boolean value) -> !value;
      case Numeral(double value, _) -> value == 0;
      case Text(String value) -> value.isEmpty();
      case Items(List<ConfigValue> values) -> values.isEmpty();
      case Fields(Map<String, ConfigValue> values) -> values.isEmpty();
    };
  }
}
