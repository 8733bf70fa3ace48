package org.lines4j.cli;

import java.io.PrintWriter;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;

/// One JSON document on standard output.
public final class Json {
  private static final JsonFactory JSON =
      JsonFactory.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build();

  private Json() {}

  /// Prints an object with what `content` writes into it.
  public static void print(PrintWriter out, Consumer<JsonGenerator> content) {
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
      json.writeStartObject();
      content.accept(json);
      json.writeEndObject();
    }
    out.println();
    out.flush();
  }

  /// A number, or null where JSON has none for it (NaN, infinity).
  public static void number(JsonGenerator json, String name, double value) {
    if (Double.isFinite(value)) {
      json.writeNumberProperty(name, value);
    } else {
      json.writeNullProperty(name);
    }
  }
}
