"""Writes the names, types and shapes of real checkpoints' tensors, one gzipped text file a model.

    python make_names.py OUTPUT_FOLDER [MODEL…]

Each line is NAME <tab> DTYPE <tab> DIMS, dims joined by "x", nothing for a scalar. No weights and no
network: the models are built on PyTorch's meta device from the published configurations, typed in below,
and their names mapped back to those on disk as `save_pretrained` does. Where the published file differs
from that (an older prefix, buffers that were saved once, tied tensors), or transformers has no such
model, the names are written by hand here.

Made with transformers 5.18.0, torch 2.13.0, Python 3.11. Only names and shapes matter to the tests; the
type is F32 throughout but for integers.
"""

import gzip
import sys
from pathlib import Path

import torch
import transformers as tf
from transformers.core_model_loading import revert_weight_conversion

MODELS = {}


def model(function):
    """Registers a function that returns {name: shape} under its own name."""
    MODELS[function.__name__.replace("_", "-")] = function
    return function


def on_disk(model_class, config, **overrides):
    """Names and shapes that `save_pretrained` would write."""
    for key, value in overrides.items():
        setattr(config, key, value)
    with torch.device("meta"):
        built = model_class(config)
    built.tie_weights()
    seen, tied = set(), set()
    for name, parameter in built.named_parameters(remove_duplicate=False):
        if id(parameter) in seen:
            tied.add(name)
        seen.add(id(parameter))
    state = {k: v for k, v in built.state_dict().items() if k not in tied}
    return revert_weight_conversion(built, state)


def renamed(tensors, *pairs):
    """Replaces the prefix of names: (old, new), the first that fits."""
    result = {}
    for name, tensor in tensors.items():
        for old, new in pairs:
            if name.startswith(old):
                name = new + name[len(old):]
                break
        result[name] = tensor
    return result


def linear(name, out, into, bias=True):
    return {f"{name}.weight": (out, into)} | ({f"{name}.bias": (out,)} if bias else {})


def norm(name, width):
    return {f"{name}.weight": (width,), f"{name}.bias": (width,)}


def batch_norm(name, width):
    running = {f"{name}.running_mean": (width,), f"{name}.running_var": (width,)}
    return norm(name, width) | running | {f"{name}.num_batches_tracked": ()}


def conv(name, out, into, kernel, bias=True):
    weight = {f"{name}.weight": (out, into, kernel, kernel)}
    return weight | ({f"{name}.bias": (out,)} if bias else {})


# --- contrastive towers -----------------------------------------------------------------------------


def resblocks(prefix, width, layers):
    names = {}
    for i in range(layers):
        block = f"{prefix}.{i}"
        names |= {f"{block}.attn.in_proj_weight": (3 * width, width), f"{block}.attn.in_proj_bias": (3 * width,)}
        names |= linear(f"{block}.attn.out_proj", width, width)
        names |= norm(f"{block}.ln_1", width) | norm(f"{block}.ln_2", width)
        names |= linear(f"{block}.mlp.c_fc", 4 * width, width) | linear(f"{block}.mlp.c_proj", width, 4 * width)
    return names


def open_clip_visual(prefix, width, layers, patch, positions, embed):
    names = {f"{prefix}.class_embedding": (width,), f"{prefix}.positional_embedding": (positions, width)}
    names |= {f"{prefix}.proj": (width, embed)} | conv(f"{prefix}.conv1", width, 3, patch, bias=False)
    names |= norm(f"{prefix}.ln_pre", width) | norm(f"{prefix}.ln_post", width)
    return names | resblocks(f"{prefix}.transformer.resblocks", width, layers)


def open_clip(vision_layers, vision_width, patch, positions, text_layers, text_width, embed):
    names = open_clip_visual("visual", vision_width, vision_layers, patch, positions, embed)
    names |= resblocks("transformer.resblocks", text_width, text_layers)
    names |= {"positional_embedding": (77, text_width), "text_projection": (text_width, embed)}
    names |= {"logit_scale": (), "token_embedding.weight": (49408, text_width)}
    return names | norm("ln_final", text_width)


@model
def open_clip_vit_b_32():
    return open_clip(12, 768, 32, 50, 12, 512, 512)


@model
def open_clip_vit_l_14():
    return open_clip(24, 1024, 14, 257, 12, 768, 768)


@model
def lines_image_encoder():
    """The LiNeS authors' `ImageEncoder`: OpenCLIP's ViT-B/32 under `model.`, text tower kept."""
    return {f"model.{name}": shape for name, shape in open_clip_vit_b_32().items()}


@model
def hf_clip_vit_b_32():
    config = tf.CLIPConfig(
        text_config=dict(hidden_size=512, intermediate_size=2048, num_hidden_layers=12, num_attention_heads=8),
        vision_config=dict(hidden_size=768, intermediate_size=3072, num_hidden_layers=12, patch_size=32),
        projection_dim=512,
    )
    ids = {"text_model.embeddings.position_ids": (1, 77), "vision_model.embeddings.position_ids": (1, 50)}
    return on_disk(tf.CLIPModel, config) | ids  # the published file still has these buffers


@model
def siglip_base():
    return on_disk(tf.SiglipModel, tf.SiglipConfig())


# --- vision -----------------------------------------------------------------------------------------


