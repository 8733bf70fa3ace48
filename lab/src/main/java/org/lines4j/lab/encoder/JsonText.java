package org.lines4j.lab.encoder;

import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;

/// Maps, lists, numbers and strings as indented JSON.
final class JsonText {
  private static final JsonFactory JSON = new JsonFactory();

  private JsonText() {}

  static String of(Map<String, ?> entries) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(new Indented(), text)) {
      write(json, entries);
    }
    return text.append('\n').toString();
  }

  private static void write(JsonGenerator json, Object value) {
    switch (value) {
      case Map<?, ?> entries -> {
        json.writeStartObject();
        entries.forEach(
            (name, entry) -> {
              json.writeName(String.valueOf(name));
              write(json, entry);
            });
        json.writeEndObject();
      }
      case List<?> items -> {
        json.writeStartArray();
        items.forEach(item -> write(json, item));
        json.writeEndArray();
      }
      case Integer number -> json.writeNumber(number);
      case Long number -> json.writeNumber(number);
      case Double number -> json.writeNumber(number);
      default -> json.writeString(value.toString());
    }
  }

  private static final class Indented extends ObjectWriteContext.Base {
    @Override
    public PrettyPrinter getPrettyPrinter() {
      return new DefaultPrettyPrinter().withObjectIndenter(new DefaultIndenter("  ", "\n"));
    }

    @Override
    public boolean hasPrettyPrinter() {
      return true;
    }
  }
}
