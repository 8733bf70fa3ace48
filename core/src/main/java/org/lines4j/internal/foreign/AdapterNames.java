package org.lines4j.internal.foreign;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lines4j.storage.Location;

/// What tensors by their names are of an adapter.
///
/// @param parts those of that kind
/// @param tensors how many there are
/// @param isAlone whether the matrices that are changed are not among them
public record AdapterNames(Kind kind, List<String> parts, int tensors, boolean isAlone) {
  private static final String BY_ITS_TOOL = "with the tool that made it";

  private static final String BY_PEFT =
      "with peft, PeftModel.from_pretrained(BASE, ADAPTER).merge_and_unload(), then"
          + " save_pretrained";

  private static final String BY_DIFFUSERS =
      "with diffusers, PIPELINE.load_lora_weights(ADAPTER) and fuse_lora(), then save_pretrained";

  /// A tool's adapters.
  ///
  /// @param beginning of the names of its tensors
  /// @param part what stands behind the module that is changed
  /// @param remedy how it is merged into its model
  public record Kind(String name, Pattern beginning, Pattern part, String remedy) {
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

    private Optional<String> module(String tensor) {
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

  /// What peft has before the names of modules, in files that are nothing but an adapter.
  private static final String PEFT = "base_model.model.";

  /// Copies the list.
  public AdapterNames {
    parts = List.copyOf(parts);
  }

  /// Empty for a model.
  public static Optional<AdapterNames> of(Collection<String> names) {
    List<String> likely = names.stream().filter(name -> ANY.matcher(name).find()).toList();
    for (Kind kind : KINDS) {
      List<String> parts = likely.stream().filter(name -> kind.module(name).isPresent()).toList();
      if (!parts.isEmpty()) {
        return Optional.of(
            new AdapterNames(kind, parts, names.size(), isAlone(kind, parts, names)));
      }
    }
    return Optional.empty();
  }

  /// What they are, with an example.
  public String description() {
    // kohya has an alpha beside each pair
    String what =
        parts.size() * 2 > tensors ? "a " + kind.name : "a model with a " + kind.name + " inside";
    return "%s (%d of %d tensors are its parts, such as %s)"
        .formatted(what, parts.size(), tensors, parts.getFirst());
  }

  /// How what they change is had, by itself.
  public String remedy() {
    return kind.remedy;
  }

  /// What to do with a file or folder that holds them.
  public String advice(Location location) {
    if (isAlone && kind.remedy.equals(BY_PEFT) && parts.getFirst().startsWith(PEFT)) {
      return "put its adapter_config.json beside it, and call it adapter_model%s: then it is read as an adapter"
          .formatted(location.name().endsWith(".safetensors") ? ".safetensors" : ".bin");
    }
    return "merge it into its base first and give the result here: " + kind.remedy;
  }

  private static boolean isAlone(Kind kind, List<String> parts, Collection<String> names) {
    Set<String> all = new HashSet<>(names);
    return parts.size() * SHARE >= names.size()
        && parts.stream()
            .flatMap(part -> kind.module(part).stream())
            .noneMatch(module -> OWN.stream().anyMatch(own -> all.contains(module + own)));
  }
}
