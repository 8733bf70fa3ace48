package org.lines4j.internal.pairing;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lines4j.error.InputException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;

/// Checkpoints that hold adapters, told by the names of their tensors.
public final class Adapters {
  private static final String BY_ITS_TOOL = "with the tool that made it";

  private static final String BY_PEFT =
      "with peft, PeftModel.from_pretrained(BASE, ADAPTER).merge_and_unload(), then"
          + " save_pretrained";

  private static final String BY_DIFFUSERS =
      "with diffusers, PIPELINE.load_lora_weights(ADAPTER) and fuse_lora(), then save_pretrained";

  /// @param beginning of the names of its tensors
  /// @param part what stands behind the module that is changed
  /// @param remedy how it is merged into its model
  private record Kind(String name, Pattern beginning, Pattern part, String remedy) {
    Kind(String name, String part, String remedy) {
      this(name, "", part, remedy);
    }

    Kind(String name, String beginning, String part, String remedy) {
      this(
          name,
          Pattern.compile(beginning),
          Pattern.compile("(?<module>.+?)" + part, Pattern.DOTALL),
          remedy);
    }

    Optional<String> module(String tensor) {
      Matcher match = part.matcher(tensor);
      return beginning.matcher(tensor).lookingAt() && match.matches()
          ? Optional.of(match.group("module"))
          : Optional.empty();
    }
  }

  /// One of these is in each name of an adapter's tensor.
  private static final Pattern ANY =
      Pattern.compile(
          "lora|hada_w|lokr_w|oft_|adapter|vera_lambda|hra_u", Pattern.CASE_INSENSITIVE);

  /// What a module's own matrix is called where an adapter lies inside of a model.
  private static final List<String> OWN =
      List.of(".weight", ".base_layer.weight", ".linear.weight");

  private static final List<Kind> KINDS =
      List.of(
          new Kind(
              "LoRA of diffusers",
              "(unet|text_encoder(_\\d)?|transformer(?!\\.h\\.)|diffusion_model)\\.",
              "\\.lora_([AB]|up|down)\\..+",
              BY_DIFFUSERS),
          new Kind("LoRA of diffusers", "([._]lora|_lora\\d)\\.(up|down)\\..+", BY_DIFFUSERS),
          new Kind(
              "LoRA adapter of peft",
              "\\.(lora_[AB]\\.|lora_embedding_|lora_magnitude_vector).*",
              BY_PEFT),
          new Kind(
              "LoRA of kohya's sd-scripts",
              "\\.lora_(up|down)\\..+",
              "with sd-scripts, networks/merge_lora.py"),
          new Kind(
              "LyCORIS adapter", "\\.(hada_w[12]_|lokr_w[12]|oft_(blocks|diag)).*", BY_ITS_TOOL),
          new Kind("LoRA of loralib or LitGPT", "\\.lora_[AB]", BY_ITS_TOOL),
          new Kind("LoRA of MLX or torchtune", "\\.lora_[ab](\\.weight)?", BY_ITS_TOOL),
          new Kind("LoRA of NeMo", "[._]adapter\\.linear_(in|out)\\..+", BY_ITS_TOOL),
          new Kind("adapter of peft", "\\.(vera_lambda_|boft_R|oft_[rR]\\b|hra_u).*", BY_PEFT));

  /// Of an adapter's tensors at least this share are factors: others are scales, and modules that
  /// go along whole.
  private static final int SHARE = 3;

  private Adapters() {}

  /// What a checkpoint holds of a kind of adapters.
  ///
  /// @param parts its tensors of that kind
  /// @param isAlone whether it lacks the matrices that are changed
  private record Held(Kind kind, List<String> parts, int tensors, boolean isAlone) {
    /// What it is, with an example.
    String description() {
      // kohya has an alpha beside each pair
      String what =
          parts.size() * 2 > tensors ? "a " + kind.name : "a model with a " + kind.name + " inside";
      return "%s (%d of %d tensors are its parts, such as %s)"
          .formatted(what, parts.size(), tensors, parts.getFirst());
    }
  }

  /// Throws if some models are adapters, or have adapters inside, and others are not: that is why
  /// they do not fit together.
  ///
  /// @throws InputException that calls the first of them what it is
  public static void refuse(Collection<Checkpoint> models) {
    List<Checkpoint> adapters = models.stream().filter(model -> held(model).isPresent()).toList();
    if (!adapters.isEmpty() && adapters.size() < models.size()) {
      Checkpoint first = adapters.getFirst();
      Held held = held(first).orElseThrow();
      throw new InputException(
          first.location(),
          "%s, not a model. Merge it into its base first and give the result here: %s"
              .formatted(held.description(), held.kind().remedy()));
    }
  }

  /// Throws if models are adapters without the models that they change: what their factors make
  /// together is not what is made of each factor by itself.
  ///
  /// @throws InputException that calls the first of them what it is
  public static void refuseAlone(Collection<Checkpoint> models) {
    for (Checkpoint model : models) {
      Optional<Held> held = held(model).filter(Held::isAlone);
      if (held.isPresent()) {
        throw new InputException(
            model.location(),
            "%s, not a model: its factors cannot be edited or merged one by one. Merge it into its base first and give the result here: %s"
                .formatted(held.get().description(), held.get().kind().remedy()));
      }
    }
  }

  /// In words, that models have adapters inside, whose factors are taken for parameters like
  /// others. Some models are made so, and fine-tuned as they are.
  public static Optional<String> inside(Collection<Checkpoint> models) {
    for (Checkpoint model : models) {
      Optional<Held> held = held(model);
      if (held.isPresent()) {
        return Optional.of(
            "each input is %s: they are edited or merged one by one, not what they make together; if that is meant, merge it into its base first: %s"
                .formatted(held.get().description(), held.get().kind().remedy()));
      }
    }
    return Optional.empty();
  }

  /// Empty for a model.
  private static Optional<Held> held(Checkpoint model) {
    List<String> names = model.tensors().stream().map(StoredTensor::name).toList();
    List<String> likely = names.stream().filter(name -> ANY.matcher(name).find()).toList();
    for (Kind kind : KINDS) {
      List<String> parts = likely.stream().filter(name -> kind.module(name).isPresent()).toList();
      if (!parts.isEmpty()) {
        return Optional.of(new Held(kind, parts, names.size(), isAlone(kind, parts, names)));
      }
    }
    return Optional.empty();
  }

  private static boolean isAlone(Kind kind, List<String> parts, List<String> names) {
    Set<String> all = new HashSet<>(names);
    return parts.size() * SHARE >= names.size()
        && parts.stream()
            .flatMap(part -> kind.module(part).stream())
            .noneMatch(module -> OWN.stream().anyMatch(own -> all.contains(module + own)));
  }
}
