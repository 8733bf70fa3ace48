package org.lines4j.internal.llamacpp;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.lines4j.format.Checkpoint;
import org.lines4j.internal.config.ConfigNumbers;
import org.lines4j.internal.gguf.StoredMetadata;

/// What a GGUF file and the configuration of a model of transformers say of the same, where that is
/// not the same: their weights were trained for different computations.
public final class OtherSettings {
  /// What llama.cpp's converter makes of which number.
  private static final Map<String, String> NAMES = new LinkedHashMap<>();

  static {
    NAMES.put("attention.head_count", "num_attention_heads");
    NAMES.put("attention.head_count_kv", "num_key_value_heads");
    NAMES.put("attention.layer_norm_rms_epsilon", "rms_norm_eps");
    NAMES.put("attention.sliding_window", "sliding_window");
    NAMES.put("rope.freq_base", "rope_theta");
    NAMES.put("rope.scaling.factor", "factor");
    NAMES.put("attn_logit_softcapping", "attn_logit_softcapping");
    NAMES.put("final_logit_softcapping", "final_logit_softcapping");
  }

  private OtherSettings() {}

  /// In words, which settings of other models are not those of `described`, of which one is GGUF
  /// and the other is not.
  ///
  /// @param described whose settings count
  public static List<String> of(Checkpoint described, Collection<Checkpoint> models)
      throws IOException {
    List<String> notices = new ArrayList<>();
    for (Checkpoint model : new LinkedHashSet<>(models)) {
      boolean isGguf = StoredMetadata.isIn(model);
      List<String> differences =
          isGguf == StoredMetadata.isIn(described) ? List.of() : differences(described, model);
      if (!differences.isEmpty()) {
        notices.add(
            "%s: trained with other settings than %s, whose %s: %s"
                .formatted(
                    model.location(),
                    described.location(),
                    isGguf ? "config.json counts" : "metadata count",
                    String.join(", ", differences)));
      }
    }
    return notices;
  }

  private static List<String> differences(Checkpoint described, Checkpoint model)
      throws IOException {
    boolean isGguf = StoredMetadata.isIn(model);
    Checkpoint gguf = isGguf ? model : described;
    Checkpoint folder = isGguf ? described : model;
    Map<String, StoredMetadata.Value> stored = StoredMetadata.of(gguf).settings();
    Map<String, List<Double>> numbers = ConfigNumbers.of(folder.companions());
    List<String> differences = new ArrayList<>();
    for (Map.Entry<String, String> name : NAMES.entrySet()) {
      String own =
          StoredMetadata.setting(stored, name.getKey()).map(StoredMetadata.Value::words).orElse("");
      List<Double> configured = numbers.getOrDefault(name.getValue(), List.of());
      if (isNumber(own) && !configured.isEmpty() && !isAmong(own, configured)) {
        String inFile = shown(Double.parseDouble(own));
        String inFolder = shown(configured.getFirst());
        differences.add(
            "%s is %s there and %s here"
                .formatted(name.getKey(), isGguf ? inFile : inFolder, isGguf ? inFolder : inFile));
      }
    }
    return differences;
  }

  private static boolean isNumber(String words) {
    return words.matches("-?[0-9][0-9.Ee+-]{0,30}");
  }

  /// Files hold float32.
  private static boolean isAmong(String own, List<Double> configured) {
    float number = (float) Double.parseDouble(own);
    return configured.stream().anyMatch(other -> (float) (double) other == number);
  }

  private static String shown(double number) {
    return number == Math.rint(number) && Math.abs(number) < 1e15
        ? String.valueOf((long) number)
        : String.valueOf((float) number);
  }
}
