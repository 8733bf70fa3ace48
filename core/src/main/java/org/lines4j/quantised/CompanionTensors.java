package org.lines4j.quantised;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.TensorInfo;

/// Finds the tensors that quantised weights have beside them: by their names, and by types that
/// only codes have, so that no `logit_scale` or `layer_scale` of a plain model is taken for one.
final class CompanionTensors {
  /// What tells that a model is quantised.
  ///
  /// @param tensor an example
  /// @param tensors how many there are, of this scheme or another
  record Found(Scheme scheme, String tensor, int tensors) {}

  /// Scales of one weight: behind its module's name, or behind its own.
  private static final List<String> OF_MODULE =
      List.of(".scale", ".scales", ".scale_inv", ".input_scale", ".weight_scales");

  private static final List<String> OF_WEIGHT = List.of("_scale", ".scale", "._scale");

  /// What a tensor's last name has where codes of its module are multiplied with it, or begin at
  /// it.
  static final Pattern SCALE = Pattern.compile("scale|absmax|amax|zero_point|zeros");

  /// What ModelOpt calls the module of a weight's scales while it has not exported them.
  private static final Pattern OF_QUANTISER = Pattern.compile("weight_quantizer\\.$");

  private static final Pattern ONNX_PACKED = Pattern.compile("_Q\\d+(G\\d+)?$");

  private final Checkpoint checkpoint;
  private final String method;

  CompanionTensors(Checkpoint checkpoint, Optional<QuantisationConfig> config) {
    this.checkpoint = checkpoint;
    this.method = config.map(QuantisationConfig::method).orElse("");
  }

  /// The first that tells; empty where none does.
  Optional<Found> find() {
    Scheme scheme = null;
    String example = "";
    int count = 0;
    for (StoredTensor stored : checkpoint.tensors()) {
      TensorInfo tensor = stored.info();
      Optional<Scheme> own = scheme(tensor);
      if (own.isPresent()) {
        count++;
        if (scheme == null) {
          scheme = own.get();
          example = tensor.name();
        }
      }
    }
    return scheme == null ? unknown() : Optional.of(new Found(scheme, example, count));
  }

  private Optional<Scheme> scheme(TensorInfo tensor) {
    return packed(tensor)
        .or(() -> codebook(tensor))
        .or(() -> ofOnnx(tensor))
        .or(() -> scaled(tensor));
  }

  /// Codes of a method that is not known here: integers and FP8 of modules that have a scale, too,
  /// integers that are called weights, or tensors of a type that only scales have.
  private Optional<Found> unknown() {
    List<String> exponents = names(tensor -> tensor.dtype() == DType.F8_E8M0);
    if (!exponents.isEmpty()) {
      return Optional.of(new Found(Scheme.UNKNOWN, exponents.getFirst(), exponents.size()));
    }
    List<String> candidates = names(tensor -> isSmallInteger(tensor) || isMatrixOfFp8(tensor));
    if (candidates.isEmpty()) {
      return Optional.empty();
    }
    Set<String> scaled = new HashSet<>();
    for (String name : names(tensor -> isPlain(tensor.dtype()))) {
      String module = module(name);
      if (SCALE.matcher(name).find(module.length())) {
        scaled.add(module);
        scaled.add(OF_QUANTISER.matcher(module).replaceFirst(""));
      }
    }
    scaled.remove("");
    List<String> codes =
        candidates.stream()
            .filter(
                name ->
                    scaled.contains(module(name))
                        || scaled.contains(name + ".")
                        || isIntegerWeight(name))
            .toList();
    return codes.isEmpty()
        ? Optional.empty()
        : Optional.of(new Found(Scheme.UNKNOWN, codes.getFirst(), codes.size()));
  }

  private List<String> names(Predicate<TensorInfo> which) {
    return checkpoint.tensors().stream()
        .filter(stored -> which.test(stored.info()))
        .map(StoredTensor::name)
        .toList();
  }

  /// With the dot behind it.
  private static String module(String name) {
    return name.substring(0, name.lastIndexOf('.') + 1);
  }

  private static boolean isMatrixOfFp8(TensorInfo tensor) {
    return tensor.shape().rank() > 1
        && (tensor.dtype() == DType.F8_E4M3 || tensor.dtype() == DType.F8_E5M2);
  }

  private boolean isIntegerWeight(String name) {
    String last = name.substring(module(name).length());
    return (last.equals("weight") || last.equals("qweight")) && isSmallInteger(other(name, "", ""));
  }

  private static boolean isSmallInteger(@Nullable TensorInfo tensor) {
    return tensor != null
        && tensor.shape().rank() > 1
        && switch (tensor.dtype()) {
          case U8, I8, U16, I16, U32, I32 -> true;
          default -> false;
        };
  }

