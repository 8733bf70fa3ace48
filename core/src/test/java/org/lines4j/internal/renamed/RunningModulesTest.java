package org.lines4j.internal.renamed;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Against the names of files and of running models that transformers 5.18 has.
class RunningModulesTest {
  @ParameterizedTest
  @CsvSource({
    "gpt_neox, embed_out",
    "vit, vit.encoder.layer.0.attention.attention.key",
    "dinov2, encoder.layer.0.attention.attention.query",
    "llava, language_model.model.layers.0.mlp.up_proj",
    "llava, vision_tower.vision_model.encoder.layers.0.self_attn.k_proj",
    "qwen2_vl, visual.blocks.0.attn.qkv",
    "qwen2_vl, model.layers.0.self_attn.q_proj",
  })
  void modulesThatRunUnderOtherNamesAreKnown(String type, String module) {
    assertEquals(
        Optional.of(module),
        RunningModules.renamed(Set.of(type), List.of("lm_head", module, "classifier")));
  }

  @ParameterizedTest
  @CsvSource({
    "gpt_neox, gpt_neox.layers.0.attention.dense",
    "gpt_neox_japanese, embed_out",
    "bert, bert.encoder.layer.0.attention.self.query",
    "blip-2, language_model.model.decoder.layers.0.fc1",
    "vit, vit.layers.0.attention.q_proj",
    "llava, model.language_model.layers.0.mlp.up_proj",
    "llama, model.layers.0.mlp.up_proj",
  })
  void othersAreNot(String type, String module) {
    assertEquals(Optional.empty(), RunningModules.renamed(Set.of(type), List.of(module)));
  }
}