@model
def vit_base():
    return on_disk(tf.ViTForImageClassification, tf.ViTConfig(num_labels=1000))


@model
def timm_vit_small():
    width = 384
    names = {"cls_token": (1, 1, width), "pos_embed": (1, 197, width)} | conv("patch_embed.proj", width, 3, 16)
    for i in range(12):
        block = f"blocks.{i}"
        names |= norm(f"{block}.norm1", width) | norm(f"{block}.norm2", width)
        names |= linear(f"{block}.attn.qkv", 3 * width, width) | linear(f"{block}.attn.proj", width, width)
        names |= linear(f"{block}.mlp.fc1", 4 * width, width) | linear(f"{block}.mlp.fc2", width, 4 * width)
    return names | norm("norm", width) | linear("head", 1000, width)


@model
def torchvision_vit_b_16():
    names = {"class_token": (1, 1, 768), "encoder.pos_embedding": (1, 197, 768)} | conv("conv_proj", 768, 3, 16)
    for i in range(12):
        block = f"encoder.layers.encoder_layer_{i}"
        names |= norm(f"{block}.ln_1", 768) | norm(f"{block}.ln_2", 768)
        names |= {f"{block}.self_attention.in_proj_weight": (2304, 768)}
        names |= {f"{block}.self_attention.in_proj_bias": (2304,)}
        names |= linear(f"{block}.self_attention.out_proj", 768, 768)
        names |= linear(f"{block}.mlp.linear_1", 3072, 768) | linear(f"{block}.mlp.linear_2", 768, 3072)
    return names | norm("encoder.ln", 768) | linear("heads.head", 1000, 768)


@model
def dinov2_small():
    config = tf.Dinov2Config(hidden_size=384, num_attention_heads=6, num_hidden_layers=12, patch_size=14, image_size=518)
    return on_disk(tf.Dinov2Model, config)


@model
def swin_tiny():
    return on_disk(tf.SwinForImageClassification, tf.SwinConfig(num_labels=1000))


@model
def convnext_tiny():
    return on_disk(tf.ConvNextForImageClassification, tf.ConvNextConfig(num_labels=1000))


@model
def convnext_tiny_original():
    """The authors' own names (facebookresearch/ConvNeXt): `downsample_layers.S` beside `stages.S.B`."""
    widths, names = [96, 192, 384, 768], {}
    names |= conv("downsample_layers.0.0", 96, 3, 4) | norm("downsample_layers.0.1", 96)
    for s in range(1, 4):
        names |= norm(f"downsample_layers.{s}.0", widths[s - 1])
        names |= conv(f"downsample_layers.{s}.1", widths[s], widths[s - 1], 2)
    for s, depth in enumerate([3, 3, 9, 3]):
        for b in range(depth):
            block, width = f"stages.{s}.{b}", widths[s]
            names |= {f"{block}.gamma": (width,)} | conv(f"{block}.dwconv", width, 1, 7)
            names |= norm(f"{block}.norm", width)
            names |= linear(f"{block}.pwconv1", 4 * width, width) | linear(f"{block}.pwconv2", width, 4 * width)
    return names | norm("norm", 768) | linear("head", 1000, 768)


@model
def hf_resnet_50():
    return on_disk(tf.ResNetForImageClassification, tf.ResNetConfig(num_labels=1000))


def torchvision_resnet(depths, expansion):
    """Basic blocks have two 3×3 convolutions, bottlenecks (expansion 4) 1×1, 3×3, 1×1."""
    names = conv("conv1", 64, 3, 7, bias=False) | batch_norm("bn1", 64)
    into = 64
    for s, depth in enumerate(depths, start=1):
        width = 32 * 2**s
        for b in range(depth):
            block, out = f"layer{s}.{b}", width * expansion
            kernels = [(3, width), (3, width)] if expansion == 1 else [(1, width), (3, width), (1, out)]
            start = into
            for k, (kernel, to) in enumerate(kernels, start=1):
                names |= conv(f"{block}.conv{k}", to, start, kernel, bias=False) | batch_norm(f"{block}.bn{k}", to)
                start = to
            if into != out:
                names |= conv(f"{block}.downsample.0", out, into, 1, bias=False)
                names |= batch_norm(f"{block}.downsample.1", out)
            into = out
    return names | linear("fc", 1000, into)


@model
def torchvision_resnet_18():
    return torchvision_resnet([2, 2, 2, 2], 1)


@model
def torchvision_resnet_50():
    return torchvision_resnet([3, 4, 6, 3], 4)


