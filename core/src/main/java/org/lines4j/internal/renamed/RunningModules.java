package org.lines4j.internal.renamed;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/// Modules that transformers 5 calls otherwise once a model runs than files do, which it renames as
/// it reads them and again as it writes them. Adapters are not renamed.
///
/// From the names of files and of running models of all of transformers 5.18's classes
/// (`tools/transformers-check/running.py`).
final class RunningModules {
  /// What is called otherwise, in models of some classes.
  private record Rename(Pattern classes, Pattern pattern, String replacement) {
    String of(String name, List<String> architectures) {
      return architectures.stream().anyMatch(own -> classes.matcher(own).find())
          ? pattern.matcher(name).replaceFirst(replacement)
          : name;
    }
  }

  /// Of no class that has names of its own.
  private static final List<String> ANY_CLASS = List.of("");

  private static final Pattern HEAD = Pattern.compile("^(lm_head|score|classifier)(\\.|$)");

  /// Models of several modalities whose parts moved below one `model`.
  private static final Set<String> SEVERAL =
      Set.of(
          "aria",
          "audioflamingo3",
          "aya_vision",
          "fuyu",
          "gemma3",
          "glmasr",
          "got_ocr2",
          "granite_speech",
          "granite_speech_plus",
          "internvl",
          "llava",
          "llava_next",
          "llava_next_video",
          "llava_onevision",
          "mistral3",
          "mllama",
          "musicflamingo",
          "paligemma",
          "pp_chart2table",
          "qwen2_audio",
          "video_llava",
          "vipllava",
          "voxtral",
          "voxtral_realtime");

  private static final Rename TOWERS =
      rename("(^|\\.)(vision_tower|image_tower|video_tower)\\.vision_model(?=\\.)", "$1$2");

  private static final Map<String, List<Rename>> BY_TYPE = byType();

  /// Types of which some modules have names that are in none of these: their experts apart, of
  /// which adapters have their own.
  private static final Set<String> OTHERS =
      Set.of(
          "altclip",
          "axk1",
          "axk2",
          "chmv2",
          "cohere_asr",
          "cohere_compass",
          "colmodernvbert",
          "colpali",
          "colqwen2",
          "conditional_detr",
          "cosmos3_edge",
          "cosmos3_omni",
          "d_fine",
          "deepseek_ocr2",
          "deepseek_v4",
          "emu3",
          "depth_pro",
          "ernie4_5_vl_moe",
          "gemma3n_text",
          "gemma4_unified",
          "glm5_next",
          "glm5_next_text",
          "grounding-dino",
          "gte",
          "hrm_text",
          "hunyuan_vl",
          "hy_v3",
          "hy_v4",
          "hyperclovax_vision_v2",
          "inkling_mm_model",
          "jina_embeddings_v3",
          "kimi_k25",
          "kimi_linear",
          "lw_detr",
          "mask2former",
          "maskformer",
          "minimax_m3_vl",
          "mm-grounding-dino",
          "nemotron_h_omni",
          "nomic_bert",
          "olmo_hybrid",
          "oneformer",
          "paddleocr_vl",
          "pi0",
          "pixio",
          "pp_doclayout_v2",
          "pp_doclayout_v3",
          "qianfan_ocr",
          "qwen4_exp",
          "qwen4_exp_text",
          "radio",
          "rf_detr",
          "sam3",
          "sam3_tracker",
          "sam3_tracker_video",
          "sam3_video",
          "sapiens2",
          "shieldgemma2",
          "step3p7",
          "t5gemma2",
          "timesfm2_5",
          "timm_wrapper",
          "tipsv2",
          "tipsv2_dpt",
          "tipsv2_text_model",
          "tipsv2_vision_model",
          "vibevoice_asr",
          "zoedepth");

  private RunningModules() {}

  private static Rename rename(String pattern, String replacement) {
    return rename("", pattern, replacement);
  }

  private static Rename rename(String classes, String pattern, String replacement) {
    return new Rename(Pattern.compile(classes), Pattern.compile(pattern), replacement);
  }

