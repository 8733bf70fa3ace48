package org.lines4j.evaluate.model;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.lines4j.error.InputException;
import org.lines4j.error.Shown;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.Companion;

/// The families that can be computed, by `model_type`.
final class Families {
  private static final Map<String, Function<Settings, Family>> BY_TYPE =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("llama", config -> Llamas.of(Llamas.Kind.LLAMA, config)),
              Map.entry("mistral", config -> Llamas.of(Llamas.Kind.MISTRAL, config)),
              Map.entry("qwen2", config -> Llamas.of(Llamas.Kind.QWEN2, config)),
              Map.entry("qwen3", config -> Llamas.of(Llamas.Kind.QWEN3, config)),
              Map.entry("gemma", config -> Llamas.of(Llamas.Kind.GEMMA, config)),
              Map.entry("gemma2", config -> Llamas.of(Llamas.Kind.GEMMA2, config)),
              Map.entry("gemma3_text", config -> Llamas.of(Llamas.Kind.GEMMA3, config)),
              Map.entry("gpt2", Gpt2::of),
              Map.entry("bert", Bert::bert),
              Map.entry("roberta", Bert::roberta),
              Map.entry("xlm-roberta", Bert::roberta),
              Map.entry("camembert", Bert::roberta),
              Map.entry("distilbert", Bert::distilBert)));

  private Families() {}

  /// The family of a model.
  ///
  /// @throws InputException if it has no `config.json`, or one that names none of these
  static Family of(Checkpoint model) throws IOException {
    Companion file =
        model
            .companions()
            .find("config.json")
            .orElseThrow(
                () ->
                    new InputException(
                            model.location(),
                            "there is no config.json beside the weights, so nobody knows how to"
                                + " compute this model")
                        .withRemedy("give the model's folder, as transformers saves it"));
    Settings config = Settings.read(file);
    String type = config.word("model_type", "");
    // Gemma 3 with eyes: of its text, the same
    if (type.equals("gemma3") && config.part("text_config").isPresent()) {
      return Llamas.of(Llamas.Kind.GEMMA3, config.part("text_config").get());
    }
    Function<Settings, Family> family = BY_TYPE.get(type);
    if (family == null) {
      throw new InputException(
              file,
              "models of the model_type '%s' cannot be computed here, only %s"
                  .formatted(Shown.of(type), String.join(", ", BY_TYPE.keySet())))
          .withRemedy("measure with a program of your own");
    }
    return family.apply(config);
  }
}
