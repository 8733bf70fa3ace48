package org.lines4j.evaluate.model;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.lines4j.error.InputException;
import org.lines4j.format.Companion;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a JSON file beside a model says; a key that is null is a key that is not there. Whatever is
/// wrong is said with the file and the key.
public final class Settings {
  private static final long MOST_BYTES = 16L << 20;
  private static final int LARGEST = 1 << 24;
  private static final JsonMapper JSON = JsonMapper.shared();

  private final Object file;
  private final String path;
  private final JsonNode node;

  private Settings(Object file, String path, JsonNode node) {
    this.file = file;
    this.path = path;
    this.node = node;
  }

  /// Reads a file.
  ///
  /// @throws InputException unless it is a JSON object
  public static Settings read(Companion file) throws IOException {
    try {
      JsonNode node = JSON.readTree(file.bytes(MOST_BYTES));
      if (!node.isObject()) {
        throw new InputException(file, "not a JSON object");
      }
      return new Settings(file, "", node);
    } catch (JacksonException e) {
      throw new InputException(file, "not JSON: " + e.getOriginalMessage());
    }
  }

  /// The values of a JSON array file, each an object.
  public static List<Settings> readList(Companion file) throws IOException {
    try {
      List<Settings> all = new ArrayList<>();
      for (JsonNode node : JSON.readTree(file.bytes(MOST_BYTES))) {
        all.add(new Settings(file, "[" + all.size() + "].", node));
      }
      return all;
    } catch (JacksonException e) {
      throw new InputException(file, "not JSON: " + e.getOriginalMessage());
    }
  }

  private Optional<JsonNode> find(String key) {
    return Optional.ofNullable(node.get(key)).filter(value -> !value.isNull());
  }

  /// Whether it says anything of this.
  public boolean has(String key) {
    return find(key).isPresent();
  }

  /// A number of things, from 1.
  public int count(String key) {
    if (!has(key)) {
      throw new InputException(file, "'%s%s' is missing".formatted(path, key));
    }
    return count(key, 0);
  }

  /// A number of things, from 1.
  ///
  /// @param usual where it says nothing
  public int count(String key, int usual) {
    Optional<JsonNode> value = find(key);
    if (value.isEmpty()) {
      return usual;
    }
    if (!value.get().isIntegralNumber()
        || !value.get().canConvertToInt()
        || value.get().intValue() < 1
        || value.get().intValue() > LARGEST) {
      throw wrong(key, "a whole number from 1 to " + LARGEST, value.get());
    }
    return value.get().intValue();
  }

  /// A number.
  ///
  /// @param usual where it says nothing
  public double number(String key, double usual) {
    Optional<JsonNode> value = find(key);
    if (value.isPresent() && !value.get().isNumber()) {
      throw wrong(key, "a number", value.get());
    }
    return value.map(JsonNode::doubleValue).orElse(usual);
  }

  /// A number that must be there.
  public double number(String key) {
    if (!has(key)) {
      throw new InputException(file, "'%s%s' is missing".formatted(path, key));
    }
    return number(key, 0);
  }

  /// Whether something is so.
  ///
  /// @param usual where it says nothing
  public boolean is(String key, boolean usual) {
    Optional<JsonNode> value = find(key);
    if (value.isPresent() && !value.get().isBoolean()) {
      throw wrong(key, "true or false", value.get());
    }
    return value.map(JsonNode::booleanValue).orElse(usual);
  }

  /// A text.
  ///
  /// @param usual where it says nothing
  public String word(String key, String usual) {
    Optional<JsonNode> value = find(key);
    if (value.isPresent() && !value.get().isString()) {
      throw wrong(key, "a text", value.get());
    }
    return value.map(JsonNode::stringValue).orElse(usual);
  }

  /// A list of texts; empty where it says nothing.
  public List<String> words(String key) {
    List<String> words = new ArrayList<>();
    for (JsonNode value : find(key).orElse(JSON.createArrayNode())) {
      if (!value.isString()) {
        throw wrong(key, "a list of texts", value);
      }
      words.add(value.stringValue());
    }
    return words;
  }

  /// The settings within; empty where there are none.
  public Optional<Settings> part(String key) {
    Optional<JsonNode> value = find(key);
    if (value.isPresent() && !value.get().isObject()) {
      throw wrong(key, "an object", value.get());
    }
    return value.map(inner -> new Settings(file, path + key + ".", inner));
  }

  private InputException wrong(String key, String expected, JsonNode found) {
    String text = found.toString();
    String shown = text.length() > 60 ? text.substring(0, 60) + "…" : text;
    return InputException.expected(file, "'" + path + key + "'", expected, shown);
  }

  /// For what is asked for and cannot be computed here.
  ///
  /// @param which what can, in words
  public InputException refused(String key, String which) {
    String text = find(key).map(JsonNode::toString).orElse("null");
    String shown = text.length() > 60 ? text.substring(0, 60) + "…" : text;
    return new InputException(
            file,
            "'%s%s' is %s, which cannot be computed here: %s".formatted(path, key, shown, which))
        .withRemedy("measure with a program of your own");
  }

  /// Refuses what would change the computation if it were true.
  public void refuseIf(String key) {
    if (is(key, false)) {
      throw refused(key, "only false");
    }
  }
}
