package org.lines4j.internal.companions;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lines4j.format.Checkpoint;

/// What the weight files of an output folder are called: what the loader of its input looks for.
///
/// @param stem `model`, as `transformers` has it, `diffusion_pytorch_model`, …
/// @param variant such as `.fp16`, which some write before the ending; empty for none
public record WeightNames(String stem, String variant) {
  /// What `transformers` looks for.
  public static final WeightNames DEFAULT = new WeightNames("model", "");

  /// What those of Mistral's models do, of which not all read several files.
  private static final String CONSOLIDATED = "consolidated";

  /// What other loaders look for.
  private static final Set<String> KNOWN =
      Set.of(
          DEFAULT.stem,
          "diffusion_pytorch_model",
          "open_clip_model",
          "open_clip_pytorch_model",
          "adapter_model",
          "pytorch_lora_weights",
          CONSOLIDATED);

  /// Loaders that read an index.
  private static final Set<String> SHARDED =
      Set.of(DEFAULT.stem, "diffusion_pytorch_model", CONSOLIDATED);

  /// Whose safetensors have another name than their files of PyTorch.
  private static final Map<String, String> OF_PICKLES =
      Map.of("open_clip_pytorch_model.bin", "open_clip_model.safetensors");

  private static final String SUFFIX = ".safetensors";
  private static final Pattern NAME =
      Pattern.compile("(?<stem>[^.]+)(?<variant>\\.[^.]+)?\\.(safetensors|bin)");
  private static final Pattern SHARD =
      Pattern.compile(
          "(?<stem>[^.]+?)(?<variant>\\.[^.]+)?-\\d{5,}-of-\\d{5,}\\.(safetensors|bin)");

  /// The names for an output with the files of `model` beside its weights.
  ///
  /// @param model empty if nothing goes along
  public static WeightNames of(Optional<Checkpoint> model) {
    if (model.isEmpty()) {
      return DEFAULT;
    }
    String read = model.get().shards().getFirst().location().name();
    String first = OF_PICKLES.getOrDefault(read, read);
    return matched(SHARD, first).or(() -> matched(NAME, first)).orElse(DEFAULT);
  }

  private static Optional<WeightNames> matched(Pattern pattern, String file) {
    Matcher matcher = pattern.matcher(file);
    if (!matcher.matches() || !KNOWN.contains(matcher.group("stem"))) {
      return Optional.empty();
    }
    String variant = matcher.group("variant");
    return Optional.of(new WeightNames(matcher.group("stem"), variant == null ? "" : variant));
  }

  /// Whether the loader reads weights that lie in several files.
  public boolean canBeSharded() {
    return SHARDED.contains(stem);
  }

  /// Whether another loader does not, so that what lies in one file should stay there.
  public boolean mayNeedOne() {
    return stem.equals(CONSOLIDATED);
  }

  /// The only file.
  public String single() {
    return stem + variant + SUFFIX;
  }

  /// File `number`, from 1, of several.
  public String shard(int number, int count) {
    return "%s%s-%05d-of-%05d%s".formatted(stem, variant, number, count, SUFFIX);
  }

  /// The file that says which tensor is in which of several.
  public static String index(String shard) {
    Matcher matcher = SHARD.matcher(shard);
    String variant = matcher.matches() ? matcher.group("variant") : null;
    String stem = matcher.matches() ? matcher.group("stem") : DEFAULT.stem;
    return stem + SUFFIX + ".index" + (variant == null ? "" : variant) + ".json";
  }
}
