package org.lines4j.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.lines4j.layers.Place.InLayer;
import org.lines4j.layers.Place.Outside;

/// What is found in real checkpoints.
class KnownModelsTest {
  /// model | stacks, `name = L`, separated by commas
  private static final String STACKS =
      """
      albert-base | 'albert.encoder.albert_layer_groups = 1'
      bart-base | 'encoder.layers + decoder.layers = 12'
      bart-large-cnn | 'model.encoder.layers + model.decoder.layers = 24'
      bert-base | 'bert.encoder.layer = 12'
      blip2-opt | 'language_model.model.decoder.layers = 32, qformer.encoder.layer = 12, vision_model.encoder.layers = 39'
      convnext-tiny-original | 'stages.S = 18'
      convnext-tiny | 'convnext.encoder.stages.S.layers = 18'
      deberta-v3-base | 'deberta.encoder.layer = 12'
      deepseek-v2-lite | 'model.layers = 27'
      deepseek-v3-mtp | 'model.layers = 61'
      detr-resnet-50 | 'model.backbone.conv_encoder.model.encoder.stages.S.layers = 16, model.encoder.layers + model.decoder.layers = 12'
      dinov2-small | 'encoder.layer = 12'
      distilbert-sst2 | 'distilbert.transformer.layer = 6'
      dit-xl-2-original | 'blocks = 28'
      falcon-7b | 'transformer.h = 32'
      flan-t5-small | 'encoder.block + decoder.block = 16'
      flux-diffusers | 'transformer_blocks + single_transformer_blocks = 57'
      flux-original | 'double_blocks + single_blocks = 57'
      gemma-2-2b | 'model.layers = 26'
      gemma-3-4b | 'language_model.model.layers = 34, vision_tower.vision_model.encoder.layers = 27'
      gguf-llama-7b | 'blk = 32'
      gpt-neo-125m | 'transformer.h = 12'
      gpt2-transformer-prefix | 'transformer.h = 12'
      gpt2 | 'h = 12'
      hf-clip-vit-b-32 | 'text_model.encoder.layers = 12, vision_model.encoder.layers = 12'
      hf-resnet-50 | 'resnet.encoder.stages.S.layers = 16'
      jamba-v0-1 | 'model.layers = 32'
      lines-image-encoder | 'model.transformer.resblocks = 12, model.visual.transformer.resblocks = 12'
      llama-2-7b | 'model.layers = 32'
      llama-3-2-11b-vision | 'language_model.model.layers = 40, vision_model.global_transformer.layers = 8, vision_model.transformer.layers = 32'
      llava-1-5-7b | 'language_model.model.layers = 32, vision_tower.vision_model.encoder.layers = 24'
      mamba-130m | 'backbone.layers = 24'
      marian-opus | 'model.encoder.layers + model.decoder.layers = 12'
      mistral-7b | 'model.layers = 32'
      mixtral-8x7b | 'model.layers = 32'
      modernbert-base | 'model.layers = 22'
      olmo-1b | 'model.layers = 16'
      open-clip-vit-b-32 | 'transformer.resblocks = 12, visual.transformer.resblocks = 12'
      open-clip-vit-l-14 | 'transformer.resblocks = 12, visual.transformer.resblocks = 24'
      opt-125m | 'model.decoder.layers = 12'
      peft-lora-llama | 'base_model.model.model.layers = 32'
      phi-3-mini | 'model.layers = 32'
      pixart-diffusers | 'transformer_blocks = 28'
      pythia-160m | 'gpt_neox.layers = 12'
      qwen1-5-moe-a2-7b | 'model.layers = 24'
      qwen2-0-5b | 'model.layers = 24'
      qwen2-vl-2b | 'model.layers = 28, visual.blocks = 32'
      qwen3-0-6b | 'model.layers = 28'
      qwen3-30b-a3b | 'model.layers = 48'
      qwen3-vl-2b | 'model.language_model.layers = 28, model.visual.blocks = 24'
      roberta-base | 'roberta.encoder.layer = 12'
      sam-base | 'mask_decoder.transformer.layers = 2, vision_encoder.layers = 12'
      sd-1-5-unet-original | 'model.diffusion_model.input_blocks + model.diffusion_model.middle_block + model.diffusion_model.output_blocks = 25'
      sd-1-5-unet | 'down_blocks.S + mid_block + up_blocks.S = 21'
      sd-vae | 'encoder.down_blocks.S.resnets + encoder.mid_block + decoder.mid_block + decoder.up_blocks.S.resnets = 22'
      sdxl-unet | 'down_blocks.S + mid_block + up_blocks.S = 16'
      segformer-b0 | 'segformer.encoder.block.S = 8'
      siglip-base | 'text_model.encoder.layers = 12, vision_model.encoder.layers = 12'
      swin-tiny | 'swin.encoder.layers.S.blocks = 12'
      t5-base | 'encoder.block + decoder.block = 24'
      tensorflow-bert-base | 'bert/encoder/layer = 12'
      timm-efficientnet-b0 | 'blocks.S = 16'
      timm-vit-small | 'blocks = 12'
      tinyllama-1-1b | 'model.layers = 22'
      torchvision-densenet-121 | 'features.denseblockS.denselayer = 58'
      torchvision-mobilenet-v2 | 'features = 19'
      torchvision-resnet-18 | 'layerS = 8'
      torchvision-resnet-50 | 'layerS = 16'
      torchvision-vgg-16 |
      torchvision-vit-b-16 | 'encoder.layers.encoder_layer = 12'
      trocr-base | 'encoder.encoder.layer + decoder.model.decoder.layers = 24'
      vit-base | 'vit.encoder.layer = 12'
      wav2vec2-base | 'wav2vec2.encoder.layers = 12'
      wav2vec2-large-lv60 | 'wav2vec2.encoder.layers = 24'
      whisper-small | 'model.encoder.layers + model.decoder.layers = 24'
      xlm-mlm-en | 'transformer.attentions = 12'
      xlnet-base | 'transformer.layer = 12'\
      """;

