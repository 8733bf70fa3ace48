package org.lines4j.internal.codes;

import java.util.Arrays;
import java.util.List;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

/// What a file has of a tensor of FP8 codes: their type, and which scales lie beside them.
///
/// @param codes `F8_E4M3` or `F8_E5M2`
/// @param ending of the scales' name, behind the tensor's
/// @param scales that they are stored as
/// @param scaleShape that the file gives
/// @param powersOfTwo whether scales are, whatever they are stored as
/// @param others what else lies there and is not computed, such as the scale of a module's inputs
public record ScaledForm(
    DType codes,
    String ending,
    ScaleType scales,
    Shape scaleShape,
    boolean powersOfTwo,
    List<Constant> others) {
  /// Copies its list.
  public ScaledForm {
    others = List.copyOf(others);
  }

  /// A small tensor that is written as it was read.
  ///
  /// @param info with its name behind that of the module
  /// @param bytes that it has
  public record Constant(TensorInfo info, List<Byte> bytes) {
    /// A tensor with these bytes.
    public static Constant of(TensorInfo info, byte[] bytes) {
      Byte[] boxed = new Byte[bytes.length];
      Arrays.setAll(boxed, i -> bytes[i]);
      return new Constant(info, List.of(boxed));
    }
  }

  /// Whether a scale is the inverse of what weights are multiplied with to become codes, rounded by
  /// itself, as transformers' `Fp8Quantize` has it; else weights are divided by it, as
  /// compressed-tensors does.
  boolean isInverse() {
    return ending.endsWith("_inv");
  }
}
