package org.lines4j.quantised;

/// A way to store weights as codes, with scales, codebooks or the like beside them. What is
/// computed with the codes as if they were weights is noise.
public enum Scheme {
  FP8_BLOCK(
      "fp8-block",
      "FP8 codes with a scale for each block of weights (DeepSeek, Qwen)",
      Remedy.FINE_GRAINED),
  FP8_TENSOR("fp8-per-tensor", "FP8 codes with a scale for each tensor", Remedy.ORIGINAL),
  FP8_CHANNEL("fp8-per-channel", "FP8 codes with a scale for each row", Remedy.ORIGINAL),
  FP8_COMFY("comfyui-scaled-fp8", "ComfyUI's scaled FP8 codes", Remedy.ORIGINAL),
  INT8("int8", "8-bit integer codes with scales", Remedy.ORIGINAL),
  COMPRESSED_FP8(
      "compressed-tensors-fp8", "compressed-tensors' FP8 codes with scales", Remedy.COMPRESSED),
  COMPRESSED_INT8(
      "compressed-tensors-int8",
      "compressed-tensors' 8-bit integer codes with scales",
      Remedy.COMPRESSED),
  COMPRESSED_PACK(
      "compressed-tensors-pack",
      "compressed-tensors' packed integer codes with scales",
      Remedy.COMPRESSED),
  COMPRESSED_NVFP4(
      "compressed-tensors-nvfp4",
      "compressed-tensors' 4-bit floats with scales (NVFP4)",
      Remedy.COMPRESSED),
  COMPRESSED_MXFP4(
      "compressed-tensors-mxfp4",
      "compressed-tensors' 4-bit floats with shared exponents (MXFP4)",
      Remedy.COMPRESSED),
  COMPRESSED_SPARSE(
      "compressed-tensors-sparse",
      "compressed-tensors' sparse weights without their zeros",
      Remedy.COMPRESSED),
  COMPRESSED("compressed-tensors", "codes of compressed-tensors", Remedy.COMPRESSED),
  MODELOPT_FP8("modelopt-fp8", "NVIDIA ModelOpt's FP8 codes with scales", Remedy.ORIGINAL),
  MODELOPT_NVFP4(
      "modelopt-nvfp4", "NVIDIA ModelOpt's 4-bit floats with scales (NVFP4)", Remedy.ORIGINAL),
  MODELOPT("modelopt", "codes of NVIDIA ModelOpt", Remedy.ORIGINAL),
  MXFP4("mxfp4", "4-bit floats in blocks with shared exponents (gpt-oss)", Remedy.MXFP4),
  BITSANDBYTES_4BIT(
      "bitsandbytes-4bit", "4-bit codes of bitsandbytes (QLoRA)", Remedy.TRANSFORMERS),
  BITSANDBYTES_8BIT("bitsandbytes-8bit", "8-bit codes of bitsandbytes", Remedy.TRANSFORMERS),
  BITSANDBYTES("bitsandbytes", "codes of bitsandbytes", Remedy.TRANSFORMERS),
  GPTQ("gptq", "packed integer codes of GPTQ", Remedy.ORIGINAL),
  AWQ("awq", "packed integer codes of AWQ", Remedy.ORIGINAL),
  HQQ("hqq", "codes of HQQ", Remedy.ORIGINAL),
  AQLM("aqlm", "codes and codebooks of AQLM", Remedy.ORIGINAL),
  EXL2("exl2", "codes of ExLlamaV2", Remedy.ORIGINAL),
  EXL3("exl3", "codes of ExLlamaV3", Remedy.ORIGINAL),
  VPTQ("vptq", "codes and codebooks of VPTQ", Remedy.ORIGINAL),
  QUIP("quip", "codes of QuIP#", Remedy.ORIGINAL),
  EETQ("eetq", "8-bit integer codes of EETQ", Remedy.ORIGINAL),
  BITNET("bitnet", "packed ternary codes of BitNet", Remedy.ORIGINAL),
  QUANTO("quanto", "codes of Quanto", Remedy.ORIGINAL),
  TORCHAO("torchao", "codes of torchao", Remedy.ORIGINAL),
  NUNCHAKU("nunchaku", "packed integer codes of Nunchaku (SVDQuant)", Remedy.ORIGINAL),
  MARLIN("marlin", "packed integer codes of Marlin", Remedy.ORIGINAL),
  HIGGS("higgs", "codes and tables of HIGGS", Remedy.ORIGINAL),
  SPQR("spqr", "codes and outliers of SpQR", Remedy.ORIGINAL),
  FP_QUANT("fp-quant", "packed 4-bit floats of FP-Quant", Remedy.ORIGINAL),
  ONNX_INT8("onnx-int8", "8-bit integer codes of ONNX Runtime", Remedy.ORIGINAL),
  ONNX_INT4("onnx-int4", "packed integer codes of ONNX Runtime", Remedy.ORIGINAL),
  MLX("mlx", "packed integer codes of MLX", Remedy.MLX),
  UNKNOWN("unknown-method", "codes of a method that is not known here", Remedy.UNKNOWN);

  /// How to get weights, in words that follow "dequantise it first".
  private static final class Remedy {
    private static final String ORIGINAL =
        "use the model that it was quantised from, or have the program that quantised it write"
            + " plain weights";
    private static final String FINE_GRAINED =
        "in transformers, from_pretrained(MODEL, dtype=\"bfloat16\","
            + " quantization_config=FineGrainedFP8Config(dequantize=True)), then save_pretrained";
    private static final String COMPRESSED =
        "in transformers, from_pretrained(MODEL,"
            + " quantization_config=CompressedTensorsConfig(run_compressed=False)), then"
            + " save_pretrained; or use the model that it was quantised from";
    private static final String MXFP4 =
        "in transformers, from_pretrained(MODEL, dtype=\"bfloat16\","
            + " quantization_config=Mxfp4Config(dequantize=True)), then save_pretrained";
    private static final String TRANSFORMERS =
        "in transformers, from_pretrained(MODEL).dequantize(), then save_pretrained; or use the"
            + " model that it was quantised from";
    private static final String MLX =
        "mlx_lm.convert --hf-path MODEL --mlx-path OUT --dequantize; or use the model that it was"
            + " quantised from";
    private static final String UNKNOWN =
        "use the model that it was quantised from; if its weights are plain numbers after all,"
            + " remove what tells otherwise: the entry of its configuration, or these tensors";
  }

  private final String id;
  private final String description;
  private final String remedy;

  Scheme(String id, String description, String remedy) {
    this.id = id;
    this.description = description;
    this.remedy = remedy;
  }

  /// A short name in lower case, such as `fp8-block`.
  public String id() {
    return id;
  }

  /// What it stores, in words.
  public String description() {
    return description;
  }

  /// How to get plain weights from it.
  public String remedy() {
    return remedy;
  }
}