  /// model | tensor | layer, or the side it is outside on
  private static final String PLACES =
      """
      lines-image-encoder | model.visual.transformer.resblocks.0.mlp.c_fc.weight | 1
      lines-image-encoder | model.visual.transformer.resblocks.11.ln_2.bias | 12
      lines-image-encoder | model.visual.conv1.weight | before
      lines-image-encoder | model.visual.ln_pre.weight | before
      lines-image-encoder | model.visual.ln_post.weight | after
      lines-image-encoder | model.visual.proj | after
      open-clip-vit-b-32 | transformer.resblocks.5.attn.in_proj_weight | 6
      open-clip-vit-b-32 | positional_embedding | before
      open-clip-vit-b-32 | text_projection | after
      hf-clip-vit-b-32 | vision_model.pre_layrnorm.weight | before
      hf-clip-vit-b-32 | vision_model.post_layernorm.weight | after
      hf-clip-vit-b-32 | visual_projection.weight | after
      hf-clip-vit-b-32 | vision_model.encoder.layers.10.mlp.fc1.weight | 11
      vit-base | vit.embeddings.patch_embeddings.projection.weight | before
      vit-base | vit.layernorm.weight | after
      timm-vit-small | blocks.10.mlp.fc1.weight | 11
      torchvision-vit-b-16 | encoder.layers.encoder_layer_3.mlp.linear_1.weight | 4
      torchvision-vit-b-16 | conv_proj.weight | before
      dinov2-small | encoder.layer.7.layer_scale1.lambda1 | 8
      swin-tiny | swin.encoder.layers.0.blocks.0.layernorm_before.weight | 1
      swin-tiny | swin.encoder.layers.2.blocks.0.layernorm_before.weight | 5
      swin-tiny | swin.encoder.layers.3.blocks.1.output.dense.weight | 12
      swin-tiny | swin.encoder.layers.0.downsample.reduction.weight | 2
      swin-tiny | swin.encoder.layers.2.downsample.norm.bias | 10
      convnext-tiny | convnext.encoder.stages.1.downsampling_layer.0.weight | 4
      convnext-tiny | convnext.encoder.stages.1.layers.0.dwconv.weight | 4
      convnext-tiny | convnext.encoder.stages.3.layers.2.pwconv2.weight | 18
      convnext-tiny | convnext.layernorm.weight | after
      convnext-tiny-original | downsample_layers.1.1.weight | 4
      convnext-tiny-original | stages.2.8.gamma | 15
      hf-resnet-50 | resnet.encoder.stages.0.layers.0.shortcut.convolution.weight | 1
      hf-resnet-50 | resnet.encoder.stages.1.layers.3.layer.2.convolution.weight | 7
      hf-resnet-50 | resnet.embedder.embedder.convolution.weight | before
      torchvision-resnet-50 | layer1.0.downsample.0.weight | 1
      torchvision-resnet-50 | layer2.0.conv1.weight | 4
      torchvision-resnet-50 | layer4.2.bn3.running_mean | 16
      torchvision-resnet-50 | conv1.weight | before
      torchvision-resnet-50 | fc.weight | after
      torchvision-resnet-18 | layer4.1.conv2.weight | 8
      torchvision-densenet-121 | features.denseblock2.denselayer1.conv1.weight | 7
      torchvision-densenet-121 | features.transition1.conv.weight | 6
      torchvision-densenet-121 | features.conv0.weight | before
      timm-efficientnet-b0 | blocks.0.0.conv_dw.weight | 1
      timm-efficientnet-b0 | blocks.6.0.conv_pwl.weight | 16
      timm-efficientnet-b0 | conv_stem.weight | before
      timm-efficientnet-b0 | conv_head.weight | after
      torchvision-mobilenet-v2 | features.17.conv.0.0.weight | 18
      segformer-b0 | segformer.encoder.patch_embeddings.1.proj.weight | 3
      segformer-b0 | segformer.encoder.layer_norm.1.weight | 4
      segformer-b0 | segformer.encoder.block.3.1.mlp.dense1.weight | 8
      sam-base | mask_decoder.output_hypernetworks_mlps.3.proj_in.weight | after
      sam-base | vision_encoder.layers.11.attn.qkv.weight | 12
      bert-base | bert.encoder.layer.11.output.dense.weight | 12
      bert-base | bert.embeddings.LayerNorm.weight | before
      roberta-base | lm_head.dense.weight | after
      deberta-v3-base | deberta.encoder.rel_embeddings.weight | before
      xlm-mlm-en | transformer.layer_norm1.3.weight | 4
      xlm-mlm-en | transformer.ffns.11.lin2.weight | 12
      xlnet-base | transformer.layer.4.ff.layer_1.weight | 5
      gpt2 | h.11.attn.c_attn.weight | 12
      gpt2 | wpe.weight | before
      gpt2 | ln_f.weight | after
      pythia-160m | embed_out.weight | after
      pythia-160m | gpt_neox.embed_in.weight | before
      llama-2-7b | model.layers.31.mlp.up_proj.weight | 32
      llama-2-7b | lm_head.weight | after
      mixtral-8x7b | model.layers.3.block_sparse_moe.experts.7.w1.weight | 4
      qwen3-30b-a3b | model.layers.47.mlp.experts.127.down_proj.weight | 48
      deepseek-v2-lite | model.layers.0.mlp.up_proj.weight | 1
      deepseek-v2-lite | model.layers.26.mlp.experts.0.up_proj.weight | 27
      deepseek-v3-mtp | model.layers.60.mlp.gate.weight | 61
      deepseek-v3-mtp | model.layers.61.mlp.gate.weight | after
      deepseek-v3-mtp | model.layers.61.embed_tokens.weight | after
      jamba-v0-1 | model.layers.4.self_attn.q_proj.weight | 5
      jamba-v0-1 | model.layers.31.mamba.in_proj.weight | 32
      t5-base | encoder.block.5.layer.0.SelfAttention.q.weight | 6
      t5-base | encoder.block.11.layer.1.DenseReluDense.wi.weight | 12
      t5-base | decoder.block.0.layer.2.DenseReluDense.wo.weight | 13
      t5-base | decoder.block.11.layer.1.EncDecAttention.k.weight | 24
      t5-base | encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight | 1
      t5-base | shared.weight | before
      bart-large-cnn | model.decoder.layers.0.fc1.weight | 13
      whisper-small | model.encoder.conv2.weight | before
      whisper-small | model.decoder.layers.11.fc1.weight | 24
      trocr-base | decoder.model.decoder.layers.0.fc1.weight | 13
      wav2vec2-large-lv60 | wav2vec2.feature_extractor.conv_layers.6.conv.weight | before
      wav2vec2-large-lv60 | wav2vec2.encoder.layers.23.final_layer_norm.weight | 24
      llava-1-5-7b | multi_modal_projector.linear_1.weight | after
      llava-1-5-7b | vision_tower.vision_model.encoder.layers.23.mlp.fc2.weight | 24
      llava-1-5-7b | language_model.model.layers.23.mlp.up_proj.weight | 24
      llama-3-2-11b-vision | language_model.model.layers.3.cross_attn.q_proj.weight | 4
      llama-3-2-11b-vision | language_model.model.layers.39.mlp.up_proj.weight | 40
      qwen3-vl-2b | model.visual.deepstack_merger_list.2.linear_fc1.weight | after
      sd-1-5-unet | down_blocks.0.resnets.0.conv1.weight | 1
      sd-1-5-unet | down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q.weight | 1
      sd-1-5-unet | down_blocks.0.downsamplers.0.conv.weight | 2
      sd-1-5-unet | down_blocks.3.resnets.1.conv2.weight | 8
      sd-1-5-unet | mid_block.attentions.0.proj_in.weight | 9
      sd-1-5-unet | up_blocks.0.resnets.0.conv1.weight | 10
      sd-1-5-unet | up_blocks.3.attentions.2.proj_out.weight | 21
      sd-1-5-unet | conv_in.weight | before
      sd-1-5-unet | conv_out.weight | after
      sdxl-unet | mid_block.attentions.0.transformer_blocks.9.ff.net.2.weight | 7
      sd-1-5-unet-original | model.diffusion_model.input_blocks.4.1.transformer_blocks.0.norm1.weight | 5
      sd-1-5-unet-original | model.diffusion_model.middle_block.1.proj_in.weight | 13
      sd-1-5-unet-original | model.diffusion_model.output_blocks.11.0.in_layers.2.weight | 25
      sd-vae | encoder.mid_block.resnets.0.conv1.weight | 9
      sd-vae | decoder.mid_block.resnets.1.conv1.weight | 10
      sd-vae | decoder.up_blocks.3.resnets.2.conv1.weight | 22
      flux-diffusers | transformer_blocks.18.ff.net.2.weight | 19
      flux-diffusers | single_transformer_blocks.0.proj_mlp.weight | 20
      flux-original | single_blocks.37.linear2.weight | 57
      flux-original | img_in.weight | before
      dit-xl-2-original | blocks.27.adaLN_modulation.1.weight | 28
      dit-xl-2-original | final_layer.linear.weight | after
      gguf-llama-7b | output.weight | after
      tensorflow-bert-base | bert/encoder/layer_0/attention/self/query/kernel | 1\
      """;

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(delimiter = '|', textBlock = STACKS)
  void hasTheseStacks(String model, String stacks) {
    List<String> found =
        LayerMap.detect(ModelNames.of(model), LayerOptions.defaults()).stacks().stream()
            .map(stack -> stack.name() + " = " + stack.layers())
            .toList();
    assertEquals(stacks == null ? "" : stacks, String.join(", ", found));
  }

