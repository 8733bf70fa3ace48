package org.lines4j.internal.index;

import java.util.Set;
import java.util.regex.Pattern;

/// Weights that loaders look for beside a model's own, by name, without which they fail or begin
/// with random numbers.
public final class WeightsBeside {
  /// Qwen2.5-Omni's voices; the heads of BGE-M3 (FlagEmbedding), of reward models (LLaMA-Factory,
  /// ms-swift) and of SetFit; what LLaVA, those who train Qwen-VL, LongLoRA and ms-swift train
  /// beside an adapter; the other models of BAGEL, Wan and VoxCPM.
  private static final Set<String> FILES =
      Set.of(
          "spk_dict.pt",
          "colbert_linear.pt",
          "sparse_linear.pt",
          "value_head.safetensors",
          "value_head.bin",
          "model_head.pkl",
          "non_lora_trainables.bin",
          "non_lora_state_dict.bin",
          "trainable_params.bin",
          "vit.safetensors",
          "ae.safetensors",
          "audiovae.pth",
          "audiovae.safetensors");

  /// LeRobot's normalisers, by their steps; the heads of OpenVLA-OFT, by theirs; Wan's.
  private static final Pattern NUMBERED =
      Pattern.compile(
          "policy_(pre|post)processor_.+\\.safetensors"
              + "|(action_head|(noisy_action|proprio)_projector|vision_backbone)--.+\\.pt"
              + "|Wan\\d[\\d.]*_VAE\\.pth|models_(t5|clip)_.+\\.pth");

  /// Of Qwen3-TTS, speech recognition with a language model, MiniCPM-o, Jina's embeddings and
  /// Phi-4-multimodal.
  private static final Set<String> FOLDERS =
      Set.of(
          "speech_tokenizer", "language_model", "assets", "adapters", "speech-lora", "vision-lora");

  private WeightsBeside() {}

  /// Whether a file or a folder in a model's folder is called so.
  public static boolean isOne(String name) {
    return isFile(name) || FOLDERS.contains(name);
  }

  /// Whether a file is.
  public static boolean isFile(String name) {
    return FILES.contains(name) || NUMBERED.matcher(name).matches();
  }
}