@model
def torchvision_densenet_121():
    names = conv("features.conv0", 64, 3, 7, bias=False) | batch_norm("features.norm0", 64)
    width = 64
    for s, depth in enumerate([6, 12, 24, 16], start=1):
        for b in range(1, depth + 1):
            layer = f"features.denseblock{s}.denselayer{b}"
            names |= batch_norm(f"{layer}.norm1", width) | conv(f"{layer}.conv1", 128, width, 1, bias=False)
            names |= batch_norm(f"{layer}.norm2", 128) | conv(f"{layer}.conv2", 32, 128, 3, bias=False)
            width += 32
        if s < 4:
            names |= batch_norm(f"features.transition{s}.norm", width)
            names |= conv(f"features.transition{s}.conv", width // 2, width, 1, bias=False)
            width //= 2
    return names | batch_norm("features.norm5", width) | linear("classifier", 1000, width)


@model
def torchvision_vgg_16():
    names, into = {}, 3
    plan = {0: 64, 2: 64, 5: 128, 7: 128, 10: 256, 12: 256, 14: 256, 17: 512, 19: 512, 21: 512, 24: 512, 26: 512, 28: 512}
    for index, out in plan.items():
        names |= conv(f"features.{index}", out, into, 3)
        into = out
    return names | linear("classifier.0", 4096, 25088) | linear("classifier.3", 4096, 4096) | linear("classifier.6", 1000, 4096)


@model
def timm_efficientnet_b0():
    names = conv("conv_stem", 32, 3, 3, bias=False) | batch_norm("bn1", 32)
    into = 32
    stages = [(1, 1, 16, 3), (6, 2, 24, 3), (6, 2, 40, 5), (6, 3, 80, 3), (6, 3, 112, 5), (6, 4, 192, 5), (6, 1, 320, 3)]
    for s, (expand, depth, out, kernel) in enumerate(stages):
        for b in range(depth):
            block, middle, squeezed = f"blocks.{s}.{b}", into * expand, into // 4
            if expand > 1:
                names |= conv(f"{block}.conv_pw", middle, into, 1, bias=False) | batch_norm(f"{block}.bn1", middle)
            names |= conv(f"{block}.conv_dw", middle, 1, kernel, bias=False)
            names |= batch_norm(f"{block}.bn2" if expand > 1 else f"{block}.bn1", middle)
            names |= conv(f"{block}.se.conv_reduce", squeezed, middle, 1) | conv(f"{block}.se.conv_expand", middle, squeezed, 1)
            last = ("conv_pwl", "bn3") if expand > 1 else ("conv_pw", "bn2")
            names |= conv(f"{block}.{last[0]}", out, middle, 1, bias=False) | batch_norm(f"{block}.{last[1]}", out)
            into = out
    return names | conv("conv_head", 1280, 320, 1, bias=False) | batch_norm("bn2", 1280) | linear("classifier", 1000, 1280)


@model
def torchvision_mobilenet_v2():
    names = conv("features.0.0", 32, 3, 3, bias=False) | batch_norm("features.0.1", 32)
    into, index = 32, 1
    for expand, out, depth in [(1, 16, 1), (6, 24, 2), (6, 32, 3), (6, 64, 4), (6, 96, 3), (6, 160, 3), (6, 320, 1)]:
        for _ in range(depth):
            block, middle, k = f"features.{index}.conv", into * expand, 0
            if expand > 1:
                names |= conv(f"{block}.0.0", middle, into, 1, bias=False) | batch_norm(f"{block}.0.1", middle)
                k = 1
            names |= conv(f"{block}.{k}.0", middle, 1, 3, bias=False) | batch_norm(f"{block}.{k}.1", middle)
            names |= conv(f"{block}.{k + 1}", out, middle, 1, bias=False) | batch_norm(f"{block}.{k + 2}", out)
            into, index = out, index + 1
    names |= conv("features.18.0", 1280, 320, 1, bias=False) | batch_norm("features.18.1", 1280)
    return names | linear("classifier.1", 1000, 1280)


@model
def segformer_b0():
    return on_disk(tf.SegformerForImageClassification, tf.SegformerConfig(num_labels=1000))


@model
def sam_base():
    config = tf.SamConfig(vision_config=dict(global_attn_indexes=[2, 5, 8, 11]))
    return on_disk(tf.SamModel, config)


@model
def detr_resnet_50():
    config = tf.DetrConfig(use_timm_backbone=False, use_pretrained_backbone=False, backbone=None,
                           backbone_config=tf.ResNetConfig(out_features=["stage4"]))
    return on_disk(tf.DetrForObjectDetection, config)


# --- language: encoders -----------------------------------------------------------------------------


@model
def bert_base():
    return on_disk(tf.BertForMaskedLM, tf.BertConfig())


@model
def roberta_base():
    config = tf.RobertaConfig(vocab_size=50265, max_position_embeddings=514, type_vocab_size=1)
    return on_disk(tf.RobertaForMaskedLM, config)


@model
def distilbert_sst2():
    return on_disk(tf.DistilBertForSequenceClassification, tf.DistilBertConfig())


@model
def deberta_v3_base():
    config = tf.DebertaV2Config(
        vocab_size=128100, hidden_size=768, num_hidden_layers=12, num_attention_heads=12, intermediate_size=3072,
        relative_attention=True, position_buckets=256, norm_rel_ebd="layer_norm", share_att_key=True,
        pos_att_type=["p2c", "c2p"], position_biased_input=False, type_vocab_size=0)
    return on_disk(tf.DebertaV2ForSequenceClassification, config)


@model
def albert_base():
    config = tf.AlbertConfig(hidden_size=768, num_attention_heads=12, intermediate_size=3072)
    return on_disk(tf.AlbertForMaskedLM, config)


@model
def xlnet_base():
    config = tf.XLNetConfig(d_model=768, n_layer=12, n_head=12, d_inner=3072)
    return on_disk(tf.XLNetLMHeadModel, config)


@model
def xlm_mlm_en():
    return on_disk(tf.XLMWithLMHeadModel, tf.XLMConfig(emb_dim=2048, n_layers=12, n_heads=16))


@model
def modernbert_base():
    return on_disk(tf.ModernBertForMaskedLM, tf.ModernBertConfig())


# --- language: decoders -----------------------------------------------------------------------------


@model
def gpt2():
    """The published file has no `transformer.` prefix and keeps the causal masks."""
    names = renamed(on_disk(tf.GPT2LMHeadModel, tf.GPT2Config()), ("transformer.", ""))
    names.pop("lm_head.weight", None)
    return names | {f"h.{i}.attn.bias": (1, 1, 1024, 1024) for i in range(12)}


@model
def gpt2_transformer_prefix():
    return on_disk(tf.GPT2LMHeadModel, tf.GPT2Config())


@model
def gpt_neo_125m():
    config = tf.GPTNeoConfig(hidden_size=768, num_layers=12, num_heads=12, attention_types=[[["global", "local"], 6]])
    return on_disk(tf.GPTNeoForCausalLM, config)


@model
def pythia_160m():
    config = tf.GPTNeoXConfig(vocab_size=50304, hidden_size=768, num_hidden_layers=12, num_attention_heads=12, intermediate_size=3072)
    names = on_disk(tf.GPTNeoXForCausalLM, config)
    for i in range(12):
        attention = f"gpt_neox.layers.{i}.attention"
        names |= {f"{attention}.bias": (1, 1, 2048, 2048), f"{attention}.masked_bias": (), f"{attention}.rotary_emb.inv_freq": (8,)}
    return names


@model
def opt_125m():
    return on_disk(tf.OPTForCausalLM, tf.OPTConfig(hidden_size=768, ffn_dim=3072, num_hidden_layers=12, word_embed_proj_dim=768))


@model
def falcon_7b():
    config = tf.FalconConfig(vocab_size=65024, hidden_size=4544, num_hidden_layers=32, num_attention_heads=71)
    return on_disk(tf.FalconForCausalLM, config)


@model
def llama_2_7b():
    return on_disk(tf.LlamaForCausalLM, tf.LlamaConfig())


@model
def tinyllama_1_1b():
    config = tf.LlamaConfig(hidden_size=2048, intermediate_size=5632, num_hidden_layers=22, num_key_value_heads=4)
    return on_disk(tf.LlamaForCausalLM, config)


@model
def mistral_7b():
    return on_disk(tf.MistralForCausalLM, tf.MistralConfig())


@model
def qwen2_0_5b():
    config = tf.Qwen2Config(vocab_size=151936, hidden_size=896, intermediate_size=4864, num_hidden_layers=24,
                            num_attention_heads=14, num_key_value_heads=2, tie_word_embeddings=True)
    return on_disk(tf.Qwen2ForCausalLM, config)


@model
def qwen3_0_6b():
    config = tf.Qwen3Config(vocab_size=151936, hidden_size=1024, intermediate_size=3072, num_hidden_layers=28,
                            num_attention_heads=16, num_key_value_heads=8, head_dim=128, tie_word_embeddings=True)
    return on_disk(tf.Qwen3ForCausalLM, config)


@model
def gemma_2_2b():
    config = tf.Gemma2Config(hidden_size=2304, num_hidden_layers=26, intermediate_size=9216, num_attention_heads=8, num_key_value_heads=4)
    return on_disk(tf.Gemma2ForCausalLM, config)


@model
def phi_3_mini():
    return on_disk(tf.Phi3ForCausalLM, tf.Phi3Config())


@model
def olmo_1b():
    """Its norms have no parameters."""
    config = tf.OlmoConfig(hidden_size=2048, intermediate_size=8192, num_hidden_layers=16, num_attention_heads=16, tie_word_embeddings=True)
    return on_disk(tf.OlmoForCausalLM, config)


@model
def mixtral_8x7b():
    return on_disk(tf.MixtralForCausalLM, tf.MixtralConfig())


@model
def qwen1_5_moe_a2_7b():
    return on_disk(tf.Qwen2MoeForCausalLM, tf.Qwen2MoeConfig(num_hidden_layers=24, hidden_size=2048))


@model
def qwen3_30b_a3b():
    config = tf.Qwen3MoeConfig(num_hidden_layers=48, hidden_size=2048, num_experts=128, moe_intermediate_size=768)
    return on_disk(tf.Qwen3MoeForCausalLM, config)


@model
def deepseek_v2_lite():
    config = tf.DeepseekV2Config(
        vocab_size=102400, hidden_size=2048, intermediate_size=10944, moe_intermediate_size=1408, num_hidden_layers=27,
        num_attention_heads=16, n_shared_experts=2, n_routed_experts=64, q_lora_rank=None, kv_lora_rank=512,
        first_k_dense_replace=1, mlp_layer_types=["dense"] + ["sparse"] * 26)
    return on_disk(tf.DeepseekV2ForCausalLM, config)


@model
def deepseek_v3_mtp():
    """DeepSeek-V3's names with 8 of 256 experts: layers 0–60, and 61 for multi-token prediction."""
    config = tf.DeepseekV3Config(n_routed_experts=8, num_hidden_layers=61, first_k_dense_replace=3)
    names = on_disk(tf.DeepseekV3ForCausalLM, config)
    last = {n: t for n, t in names.items() if n.startswith("model.layers.60.")}
    names |= renamed(last, ("model.layers.60.", "model.layers.61."))
    width = 7168
    names |= {"model.layers.61.embed_tokens.weight": (129280, width), "model.layers.61.enorm.weight": (width,)}
    names |= {"model.layers.61.hnorm.weight": (width,), "model.layers.61.eh_proj.weight": (width, 2 * width)}
    return names | {"model.layers.61.shared_head.norm.weight": (width,), "model.layers.61.shared_head.head.weight": (129280, width)}


@model
def jamba_v0_1():
    return on_disk(tf.JambaForCausalLM, tf.JambaConfig())


@model
def mamba_130m():
    config = tf.MambaConfig(hidden_size=768, num_hidden_layers=24, vocab_size=50280)
    return on_disk(tf.MambaForCausalLM, config)


@model
def peft_lora_llama():
    """A LoRA adapter of rank 16 on the query and value projections, as PEFT saves it."""
    names = {}
    for i in range(32):
        for projection in ["q_proj", "v_proj"]:
            target = f"base_model.model.model.layers.{i}.self_attn.{projection}"
            names |= {f"{target}.lora_A.weight": (16, 4096), f"{target}.lora_B.weight": (4096, 16)}
    return names


# --- encoder–decoders -------------------------------------------------------------------------------


@model
def t5_base():
    config = tf.T5Config(d_model=768, d_ff=3072, num_layers=12, num_heads=12)
    return on_disk(tf.T5ForConditionalGeneration, config)


@model
def flan_t5_small():
    config = tf.T5Config(d_model=512, d_ff=1024, num_layers=8, num_decoder_layers=8, num_heads=6,
                         feed_forward_proj="gated-gelu", tie_word_embeddings=False)
    return on_disk(tf.T5ForConditionalGeneration, config)


@model
def bart_base():
    """Published without the `model.` prefix."""
    config = tf.BartConfig(d_model=768, encoder_layers=6, decoder_layers=6, encoder_ffn_dim=3072, decoder_ffn_dim=3072)
    return on_disk(tf.BartModel, config)


@model
def bart_large_cnn():
    return on_disk(tf.BartForConditionalGeneration, tf.BartConfig(vocab_size=50264))


@model
def marian_opus():
    return on_disk(tf.MarianMTModel, tf.MarianConfig(d_model=512, encoder_layers=6, decoder_layers=6))


@model
def whisper_small():
    config = tf.WhisperConfig(d_model=768, encoder_layers=12, decoder_layers=12, encoder_ffn_dim=3072, decoder_ffn_dim=3072)
    return on_disk(tf.WhisperForConditionalGeneration, config)


@model
def trocr_base():
    config = tf.VisionEncoderDecoderConfig(
        encoder=tf.ViTConfig(image_size=384).to_dict(), decoder=tf.TrOCRConfig().to_dict())
    return on_disk(tf.VisionEncoderDecoderModel, config)


# --- sound ------------------------------------------------------------------------------------------


@model
def wav2vec2_base():
    return on_disk(tf.Wav2Vec2ForCTC, tf.Wav2Vec2Config())


@model
def wav2vec2_large_lv60():
    config = tf.Wav2Vec2Config(hidden_size=1024, num_hidden_layers=24, num_attention_heads=16, intermediate_size=4096,
                               feat_extract_norm="layer", do_stable_layer_norm=True, conv_bias=True)
    return on_disk(tf.Wav2Vec2ForCTC, config)


# --- vision and language ----------------------------------------------------------------------------


@model
def llava_1_5_7b():
    """The published file: `language_model.model.layers`, `vision_tower.vision_model.encoder.layers`."""
    config = tf.LlavaConfig(
        vision_config=tf.CLIPVisionConfig(hidden_size=1024, intermediate_size=4096, num_hidden_layers=24,
                                          num_attention_heads=16, image_size=336, patch_size=14),
        text_config=tf.LlamaConfig(vocab_size=32064))
    names = on_disk(tf.LlavaForConditionalGeneration, config)
    return renamed(names, ("vision_tower.", "vision_tower.vision_model."))


@model
def qwen2_vl_2b():
    config = tf.Qwen2VLConfig(
        text_config=dict(hidden_size=1536, intermediate_size=8960, num_hidden_layers=28, num_attention_heads=12,
                         num_key_value_heads=2, vocab_size=151936, tie_word_embeddings=True),
        vision_config=dict(depth=32, embed_dim=1280, hidden_size=1536))
    return on_disk(tf.Qwen2VLForConditionalGeneration, config, tie_word_embeddings=True)


@model
def qwen3_vl_2b():
    config = tf.Qwen3VLConfig(
        text_config=dict(hidden_size=2048, intermediate_size=6144, num_hidden_layers=28, num_attention_heads=16,
                         num_key_value_heads=8, vocab_size=151936),
        vision_config=dict(depth=24, hidden_size=1024, intermediate_size=4096, out_hidden_size=2048,
                           deepstack_visual_indexes=[5, 11, 17]))
    return on_disk(tf.Qwen3VLForConditionalGeneration, config)


@model
def gemma_3_4b():
    config = tf.Gemma3Config(
        text_config=dict(hidden_size=2560, intermediate_size=10240, num_hidden_layers=34, vocab_size=262208),
        vision_config=dict(hidden_size=1152, intermediate_size=4304, num_hidden_layers=27, num_attention_heads=16,
                           image_size=896, patch_size=14))
    names = on_disk(tf.Gemma3ForConditionalGeneration, config)
    return renamed(names, ("vision_tower.", "vision_tower.vision_model."))


@model
def llama_3_2_11b_vision():
    return on_disk(tf.MllamaForConditionalGeneration, tf.MllamaConfig())


@model
def blip2_opt():
    config = tf.Blip2Config(text_config=tf.OPTConfig(hidden_size=2560, num_hidden_layers=32, ffn_dim=10240, num_attention_heads=32, word_embed_proj_dim=2560).to_dict())
    return on_disk(tf.Blip2ForConditionalGeneration, config)


# --- diffusion --------------------------------------------------------------------------------------


def diffusers_resnet(name, into, out, time=1280):
    names = norm(f"{name}.norm1", into) | conv(f"{name}.conv1", out, into, 3)
    names |= (linear(f"{name}.time_emb_proj", out, time) if time else {}) | norm(f"{name}.norm2", out)
    names |= conv(f"{name}.conv2", out, out, 3)
    return names | (conv(f"{name}.conv_shortcut", out, into, 1) if into != out else {})


def diffusers_attention(name, width, context, depth=1):
    names = norm(f"{name}.norm", width) | conv(f"{name}.proj_in", width, width, 1) | conv(f"{name}.proj_out", width, width, 1)
    for i in range(depth):
        block = f"{name}.transformer_blocks.{i}"
        for attention, keys in [("attn1", width), ("attn2", context)]:
            names |= linear(f"{block}.{attention}.to_q", width, width, bias=False)
            names |= linear(f"{block}.{attention}.to_k", width, keys, bias=False)
            names |= linear(f"{block}.{attention}.to_v", width, keys, bias=False)
            names |= linear(f"{block}.{attention}.to_out.0", width, width)
        names |= linear(f"{block}.ff.net.0.proj", 8 * width, width) | linear(f"{block}.ff.net.2", width, 4 * width)
        names |= norm(f"{block}.norm1", width) | norm(f"{block}.norm2", width) | norm(f"{block}.norm3", width)
    return names


def diffusers_unet(widths, attention_depths, context, middle_depth):
    """Attention depth 0: a stage of plain residual blocks."""
    names = conv("conv_in", widths[0], 4, 3) | linear("time_embedding.linear_1", 1280, 320) | linear("time_embedding.linear_2", 1280, 1280)
    skips, into = [widths[0]], widths[0]
    for s, (width, depth) in enumerate(zip(widths, attention_depths)):
        for b in range(2):
            names |= diffusers_resnet(f"down_blocks.{s}.resnets.{b}", into, width)
            if depth:
                names |= diffusers_attention(f"down_blocks.{s}.attentions.{b}", width, context, depth)
            into = width
            skips.append(width)
        if s < len(widths) - 1:
            names |= conv(f"down_blocks.{s}.downsamplers.0.conv", width, width, 3)
            skips.append(width)
    for b in range(2):
        names |= diffusers_resnet(f"mid_block.resnets.{b}", into, into)
    names |= diffusers_attention("mid_block.attentions.0", into, context, middle_depth)
    for s, (width, depth) in enumerate(zip(widths[::-1], attention_depths[::-1])):
        for b in range(3):
            names |= diffusers_resnet(f"up_blocks.{s}.resnets.{b}", into + skips.pop(), width)
            if depth:
                names |= diffusers_attention(f"up_blocks.{s}.attentions.{b}", width, context, depth)
            into = width
        if s < len(widths) - 1:
            names |= conv(f"up_blocks.{s}.upsamplers.0.conv", width, width, 3)
    return names | norm("conv_norm_out", widths[0]) | conv("conv_out", 4, widths[0], 3)


@model
def sd_1_5_unet():
    return diffusers_unet([320, 640, 1280, 1280], [1, 1, 1, 0], 768, 1)


@model
def sdxl_unet():
    names = diffusers_unet([320, 640, 1280], [0, 2, 10], 2048, 10)
    return names | linear("add_embedding.linear_1", 1280, 2816) | linear("add_embedding.linear_2", 1280, 1280)


@model
def sd_1_5_unet_original():
    """The U-Net as in the single-file checkpoints (CompVis): `input_blocks.N.K`."""
    tensors = sd_1_5_unet()
    resnet = [("norm1", "in_layers.0"), ("conv1", "in_layers.2"), ("time_emb_proj", "emb_layers.1"),
              ("norm2", "out_layers.0"), ("conv2", "out_layers.3"), ("conv_shortcut", "skip_connection")]
    places = {"conv_in": "input_blocks.0.0", "mid_block.resnets.0": "middle_block.0", "mid_block.attentions.0": "middle_block.1",
              "mid_block.resnets.1": "middle_block.2", "time_embedding.linear_1": "time_embed.0",
              "time_embedding.linear_2": "time_embed.2", "conv_norm_out": "out.0", "conv_out": "out.2"}
    for s in range(4):
        for b in range(2):
            places[f"down_blocks.{s}.resnets.{b}"] = f"input_blocks.{1 + 3 * s + b}.0"
            places[f"down_blocks.{s}.attentions.{b}"] = f"input_blocks.{1 + 3 * s + b}.1"
        places[f"down_blocks.{s}.downsamplers.0.conv"] = f"input_blocks.{3 + 3 * s}.0.op"
        for b in range(3):
            places[f"up_blocks.{s}.resnets.{b}"] = f"output_blocks.{3 * s + b}.0"
            places[f"up_blocks.{s}.attentions.{b}"] = f"output_blocks.{3 * s + b}.1"
        places[f"up_blocks.{s}.upsamplers.0.conv"] = f"output_blocks.{3 * s + 2}.{1 if s == 0 else 2}.conv"
    names = {}
    for name, shape in tensors.items():
        old = next(p for p in places if name.startswith(p + "."))
        rest = name[len(old) + 1:]
        if ".resnets." in old:
            for a, b in resnet:
                if rest.startswith(a + "."):
                    rest = b + rest[len(a):]
                    break
        names[f"model.diffusion_model.{places[old]}.{rest}"] = shape
    return names


@model
def sd_vae():
    """AutoencoderKL of Stable Diffusion 1.5."""
    names, widths = {}, [128, 256, 512, 512]

    def middle(name):
        block = f"{name}.mid_block"
        found = diffusers_resnet(f"{block}.resnets.0", 512, 512, 0) | diffusers_resnet(f"{block}.resnets.1", 512, 512, 0)
        found |= norm(f"{block}.attentions.0.group_norm", 512)
        for part in ["to_q", "to_k", "to_v", "to_out.0"]:
            found |= linear(f"{block}.attentions.0.{part}", 512, 512)
        return found

    names |= conv("encoder.conv_in", 128, 3, 3) | conv("decoder.conv_in", 512, 4, 3)
    into = 128
    for s, width in enumerate(widths):
        for b in range(2):
            names |= diffusers_resnet(f"encoder.down_blocks.{s}.resnets.{b}", into, width, 0)
            into = width
        if s < 3:
            names |= conv(f"encoder.down_blocks.{s}.downsamplers.0.conv", width, width, 3)
    for s, width in enumerate(widths[::-1]):
        for b in range(3):
            names |= diffusers_resnet(f"decoder.up_blocks.{s}.resnets.{b}", into, width, 0)
            into = width
        if s < 3:
            names |= conv(f"decoder.up_blocks.{s}.upsamplers.0.conv", width, width, 3)
    names |= middle("encoder") | middle("decoder")
    names |= norm("encoder.conv_norm_out", 512) | conv("encoder.conv_out", 8, 512, 3)
    names |= norm("decoder.conv_norm_out", 128) | conv("decoder.conv_out", 3, 128, 3)
    return names | conv("quant_conv", 8, 8, 1) | conv("post_quant_conv", 4, 4, 1)


@model
def pixart_diffusers():
    """PixArt-α: a diffusion transformer whose norms have no parameters."""
    width, names = 1152, {}
    for i in range(28):
        block = f"transformer_blocks.{i}"
        names |= {f"{block}.scale_shift_table": (6, width)}
        for attention in ["attn1", "attn2"]:
            for part in ["to_q", "to_k", "to_v", "to_out.0"]:
                names |= linear(f"{block}.{attention}.{part}", width, width)
        names |= linear(f"{block}.ff.net.0.proj", 4 * width, width) | linear(f"{block}.ff.net.2", width, 4 * width)
    for part, into in [("linear_1", 256), ("linear_2", width)]:
        names |= linear(f"adaln_single.emb.timestep_embedder.{part}", width, into)
    names |= linear("adaln_single.linear", 6 * width, width) | conv("pos_embed.proj", width, 4, 2)
    names |= linear("caption_projection.linear_1", width, 4096) | linear("caption_projection.linear_2", width, width)
    return names | {"scale_shift_table": (2, width)} | linear("proj_out", 32, width)


@model
def dit_xl_2_original():
    width = 1152
    names = conv("x_embedder.proj", width, 4, 2) | linear("t_embedder.mlp.0", width, 256) | linear("t_embedder.mlp.2", width, width)
    names |= {"pos_embed": (1, 256, width), "y_embedder.embedding_table.weight": (1001, width)}
    for i in range(28):
        block = f"blocks.{i}"
        names |= linear(f"{block}.attn.qkv", 3 * width, width) | linear(f"{block}.attn.proj", width, width)
        names |= linear(f"{block}.mlp.fc1", 4 * width, width) | linear(f"{block}.mlp.fc2", width, 4 * width)
        names |= linear(f"{block}.adaLN_modulation.1", 6 * width, width)
    return names | linear("final_layer.linear", 32, width) | linear("final_layer.adaLN_modulation.1", 2 * width, width)


@model
def flux_diffusers():
    width = 3072
    names = linear("x_embedder", width, 64) | linear("context_embedder", width, 4096)
    for part, into in [("timestep_embedder", 256), ("guidance_embedder", 256), ("text_embedder", 768)]:
        names |= linear(f"time_text_embed.{part}.linear_1", width, into) | linear(f"time_text_embed.{part}.linear_2", width, width)
    for i in range(19):
        block = f"transformer_blocks.{i}"
        names |= linear(f"{block}.norm1.linear", 6 * width, width) | linear(f"{block}.norm1_context.linear", 6 * width, width)
        for part in ["to_q", "to_k", "to_v", "to_out.0", "add_q_proj", "add_k_proj", "add_v_proj", "to_add_out"]:
            names |= linear(f"{block}.attn.{part}", width, width)
        for part in ["norm_q", "norm_k", "norm_added_q", "norm_added_k"]:
            names |= {f"{block}.attn.{part}.weight": (128,)}
        for part in ["ff", "ff_context"]:
            names |= linear(f"{block}.{part}.net.0.proj", 4 * width, width) | linear(f"{block}.{part}.net.2", width, 4 * width)
    for i in range(38):
        block = f"single_transformer_blocks.{i}"
        names |= linear(f"{block}.norm.linear", 3 * width, width) | linear(f"{block}.proj_mlp", 4 * width, width)
        names |= linear(f"{block}.proj_out", width, 5 * width)
        for part in ["to_q", "to_k", "to_v"]:
            names |= linear(f"{block}.attn.{part}", width, width)
        names |= {f"{block}.attn.norm_q.weight": (128,), f"{block}.attn.norm_k.weight": (128,)}
    return names | linear("norm_out.linear", 2 * width, width) | linear("proj_out", 64, width)


@model
def flux_original():
    width = 3072
    names = linear("img_in", width, 64) | linear("txt_in", width, 4096)
    for part, into in [("time_in", 256), ("guidance_in", 256), ("vector_in", 768)]:
        names |= linear(f"{part}.in_layer", width, into) | linear(f"{part}.out_layer", width, width)
    for i in range(19):
        for side in ["img", "txt"]:
            block = f"double_blocks.{i}.{side}"
            names |= linear(f"{block}_mod.lin", 6 * width, width) | linear(f"{block}_attn.qkv", 3 * width, width)
            names |= {f"{block}_attn.norm.query_norm.scale": (128,), f"{block}_attn.norm.key_norm.scale": (128,)}
            names |= linear(f"{block}_attn.proj", width, width)
            names |= linear(f"{block}_mlp.0", 4 * width, width) | linear(f"{block}_mlp.2", width, 4 * width)
    for i in range(38):
        block = f"single_blocks.{i}"
        names |= linear(f"{block}.linear1", 7 * width, width) | linear(f"{block}.linear2", width, 5 * width)
        names |= {f"{block}.norm.query_norm.scale": (128,), f"{block}.norm.key_norm.scale": (128,)}
        names |= linear(f"{block}.modulation.lin", 3 * width, width)
    return names | linear("final_layer.linear", 64, width) | linear("final_layer.adaLN_modulation.1", 2 * width, width)


# --- other frameworks -------------------------------------------------------------------------------


@model
def gguf_llama_7b():
    width, hidden, names = 4096, 11008, {"token_embd.weight": (32000, 4096), "output.weight": (32000, 4096)}
    for i in range(32):
        block = f"blk.{i}"
        names |= {f"{block}.attn_{p}.weight": (width, width) for p in ["q", "k", "v", "output"]}
        names |= {f"{block}.ffn_gate.weight": (hidden, width), f"{block}.ffn_up.weight": (hidden, width)}
        names |= {f"{block}.ffn_down.weight": (width, hidden), f"{block}.attn_norm.weight": (width,), f"{block}.ffn_norm.weight": (width,)}
    return names | {"output_norm.weight": (width,)}


@model
def tensorflow_bert_base():
    """Google's BERT, as variables of TensorFlow 1 are called."""
    embeddings = {"word": (30522, 768), "position": (512, 768), "token_type": (2, 768)}
    names = {f"bert/embeddings/{k}_embeddings": v for k, v in embeddings.items()}
    names |= {"bert/embeddings/LayerNorm/gamma": (768,), "bert/embeddings/LayerNorm/beta": (768,)}
    for i in range(12):
        layer = f"bert/encoder/layer_{i}"
        dense = {f"attention/self/{p}": (768, 768) for p in ["query", "key", "value"]}
        dense |= {"attention/output/dense": (768, 768), "intermediate/dense": (768, 3072), "output/dense": (3072, 768)}
        for name, shape in dense.items():
            names |= {f"{layer}/{name}/kernel": shape, f"{layer}/{name}/bias": shape[1:]}
        for name in ["attention/output/LayerNorm", "output/LayerNorm"]:
            names |= {f"{layer}/{name}/gamma": (768,), f"{layer}/{name}/beta": (768,)}
    return names | {"bert/pooler/dense/kernel": (768, 768), "bert/pooler/dense/bias": (768,)}


def write(folder, name, tensors):
    lines = []
    for key, value in sorted(tensors.items()):
        shape = value.shape if isinstance(value, torch.Tensor) else value
        whole = isinstance(value, torch.Tensor) and not value.dtype.is_floating_point
        dtype = "I64" if whole or key.endswith(("num_batches_tracked", "position_ids")) else "F32"
        lines.append(f"{key}\t{dtype}\t{'x'.join(map(str, shape))}\n")
    path = folder / f"{name}.txt.gz"
    path.write_bytes(gzip.compress("".join(lines).encode(), mtime=0))
    print(f"{name}: {len(lines)} tensors, {path.stat().st_size} bytes")


if __name__ == "__main__":
    output = Path(sys.argv[1])
    output.mkdir(parents=True, exist_ok=True)
    for wanted in sys.argv[2:] or MODELS:
        write(output, wanted, MODELS[wanted]())
    every = sorted(path.name.removesuffix(".txt.gz") for path in output.glob("*.txt.gz"))
    (output / "index.txt").write_text("".join(f"{each}\n" for each in every))