  @ParameterizedTest(name = "{0}: {1} is in {2}")
  @CsvSource(delimiter = '|', textBlock = PLACES)
  void hasThisTensorThere(String model, String tensor, String place) {
    LayerMap map = LayerMap.detect(ModelNames.of(model), LayerOptions.defaults());
    String found =
        switch (map.place(tensor)) {
          case InLayer in -> String.valueOf(in.layer());
          case Outside outside -> outside.side().name().toLowerCase(Locale.ROOT);
        };
    assertEquals(place, found);
  }

  @Test
  void everyModelHereHasItsLine() {
    Set<String> models =
        new TreeSet<>(
            STACKS.lines().map(line -> line.substring(0, line.indexOf("|")).strip()).toList());
    assertEquals(new TreeSet<>(ModelNames.all()), models);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock = "t5-base | 12 | 12\nbart-large-cnn | 12 | 12\ntrocr-base | 12 | 12")
  void separateGivesEncoderAndDecoderTheirOwnDepth(String model, int encoder, int decoder) {
    LayerOptions options = LayerOptions.defaults().withMode(StackMode.SEPARATE);
    assertEquals(
        List.of(decoder, encoder),
        LayerMap.detect(ModelNames.of(model), options).stacks().stream()
            .map(Stack::layers)
            .toList());
  }

  @Test
  void decoderOnlyPutsTheWholeEncoderBefore() {
    LayerOptions options = LayerOptions.defaults().withMode(StackMode.DECODER_ONLY);
    LayerMap map = LayerMap.detect(ModelNames.of("t5-base"), options);
    assertEquals(List.of(new Stack("decoder.block", 12)), map.stacks());
    assertEquals(
        new Outside(Place.Side.BEFORE),
        map.place("encoder.block.11.layer.0.SelfAttention.q.weight"));
    assertEquals(new Outside(Place.Side.BEFORE), map.place("encoder.final_layer_norm.weight"));
    assertEquals(new Outside(Place.Side.AFTER), map.place("decoder.final_layer_norm.weight"));
  }

  @ParameterizedTest
  @CsvSource({"bert-base", "opt-125m", "llava-1-5-7b", "sd-1-5-unet", "flux-diffusers"})
  void theModeMattersOnlyToEncoderDecoders(String model) {
    List<List<Stack>> stacks =
        Stream.of(StackMode.values())
            .map(mode -> LayerOptions.defaults().withMode(mode))
            .map(options -> LayerMap.detect(ModelNames.of(model), options).stacks())
            .distinct()
            .toList();
    assertEquals(1, stacks.size());
  }
}
