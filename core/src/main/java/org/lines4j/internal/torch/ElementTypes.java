package org.lines4j.internal.torch;

import java.util.Map;
import java.util.Optional;
import org.lines4j.internal.pickle.Value.Global;
import org.lines4j.tensor.DType;

/// What PyTorch calls element types: by the class of a storage, and by name.
final class ElementTypes {
  private static final Map<String, DType> STORAGES =
      Map.ofEntries(
          Map.entry("DoubleStorage", DType.F64),
          Map.entry("FloatStorage", DType.F32),
          Map.entry("HalfStorage", DType.F16),
          Map.entry("BFloat16Storage", DType.BF16),
          Map.entry("LongStorage", DType.I64),
          Map.entry("IntStorage", DType.I32),
          Map.entry("ShortStorage", DType.I16),
          Map.entry("CharStorage", DType.I8),
          Map.entry("ByteStorage", DType.U8),
          Map.entry("BoolStorage", DType.BOOL),
          Map.entry("ComplexFloatStorage", DType.C64));

  private static final Map<String, DType> NAMES =
      Map.ofEntries(
          Map.entry("float64", DType.F64),
          Map.entry("float32", DType.F32),
          Map.entry("float16", DType.F16),
          Map.entry("bfloat16", DType.BF16),
          Map.entry("float8_e4m3fn", DType.F8_E4M3),
          Map.entry("float8_e5m2", DType.F8_E5M2),
          Map.entry("float8_e8m0fnu", DType.F8_E8M0),
          Map.entry("int64", DType.I64),
          Map.entry("int32", DType.I32),
          Map.entry("int16", DType.I16),
          Map.entry("int8", DType.I8),
          Map.entry("uint64", DType.U64),
          Map.entry("uint32", DType.U32),
          Map.entry("uint16", DType.U16),
          Map.entry("uint8", DType.U8),
          Map.entry("bool", DType.BOOL),
          Map.entry("complex64", DType.C64));

  /// The class of storages that only count bytes.
  static final Global UNTYPED = new Global("torch.storage", "UntypedStorage");

  private ElementTypes() {}

  /// The class of storages of these elements; empty where there is none but the untyped one.
  static Optional<Global> storageOf(DType type) {
    return STORAGES.entrySet().stream()
        .filter(entry -> entry.getValue() == type)
        .map(entry -> new Global("torch", entry.getKey()))
        .findFirst();
  }

  /// What a type is called as an attribute of `torch`; empty where PyTorch has none.
  static Optional<String> nameOf(DType type) {
    return NAMES.entrySet().stream()
        .filter(entry -> entry.getValue() == type)
        .map(Map.Entry::getKey)
        .findFirst();
  }

  /// Whether it is the class of storages that only count bytes.
  static boolean isUntyped(Global storage) {
    return isOfTorch(storage) && storage.name().equals("UntypedStorage");
  }

  /// The type of a storage's elements; empty where it is none that there is here.
  static Optional<DType> ofStorage(Global storage) {
    return isOfTorch(storage)
        ? Optional.ofNullable(STORAGES.get(storage.name()))
        : Optional.empty();
  }

  private static boolean isOfTorch(Global storage) {
    return switch (storage.module()) {
      case "torch", "torch.cuda", "torch.storage" -> true;
      default -> false;
    };
  }

  /// The type that `torch.NAME` is; empty where it is none that there is here.
  static Optional<DType> ofName(Global type) {
    return type.module().equals("torch")
        ? Optional.ofNullable(NAMES.get(type.name()))
        : Optional.empty();
  }
}