  private static Map<String, List<Rename>> byType() {
    List<Rename> attention =
        List.of(
            rename("\\.attention\\.(?:attention|self)\\.query(?=\\.|$)", ".attention.q_proj"),
            rename("\\.attention\\.(?:attention|self)\\.key(?=\\.|$)", ".attention.k_proj"),
            rename("\\.attention\\.(?:attention|self)\\.value(?=\\.|$)", ".attention.v_proj"),
            rename("\\.attention\\.output\\.dense(?=\\.|$)", ".attention.o_proj"));
    List<Rename> perceptron =
        List.of(
            rename("\\.intermediate\\.dense(?=\\.|$)", ".mlp.fc1"),
            rename("(\\.\\d+)\\.output\\.dense(?=\\.|$)", "$1.mlp.fc2"));
    Map<String, List<Rename>> all = new HashMap<>();
    put(
        all,
        joined(
            List.of(rename("(^|[._])encoder\\.layer\\.(?=\\d)", "$1layers.")),
            attention,
            perceptron),
        "audio-spectrogram-transformer",
        "beit",
        "deit",
        "ijepa",
        "vit",
        "vit_mae",
        "vit_msn",
        "vivit");
    put(
        all,
        joined(attention, List.of(rename("\\.mlp\\.weights_out(?=\\.|$)", ".mlp.down_proj"))),
        "depth_anything",
        "dinov2",
        "dinov2_with_registers",
        "prompt_depth_anything");
    put(
        all,
        joined(
            List.of(
                rename(
                    "\\.attention\\.self\\.(?=relative_position_bias_table$)",
                    ".attention.relative_position_bias.")),
            attention,
            perceptron),
        "swin");
    put(
        all,
        joined(
            List.of(
                rename("(^|\\.)encoder\\.block\\.(\\d+)(?=\\.)", "$1stages.$2.blocks"),
                rename(
                    "(^|\\.)encoder\\.(patch_embeddings|layer_norm)\\.(\\d+)(?=\\.|$)",
                    "$1stages.$3.$2"),
                rename(
                    "\\.attention\\.self\\.sr(?=\\.|$)",
                    ".attention.sequence_reduction.sequence_reduction"),
                rename(
                    "\\.attention\\.self\\.layer_norm(?=\\.|$)",
                    ".attention.sequence_reduction.layer_norm"),
                rename("\\.layer_norm_1(?=\\.|$)", ".layernorm_before"),
                rename("\\.layer_norm_2(?=\\.|$)", ".layernorm_after"),
                rename("\\.mlp\\.dense([12])(?=\\.|$)", ".mlp.fc$1"),
                rename("^decode_head\\.linear_c\\.", "decode_head.linear_projections.")),
            attention),
        "segformer");
    put(all, List.of(rename("^layer\\.(?=\\d)", "model.layer.")), "dinov3_vit");
    put(all, List.of(rename("^stages\\.(?=\\d)", "model.stages.")), "dinov3_convnext");
    put(
        all,
        List.of(
            rename("\\.attention\\.q_bias$", ".attention.query.bias"),
            rename("\\.attention\\.v_bias$", ".attention.value.bias")),
        "videomae");
    put(all, List.of(rename("\\.shared_expert(?=\\.)", ".shared_experts")), "laguna");
    put(all, List.of(rename("\\.attention_sink_bias$", ".sinks")), "mimo_v2_flash");
    put(
        all,
        List.of(rename("\\.encoder\\.(?=mid_position_embeddings$)", ".encoder.interpolation.")),
        "yolos");
    List<Rename> detection =
        List.of(
            rename("\\.self_attn\\.out_proj(?=\\.|$)", ".self_attn.o_proj"),
            rename("\\.layers\\.(\\d+)\\.(fc[12])(?=\\.|$)", ".layers.$1.mlp.$2"));
    Rename backbone = rename("\\.backbone\\.conv_encoder(?=\\.)", ".backbone");
    put(
        all,
        joined(
            List.of(
                backbone, rename("\\.encoder_attn\\.out_proj(?=\\.|$)", ".encoder_attn.o_proj")),
            detection),
        "detr");
    put(all, joined(List.of(backbone), detection), "deformable_detr");
    put(
        all,
        joined(
            detection,
            List.of(
                rename(
                    "\\.encoder\\.encoder\\.(\\d+)\\.layers(?=\\.)", ".encoder.aifi.$1.layers"))),
        "rt_detr",
        "rt_detr_v2");
    put(all, List.of(rename("^embed_out(?=\\.|$)", "lm_head")), "gpt_neox");
    put(all, List.of(rename("^backbone\\.", "model.")), "nemotron_h");
    put(
        all,
        List.of(
            rename("\\.block_sparse_moe\\.router\\.layer(?=\\.|$)", ".block_sparse_moe.router")),
        "granitemoe",
        "granitemoehybrid",
        "granitemoeshared");
    put(
        all,
        List.of(
            rename("^model\\.(?=(?:embed_tokens|layers|norm)(?:\\.|$))", "model.language_model."),
            rename("^visual\\.", "model.visual.")),
        "qwen2_vl",
        "qwen2_5_vl");
    put(
        all,
        List.of(TOWERS, rename("^(model\\.vision_model)\\.vision_model(?=\\.)", "$1")),
        "cohere2_vision",
        "lfm2_vl",
        "deepseek_vl",
        "deepseek_vl_hybrid",
        "modernvbert");
    put(
        all,
        List.of(rename("^(vision|text)_model\\.\\1_model(?=\\.)", "$1_model")),
        "chinese_clip",
        "clip",
        "clipseg",
        "metaclip_2",
        "siglip",
        "siglip2");
    put(
        all,
        List.of(
            rename("\\.attention_layer_norm(?=\\.|$)", ".input_layernorm"),
            rename("\\.feedforward_layer_norm(?=\\.|$)", ".post_attention_layernorm")),
        "olmo_hybrid");
    for (String clip : List.of("chinese_clip", "clip", "metaclip_2", "siglip", "siglip2")) {
      put(all, List.of(rename("VisionModel$", "^vision_model\\.", "")), clip + "_vision_model");
      put(all, List.of(rename("TextModel$", "^text_model\\.", "")), clip + "_text_model");
    }
    put(
        all,
        List.of(rename("ForCausalLM$", "^model\\.language_model\\.", "model.")),
        "qwen3_5",
        "qwen3_5_moe",
        "qwen3_5_moe_text",
        "qwen3_5_text");
    put(
        all,
        List.of(
            TOWERS,
            rename("^language_model\\.lm_head(?=\\.|$)", "lm_head"),
            rename("^language_model(?:\\.model)+(?=\\.)", "language_model")),
        SEVERAL.toArray(String[]::new));
    return Map.copyOf(all);
  }

