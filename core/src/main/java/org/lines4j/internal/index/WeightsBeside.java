package org.lines4j.internal.index;

import java.util.regex.Pattern;

/// Weights that loaders look for beside a model's own, by name, without which they fail or begin
/// with random numbers.
public final class WeightsBeside {
  /// Qwen2.5-Omni's voices; the heads of BGE-M3 (FlagEmbedding) and of reward models
  /// (LLaMA-Factory, ms-swift); what LLaVA trains beside an adapter.
  private static final Pattern FILES =
      Pattern.compile(
          "spk_dict\\.pt|(colbert|sparse)_linear\\.pt|value_head\\.(safetensors|bin)"
              + "|non_lora_trainables\\.bin");

  /// Of Qwen3-TTS.
  private static final String FOLDER = "speech_tokenizer";

  private WeightsBeside() {}

  /// Whether a file or a folder in a model's folder is called so.
  public static boolean isOne(String name) {
    return FILES.matcher(name).matches() || name.equals(FOLDER);
  }
}
