package org.lines4j.internal.renamed;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Modules that transformers 5 calls otherwise once a model runs than files do, which it renames as
/// it reads them and again as it writes them. Adapters are not renamed.
public final class RunningModules {
  /// Encoders whose layers lost a level, and whose projections got the names of language models.
  private static final Set<String> ENCODERS =
      Set.of(
          "audio-spectrogram-transformer",
          "beit",
          "data2vec-vision",
          "deit",
          "dinov2",
          "dinov2_with_registers",
          "gte",
          "ijepa",
          "jina_embeddings_v3",
          "lw_detr",
          "nomic_bert",
          "pixio",
          "segformer",
          "vit",
          "vit_mae",
          "vit_msn",
          "vivit");

  /// Models of several modalities whose parts moved below one `model`.
  private static final Set<String> SEVERAL =
      Set.of(
          "aria",
          "audioflamingo3",
          "aya_vision",
          "emu3",
          "fuyu",
          "gemma3",
          "glmasr",
          "got_ocr2",
          "granite_speech",
          "internvl",
          "llava",
          "llava_next",
          "llava_next_video",
          "llava_onevision",
          "mistral3",
          "mllama",
          "paligemma",
          "qwen2_5_vl",
          "qwen2_audio",
          "qwen2_vl",
          "video_llava",
          "vipllava",
          "voxtral");

  private static final Pattern OF_ENCODERS =
      Pattern.compile(
          "(^|\\.)encoder\\.(layers?|block)\\.\\d+\\.|\\.attention\\.(query|key|value)$|(^|\\.)emb_ln$");

  private static final Pattern OF_SEVERAL =
      Pattern.compile(
          "^(language_model|text_model|vision_tower|vision_model|visual|image_tower|audio_tower|encoder"
              + "|multi_modal_projector|model\\.(layers|embed_tokens|norm))(\\.|$)");

  private static final Map<String, Pattern> SINGLE =
      Map.of(
          "gpt_neox", Pattern.compile("^embed_out$"),
          "nemotron_h", Pattern.compile("^backbone\\."));

  private RunningModules() {}

  /// A module of those that the running model calls otherwise.
  ///
  /// @param types of the model, as its configuration says
  /// @param modules as the model's files call them
  public static Optional<String> renamed(Set<String> types, Collection<String> modules) {
    return modules.stream()
        .sorted()
        .filter(module -> types.stream().anyMatch(type -> isRenamed(type, module)))
        .findFirst();
  }

  private static boolean isRenamed(String type, String module) {
    Pattern single = SINGLE.get(type);
    return (single != null && single.matcher(module).find())
        || (ENCODERS.contains(type) && OF_ENCODERS.matcher(module).find())
        || (SEVERAL.contains(type) && OF_SEVERAL.matcher(module).find());
  }
}
