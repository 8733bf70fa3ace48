package org.lines4j.quantised;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.TensorInfo;

/// Codes in a type of numbers, such as INT8's as float16, beside their scales. Names cannot tell
/// them from weights that were only rounded to what codes stand for, whose scales stay with them:
/// so the first elements are looked at. Codes are whole numbers, or have an FP8 number's few digits
/// and its large values; no weights are all of that kind.
final class CodesAsNumbers {
  private static final ValueLayout.OfFloat FLOATS =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort SHORTS =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /// Weights that are looked at, for they may lie far away.
  private static final int WEIGHTS = 4;

  private static final int ELEMENTS = 4096;

  /// Of the 23 binary digits behind a float's point, those that no FP8 number has.
  private static final int FINER_THAN_FP8 = (1 << 20) - 1;

  /// Scales make FP8's largest number, which is 448 or more, of a weight's; no weight is as large.
  private static final float LARGE = 64;

  private CodesAsNumbers() {}

  /// The weights among the first of `checkpoint` that are codes.
  static List<String> find(Checkpoint checkpoint) throws IOException {
    Set<String> found = new LinkedHashSet<>();
    int seen = 0;
    for (StoredTensor tensor : checkpoint.tensors()) {
      Optional<StoredTensor> weight = weightOf(tensor.name(), checkpoint);
      if (weight.isPresent() && seen < WEIGHTS && isMatrixOfNumbers(weight.get().info())) {
        seen++;
        if (isCodes(checkpoint, weight.get())) {
          found.add(weight.get().name());
        }
      }
    }
    return List.copyOf(found);
  }

  /// What a tensor scales that is called like a scale.
  private static Optional<StoredTensor> weightOf(String name, Checkpoint checkpoint) {
    int module = name.lastIndexOf('.') + 1;
    if (module == 0 || !CompanionTensors.SCALE.matcher(name).find(module)) {
      return Optional.empty();
    }
    return checkpoint
        .find(name.substring(0, module) + "weight")
        .or(() -> checkpoint.find(name.substring(0, module - 1))); // l.weight.scale
  }

  private static boolean isMatrixOfNumbers(TensorInfo tensor) {
    boolean read = Set.of(DType.F32, DType.F16, DType.BF16).contains(tensor.dtype());
    return read && tensor.shape().rank() > 1 && tensor.elements() > 0;
  }

  private static boolean isCodes(Checkpoint checkpoint, StoredTensor weight) throws IOException {
    DType type = weight.info().dtype();
    int count = Math.toIntExact(Math.min(ELEMENTS, weight.info().elements()));
    MemorySegment bytes = MemorySegment.ofArray(new byte[count * type.bits() / Byte.SIZE]);
    checkpoint.source(weight).read(0, bytes);
    boolean whole = true;
    boolean short8 = true;
    float largest = 0;
    for (int i = 0; i < count; i++) {
      float value = value(type, bytes, i);
      whole &= value == Math.rint(value);
      short8 &= (Float.floatToRawIntBits(value) & FINER_THAN_FP8) == 0;
      largest = Math.max(largest, Math.abs(value));
    }
    return Float.isFinite(largest) && ((whole && largest > 0) || (short8 && largest >= LARGE));
  }

  private static float value(DType type, MemorySegment bytes, int index) {
    return switch (type) {
      case F32 -> bytes.getAtIndex(FLOATS, index);
      case F16 -> Float.float16ToFloat(bytes.getAtIndex(SHORTS, index));
      default -> Float.intBitsToFloat(bytes.getAtIndex(SHORTS, index) << 16);
    };
  }
}
