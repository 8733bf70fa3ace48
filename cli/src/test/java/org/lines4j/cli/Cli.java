package org.lines4j.cli;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// One run of the command line inside this JVM, and what it printed.
record Cli(int code, String out, String err) {
  private static final String STACK_TRACE_LINE = "\tat org.lines4j";

  static Cli run(Object... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] words = Stream.of(args).map(String::valueOf).toArray(String[]::new);
    int code = Main.run(words, new PrintWriter(out), new PrintWriter(err));
    return new Cli(code, out.toString(), err.toString());
  }

  /// The command did its work; returns itself.
  Cli succeeds() {
    assertEquals(0, code, err);
    return this;
  }

  /// The command failed with `expected`, said nothing on standard output, and on standard error one
  /// message of ours that contains all of `words`.
  void fails(int expected, String... words) {
    assertAll(
        () -> assertEquals(expected, code, err),
        () -> assertEquals("", out),
        () -> assertTrue(err.startsWith("lines: "), err),
        () -> assertTrue(!err.contains(STACK_TRACE_LINE), err),
        () -> assertTrue(!err.contains("Exception"), err));
    for (String word : words) {
      assertTrue(err.contains(word), () -> "'" + word + "' is not in: " + err);
    }
  }

  boolean showsStackTrace() {
    return err.contains(STACK_TRACE_LINE);
  }

  /// The lines of standard output.
  List<String> lines() {
    return out.lines().toList();
  }

  /// Standard output, which must be one JSON object and nothing else.
  Map<String, @Nullable Object> json() {
    try (JsonParser parser = new JsonFactory().createParser(ObjectReadContext.empty(), out)) {
      assertEquals(JsonToken.START_OBJECT, parser.nextToken());
      Map<String, @Nullable Object> document = object(parser);
      assertEquals(null, parser.nextToken(), "something follows the JSON document");
      return document;
    }
  }

  /// A list of objects in a document.
  @SuppressWarnings("unchecked")
  static List<Map<String, @Nullable Object>> objects(@Nullable Object list) {
    return (List<Map<String, @Nullable Object>>) java.util.Objects.requireNonNull(list);
  }

  private static Map<String, @Nullable Object> object(JsonParser parser) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      object.put(name, value(parser, parser.nextToken()));
    }
    return object;
  }

  private static @Nullable Object value(JsonParser parser, JsonToken token) {
    return switch (token) {
      case START_OBJECT -> object(parser);
      case START_ARRAY -> {
        List<@Nullable Object> list = new ArrayList<>();
        for (JsonToken next = parser.nextToken();
            next != JsonToken.END_ARRAY;
            next = parser.nextToken()) {
          list.add(value(parser, next));
        }
        yield list;
      }
      case VALUE_STRING -> parser.getString();
      case VALUE_NUMBER_INT -> parser.getLongValue();
      case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      default -> throw new AssertionError(token);
    };
  }

  /// A float32 tensor of a model on disk.
  static float[] tensor(Path model, String name) throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(model)) {
      StoredTensor tensor = checkpoint.find(name).orElseThrow();
      MemorySegment bytes = MemorySegment.ofArray(new byte[(int) tensor.byteSize()]);
      checkpoint.source(tensor).read(0, bytes);
      return bytes.toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
    }
  }
}
