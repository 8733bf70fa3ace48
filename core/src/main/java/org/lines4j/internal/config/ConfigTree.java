package org.lines4j.internal.config;

import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.lines4j.error.InputException;
import org.lines4j.format.Companion;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectWriteContext;

/// What a configuration says, without its order.
///
/// @param objects by JSON pointer, the outermost's being empty: their fields
record ConfigTree(Map<String, Map<String, Value>> objects) {
  /// A field's value; objects stand for themselves.
  sealed interface Value {
    /// A whole number.
    record Whole(long value) implements Value {}

    /// A text.
    record Text(String value) implements Value {}

    /// True or false.
    record Flag(boolean value) implements Value {}

    /// A list, each of its entries as JSON has it; texts without their quotes.
    record Items(List<String> entries) implements Value {}

    /// Anything else, as JSON has it.
    record Other(String json) implements Value {}
  }

  /// Reads a file.
  ///
  /// @throws InputException if it is not a JSON object
  static ConfigTree read(Companion file) throws IOException {
    Map<String, Map<String, Value>> objects = new LinkedHashMap<>();
    try (JsonParser in = ModelConfig.parser(file)) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        throw InputException.expected(file, "", "a JSON object", "something else");
      }
      Map<String, Value> fields = objects.computeIfAbsent("", _ -> new LinkedHashMap<>());
      List<String> path = new ArrayList<>();
      for (JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
        String place = String.join("", path);
        fields = objects.computeIfAbsent(place, _ -> new LinkedHashMap<>());
        switch (token) {
          case START_OBJECT -> path.add(pointer(in.currentName()));
          case END_OBJECT -> {
            if (!path.isEmpty()) {
              path.removeLast();
            }
          }
          case PROPERTY_NAME -> {}
          default -> fields.put(escaped(in.currentName()), value(in, token));
        }
      }
    } catch (JacksonException e) {
      throw ModelConfig.malformed(file, e);
    }
    return new ConfigTree(objects);
  }

  private static String pointer(String name) {
    return "/" + escaped(name);
  }

  private static String escaped(String name) {
    return name.replace("~", "~0").replace("/", "~1");
  }

  private static Value value(JsonParser in, JsonToken token) {
    return switch (token) {
      case VALUE_NUMBER_INT -> number(in.getString());
      case VALUE_STRING -> new Value.Text(in.getString());
      case VALUE_TRUE, VALUE_FALSE -> new Value.Flag(token == JsonToken.VALUE_TRUE);
      case START_ARRAY -> new Value.Items(items(in));
      default -> new Value.Other(in.getString());
    };
  }

  /// A number that is too long counts nothing.
  private static Value number(String digits) {
    try {
      return new Value.Whole(Long.parseLong(digits));
    } catch (NumberFormatException e) {
      return new Value.Other(digits);
    }
  }

  private static List<String> items(JsonParser in) {
    List<String> items = new ArrayList<>();
    while (in.nextToken() != JsonToken.END_ARRAY) {
      items.add(in.currentToken().isScalarValue() ? in.getString() : json(in));
    }
    return items;
  }

  /// The object or list that the parser is at, as JSON; the parser goes on to its end.
  static String json(JsonParser in) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = ModelConfig.JSON.createGenerator(ObjectWriteContext.empty(), text)) {
      out.copyCurrentStructureExact(in);
    }
    return text.toString();
  }
}