  /// Integers that hold several codes each.
  private Optional<Scheme> packed(TensorInfo tensor) {
    String name = tensor.name();
    if (name.contains(".quant_state.bitsandbytes__")
        || ((name.endsWith(".absmax") || name.endsWith(".quant_map"))
            && checkpoint.find(name.substring(0, name.lastIndexOf('.'))).isPresent())) {
      return Optional.of(Scheme.BITSANDBYTES_4BIT);
    }
    if (name.endsWith(".SCB")) {
      boolean sure = has(name, ".SCB", ".weight") || has(name, ".SCB", "");
      return when(sure, Scheme.BITSANDBYTES_8BIT);
    }
    if (name.endsWith(".qweight") && !isPlain(tensor.dtype())) {
      if (has(name, ".qweight", ".wscales")) {
        return Optional.of(Scheme.NUNCHAKU);
      }
      if (has(name, ".qweight", ".forward_hadamard_matrix")) {
        return Optional.of(Scheme.FP_QUANT);
      }
      boolean sure = has(name, ".qweight", ".scales") || has(name, ".qweight", ".qzeros");
      return when(sure, packedByInput(tensor));
    }
    if (name.endsWith("_blocks") && tensor.dtype() == DType.U8) {
      return when(has(name, "_blocks", "_scales"), Scheme.MXFP4);
    }
    if (name.endsWith(".bitmask") && !isPlain(tensor.dtype())) {
      return when(has(name, ".bitmask", ".compressed"), Scheme.COMPRESSED_SPARSE);
    }
    if (name.endsWith(".weight_packed") && !isPlain(tensor.dtype())) {
      return Optional.of(compressed(tensor));
    }
    return Optional.empty();
  }

  /// GPTQ packs along a weight's inputs, AWQ along its outputs, of which there is one scale each.
  private Scheme packedByInput(TensorInfo tensor) {
    if (has(tensor.name(), ".qweight", ".g_idx") || method.contains("gptq")) {
      return Scheme.GPTQ;
    }
    TensorInfo scales = other(tensor.name(), ".qweight", ".scales");
    boolean wide =
        scales != null
            && tensor.shape().rank() == 2
            && scales.shape().rank() == 2
            && scales.shape().dims().get(1) > tensor.shape().dims().get(1);
    return wide || method.equals("awq") ? Scheme.AWQ : Scheme.GPTQ;
  }

  private Scheme compressed(TensorInfo tensor) {
    TensorInfo scale = other(tensor.name(), "_packed", "_scale");
    if (tensor.dtype() != DType.U8) {
      return Scheme.COMPRESSED_PACK;
    }
    return scale != null && (scale.dtype() == DType.U8 || scale.dtype() == DType.F8_E8M0)
        ? Scheme.COMPRESSED_MXFP4
        : Scheme.COMPRESSED_NVFP4;
  }

  /// Codes that are looked up, or belong to one program alone.
  private Optional<Scheme> codebook(TensorInfo tensor) {
    String name = tensor.name();
    String last = name.substring(name.lastIndexOf('.') + 1);
    return switch (last) {
      case "W_q" -> when(isOfHqq(tensor), Scheme.HQQ);
      case "B" -> when(tensor.dtype() == DType.I32 && has(name, "B", "s"), Scheme.MARLIN);
      case "tables" -> when(isSmallInteger(other(name, last, "weight")), Scheme.HIGGS);
      case "dense_weights" -> when(has(name, last, "row_offsets"), Scheme.SPQR);
      case "codebooks" -> when(has(name, "codebooks", "codes"), Scheme.AQLM);
      case "q_weight" -> when(has(name, "q_weight", "q_scale"), Scheme.EXL2);
      case "trellis" -> when(has(name, "trellis", "suh"), Scheme.EXL3);
      case "indices" -> when(has(name, "indices", "centroids.weight"), Scheme.VPTQ);
      case "Qidxs" -> Optional.of(Scheme.QUIP);
      case "_data" ->
          when(has(name, "_data", "_scale") || has(name, "_data._data", "_scale"), Scheme.QUANTO);
      case "comfy_quant" -> Optional.of(Scheme.FP8_COMFY);
      case "scaled_fp8" -> when(tensor.dtype().name().startsWith("F8"), Scheme.FP8_COMFY);
      case "scale_weight" -> when(isCodes(other(name, last, "weight")), Scheme.FP8_COMFY);
      default -> when(last.endsWith("_qdata") || last.endsWith(":qdata"), Scheme.TORCHAO);
    };
  }

  /// HQQ may keep its packed codes as the bits of floating numbers.
  private boolean isOfHqq(TensorInfo codes) {
    return !isPlain(codes.dtype())
        || (has(codes.name(), "W_q", "scale") && has(codes.name(), "W_q", "zero"));
  }