  @SafeVarargs
  private static List<Rename> joined(List<Rename>... some) {
    List<Rename> all = new ArrayList<>();
    for (List<Rename> renames : some) {
      all.addAll(renames);
    }
    return all;
  }

  private static void put(Map<String, List<Rename>> all, List<Rename> renames, String... types) {
    for (String type : types) {
      all.put(type, renames);
    }
  }

  /// What running models call modules, by each of the ways that models of any class have it.
  static List<UnaryOperator<String>> all() {
    return BY_TYPE.values().stream()
        .distinct()
        .<UnaryOperator<String>>map(renames -> name -> renamed(renames, ANY_CLASS, name))
        .toList();
  }

  private static String renamed(List<Rename> renames, List<String> architectures, String name) {
    String renamed = name;
    for (Rename rename : renames) {
      renamed = rename.of(renamed, architectures);
    }
    return renamed;
  }

  /// Whether some modules of a type run under names that [#of] does not know.
  static boolean areUnknown(String type) {
    return OTHERS.contains(type);
  }

  /// What the running model calls a module, or a module's tensor; the same of what has that name.
  ///
  /// @param type of the model, as its configuration says
  /// @param architectures the classes that it was saved by
  /// @param isHeaded whether those have a head, with the model below it
  /// @param name as files have it
  static String of(String type, List<String> architectures, boolean isHeaded, String name) {
    String running = renamed(BY_TYPE.getOrDefault(type, List.of()), architectures, name);
    boolean isBelow =
        SEVERAL.contains(type)
            && isHeaded
            && !HEAD.matcher(running).find()
            && !running.startsWith("model.");
    return isBelow ? "model." + running : running;
  }
}
