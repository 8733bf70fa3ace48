package org.lines4j.internal.lora;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import org.lines4j.format.Checkpoint;
import org.lines4j.internal.config.ModelConfig;
import org.lines4j.internal.config.ModelType;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.json.JsonFactory;

/// What `adapter_config.json` says of an adapter that is made here. Its scale is 1: α is the rank.
///
/// @param ranks by the names of its modules
/// @param wholes modules that it replaces
/// @param hasBiases whether it replaces biases of its modules
/// @param isTransposed whether layers store [in, out]
/// @param base the model that it belongs to, as users call it
/// @param task PEFT's name for what the model is for
public record AdapterText(
    SortedMap<String, Integer> ranks,
    SortedSet<String> wholes,
    boolean hasBiases,
    boolean isTransposed,
    Optional<String> base,
    Optional<String> task) {
  /// The file's name.
  public static final String FILE = Adapter.CONFIG;

  /// The file that it is the configuration of.
  public static final String WEIGHTS = Adapter.WEIGHTS.getFirst();

  private static final JsonFactory JSON = new JsonFactory();
  private static final Set<String> TASKS =
      Set.of(
          "SEQ_CLS",
          "SEQ_2_SEQ_LM",
          "CAUSAL_LM",
          "TOKEN_CLS",
          "QUESTION_ANS",
          "FEATURE_EXTRACTION");

  /// The task that the adapter of a model was made for.
  public static Optional<String> taskOf(Checkpoint adapted) {
    return adapted instanceof AdaptedModel model
        ? model.adapter().config().task().filter(TASKS::contains)
        : Optional.empty();
  }

  /// What the adapter of a model was trained on, as it was called there.
  public static Optional<String> baseOf(Checkpoint adapted) {
    return adapted instanceof AdaptedModel model
        ? model.adapter().config().base()
        : Optional.empty();
  }

  /// The task of a model by its configuration, where PEFT changes nothing else because of it.
  public static Optional<String> taskOfModel(Checkpoint model) throws IOException {
    return ModelType.architectures(model.companions()).stream()
            .anyMatch(name -> name.endsWith("ForCausalLM"))
        ? Optional.of("CAUSAL_LM")
        : Optional.empty();
  }

  /// The file's content.
  public String json() {
    int most = ranks.values().stream().max(Integer::compare).orElse(1);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(ModelConfig.INDENTED, bytes)) {
      json.writeStartObject();
      json.writeStringProperty("peft_type", "LORA");
      optional(json, "task_type", task);
      optional(json, "base_model_name_or_path", base);
      json.writeBooleanProperty("inference_mode", true);
      json.writeNumberProperty("r", most);
      json.writeNumberProperty("lora_alpha", most);
      json.writeNumberProperty("lora_dropout", 0.0);
      json.writeBooleanProperty("fan_in_fan_out", isTransposed);
      json.writeStringProperty("bias", hasBiases ? "lora_only" : "none");
      json.writeBooleanProperty("use_rslora", false);
      json.writeBooleanProperty("use_dora", false);
      names(json, "target_modules", ranks.keySet());
      if (!wholes.isEmpty()) {
        names(json, "modules_to_save", wholes);
      }
      pattern(json, "rank_pattern", most);
      pattern(json, "alpha_pattern", most);
      json.writeEndObject();
    }
    return bytes.toString(StandardCharsets.UTF_8) + "\n";
  }

  private static void optional(JsonGenerator json, String name, Optional<String> value) {
    if (value.isPresent()) {
      json.writeStringProperty(name, value.get());
    } else {
      json.writeNullProperty(name);
    }
  }

  private static void names(JsonGenerator json, String name, Set<String> values) {
    json.writeArrayPropertyStart(name);
    values.forEach(json::writeString);
    json.writeEndArray();
  }

  private void pattern(JsonGenerator json, String name, int most) {
    json.writeObjectPropertyStart(name);
    for (Map.Entry<String, Integer> rank : ranks.entrySet()) {
      if (rank.getValue() != most) {
        json.writeNumberProperty(rank.getKey(), rank.getValue());
      }
    }
    json.writeEndObject();
  }
}
