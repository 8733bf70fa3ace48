package org.lines4j.internal.vocabulary;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lines4j.error.InputException;
import org.lines4j.error.RequestException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.Companion;
import org.lines4j.format.Companions;
import org.lines4j.merge.ModelSet;
import org.lines4j.merge.Recipe;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// Chat templates: the one that a model has, and `chat_template` of a recipe, which is a template,
/// `chatml`, or `auto` for the one that most models have.
public final class ChatTemplates {
  /// Where `transformers` looks for a template first.
  static final String FILE = "chat_template.jinja";

  private static final long LONGEST = 100_000_000;

  private static final JsonFactory JSON = new JsonFactory();
  private static final String KEY = "chat_template";
  private static final String CHATML =
      """
      {% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + \
      message['content'] + '<|im_end|>' + '\\n' }}{% endfor %}\
      {% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}\
      """;

  private ChatTemplates() {}

  /// The template that a recipe asks for; empty for `auto` where no model has one.
  ///
  /// @throws RequestException if it is neither a template nor a name that is known
  static Optional<String> chosen(Recipe recipe, ModelSet models) throws IOException {
    String asked = recipe.chatTemplate().orElse("auto");
    if (asked.equals("auto")) {
      return commonest(models);
    }
    if (asked.equals("chatml")) {
      return Optional.of(CHATML);
    }
    if (!asked.contains("{")) {
      throw RequestException.expected(
          recipe.name(), "chat_template", "auto, chatml or a Jinja template", "'" + asked + "'");
    }
    return Optional.of(asked);
  }

  /// Among equally common ones the first model's.
  private static Optional<String> commonest(ModelSet models) throws IOException {
    Map<String, Integer> counts = new LinkedHashMap<>();
    for (Checkpoint model : models.distinct().values()) {
      of(model.companions()).ifPresent(template -> counts.merge(template.strip(), 1, Integer::sum));
    }
    int most = counts.values().stream().mapToInt(Integer::intValue).max().orElse(0);
    return counts.entrySet().stream()
        .filter(entry -> entry.getValue() == most)
        .map(Map.Entry::getKey)
        .findFirst();
  }

  /// In words, which models have another chat template than the output will have.
  ///
  /// @param folder whose files go along
  public static List<String> differing(Companions folder, Collection<Checkpoint> models)
      throws IOException {
    List<String> notices = new ArrayList<>();
    try {
      Optional<String> own = of(folder).map(String::strip);
      for (Checkpoint model : models) {
        Optional<String> other = of(model.companions()).map(String::strip);
        if (other.isPresent() && own.isEmpty()) {
          return List.of(
              "%s: has no chat template, so the output gets none, though %s has one"
                  .formatted(folder.location(), model.location()));
        }
        if (other.isPresent() && !other.equals(own)) {
          notices.add(
              "%s: its chat template is not that of %s, which the output gets"
                  .formatted(model.location(), folder.location()));
        }
      }
    } catch (InputException e) {
      notices.add("whether the models' chat templates differ is not known: " + e.getMessage());
    }
    return notices;
  }

  /// A model's own; empty where it has none.
  ///
  /// @throws InputException if its tokenizer's configuration is not JSON
  public static Optional<String> of(Companions model) throws IOException {
    Optional<Companion> file = model.find(FILE);
    if (file.isPresent()) {
      return Optional.of(file.get().text(LONGEST));
    }
    Optional<Companion> found = model.find("tokenizer_config.json");
    if (found.isEmpty()) {
      return Optional.empty();
    }
    Companion config = found.get();
    try (JsonParser in = JSON.createParser(ObjectReadContext.empty(), config.bytes(LONGEST))) {
      return inConfig(in);
    } catch (JacksonException e) {
      throw new InputException(config, "malformed JSON: " + e.getOriginalMessage());
    }
  }

  /// A text, or a list of objects with `name` and `template`, of which `default` counts.
  private static Optional<String> inConfig(JsonParser in) {
    in.nextToken();
    while (in.nextToken() == JsonToken.PROPERTY_NAME) {
      boolean found = in.currentName().equals(KEY);
      JsonToken value = in.nextToken();
      if (found && value == JsonToken.VALUE_STRING) {
        return Optional.of(in.getString());
      }
      if (found && value == JsonToken.START_ARRAY) {
        return inList(in);
      }
      in.skipChildren();
    }
    return Optional.empty();
  }

  private static Optional<String> inList(JsonParser in) {
    while (in.nextToken() == JsonToken.START_OBJECT) {
      Map<String, String> texts = new LinkedHashMap<>();
      while (in.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = in.currentName();
        if (in.nextToken() == JsonToken.VALUE_STRING) {
          texts.put(name, in.getString());
        } else {
          in.skipChildren();
        }
      }
      if ("default".equals(texts.get("name"))) {
        return Optional.ofNullable(texts.get("template"));
      }
    }
    return Optional.empty();
  }
}
