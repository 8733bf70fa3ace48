package org.lines4j.internal.index;

import java.util.Set;

/// Weights that loaders look for beside a model's own, by name, without which they fail or begin
/// with random numbers.
public final class WeightsBeside {
  /// Qwen2.5-Omni's voices; the heads of BGE-M3 (FlagEmbedding) and of reward models
  /// (LLaMA-Factory, ms-swift); what LLaVA trains beside an adapter.
  private static final Set<String> FILES =
      Set.of(
          "spk_dict.pt",
          "colbert_linear.pt",
          "sparse_linear.pt",
          "value_head.safetensors",
          "value_head.bin",
          "non_lora_trainables.bin");

  /// Of Qwen3-TTS.
  private static final String FOLDER = "speech_tokenizer";

  private WeightsBeside() {}

  /// Whether a file or a folder in a model's folder is called so.
  public static boolean isOne(String name) {
    return isFile(name) || name.equals(FOLDER);
  }

  /// Whether a file is.
  public static boolean isFile(String name) {
    return FILES.contains(name);
  }
}