  /// What ONNX Runtime's quantisers call the initialisers that they put in a weight's place.
  private Optional<Scheme> ofOnnx(TensorInfo tensor) {
    String name = tensor.name();
    if (name.endsWith("_quantized") && !isPlain(tensor.dtype())) {
      return when(has(name, "_quantized", "_scale"), Scheme.ONNX_INT8);
    }
    Matcher packed = ONNX_PACKED.matcher(name);
    return when(
        packed.find() && tensor.dtype() == DType.U8 && has(name, packed.group(), "_scales"),
        Scheme.ONNX_INT4);
  }

  /// One code in each element, or in each byte.
  private Optional<Scheme> scaled(TensorInfo tensor) {
    String name = tensor.name();
    if (name.endsWith(".weight_scale_2")) {
      return when(isCodes(other(name, "_scale_2", "")), Scheme.MODELOPT_NVFP4);
    }
    if (name.endsWith("_scale_inv")) {
      TensorInfo weight = other(name, "_scale_inv", "");
      boolean alone = weight == null && name.endsWith(".weight_scale_inv");
      Scheme scheme = tensor.shape().rank() == 0 ? Scheme.FP8_TENSOR : Scheme.FP8_BLOCK;
      return when(alone || isCodes(weight), scheme);
    }
    for (String ending : OF_WEIGHT) {
      TensorInfo weight = name.endsWith(ending) ? other(name, ending, "") : null;
      if (weight != null && isCodes(weight)) {
        return Optional.of(scaled(weight, tensor));
      }
    }
    for (String ending : OF_MODULE) {
      TensorInfo weight = name.endsWith(ending) ? other(name, ending, ".weight") : null;
      if (weight != null && isCodes(weight)) {
        return Optional.of(scaled(weight, tensor));
      }
    }
    return Optional.empty();
  }

  private Scheme scaled(TensorInfo weight, TensorInfo scale) {
    if (weight.dtype() == DType.U32) {
      return Scheme.MLX;
    }
    boolean fp8 = weight.dtype().name().startsWith("F8");
    boolean whole = scale.elements() <= 1;
    if (!fp8 && scale.name().endsWith(".weight_scales")) {
      return Scheme.EETQ;
    }
    return switch (method) {
      case "compressed-tensors" -> fp8 ? Scheme.COMPRESSED_FP8 : Scheme.COMPRESSED_INT8;
      case "modelopt" -> fp8 ? Scheme.MODELOPT_FP8 : Scheme.MODELOPT_NVFP4;
      case "bitnet" -> Scheme.BITNET;
      default -> {
        if (has(scale.name(), "_scale", "_scale_2")) {
          yield Scheme.MODELOPT_NVFP4;
        }
        yield fp8 ? whole ? Scheme.FP8_TENSOR : Scheme.FP8_CHANNEL : Scheme.INT8;
      }
    };
  }

  private static Optional<Scheme> when(boolean sure, Scheme scheme) {
    return sure ? Optional.of(scheme) : Optional.empty();
  }

  private boolean has(String name, String ending, String otherEnding) {
    return other(name, ending, otherEnding) != null;
  }

  /// The tensor that is called as `name` is, but for its ending.
  private @Nullable TensorInfo other(String name, String ending, String otherEnding) {
    return checkpoint
        .find(name.substring(0, name.length() - ending.length()) + otherEnding)
        .map(StoredTensor::info)
        .orElse(null);
  }

  /// Whether these can be codes: of a weight, which has two dimensions or more, unless they are in
  /// a row.
  static boolean isCodes(@Nullable TensorInfo tensor) {
    return tensor != null
        && tensor.shape().rank() > 0
        && switch (tensor.dtype()) {
          case F8_E4M3, F8_E5M2, F4, F6_E2M3, F6_E3M2 -> true;
          case U8, I8, U32, I32 -> tensor.shape().rank() > 1;
          case BOOL, U16, I16, U64, I64, F64, F32, F16, BF16, F8_E8M0, C64 -> false;
        };
  }

  /// Whether it holds codes whatever lies beside it, where the configuration says that codes there
  /// are: integers only if they are called a weight, for masks and positions are integers, too.
  static boolean isCodesByItself(TensorInfo tensor) {
    String name = tensor.name();
    boolean floating = tensor.dtype().name().matches("F[468]_?(E[2345]M[123])?");
    return isCodes(tensor) && (floating || name.endsWith("weight") || name.endsWith("_blocks"));
  }

  private static boolean isPlain(DType type) {
    return switch (type) {
      case F64, F32, F16, BF16 -> true;
      default -> false;
    };
  }
}
