package org.lines4j.internal.onnx;

import java.util.Arrays;
import java.util.Optional;
import org.lines4j.tensor.DType;

/// The element types of ONNX (`TensorProto.DataType`), by number.
enum ElementType {
  FLOAT(1, DType.F32),
  UINT8(2, DType.U8),
  INT8(3, DType.I8),
  UINT16(4, DType.U16),
  INT16(5, DType.I16),
  INT32(6, DType.I32),
  INT64(7, DType.I64),
  STRING(8),
  BOOL(9, DType.BOOL),
  FLOAT16(10, DType.F16),
  DOUBLE(11, DType.F64),
  UINT32(12, DType.U32),
  UINT64(13, DType.U64),
  COMPLEX64(14, DType.C64),
  COMPLEX128(15),
  BFLOAT16(16, DType.BF16),
  FLOAT8E4M3FN(17, DType.F8_E4M3),
  FLOAT8E4M3FNUZ(18),
  FLOAT8E5M2(19, DType.F8_E5M2),
  FLOAT8E5M2FNUZ(20),
  UINT4(21),
  INT4(22),
  FLOAT4E2M1(23),
  FLOAT8E8M0(24, DType.F8_E8M0),
  UINT2(25),
  INT2(26);

  private final int number;
  private final Optional<DType> dtype;

  ElementType(int number, DType dtype) {
    this.number = number;
    this.dtype = Optional.of(dtype);
  }

  /// A type whose elements nothing here has.
  ElementType(int number) {
    this.number = number;
    this.dtype = Optional.empty();
  }

  static Optional<ElementType> of(long number) {
    return Arrays.stream(values()).filter(type -> type.number == number).findFirst();
  }

  /// What reading gives; empty if it is not read.
  Optional<DType> dtype() {
    return dtype;
  }
}
