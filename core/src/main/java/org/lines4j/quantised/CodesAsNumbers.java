package org.lines4j.quantised;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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

  private static final Set<DType> READ = Set.of(DType.F32, DType.F16, DType.BF16);
  private static final Set<DType> NUMBERS = Set.of(DType.F64, DType.F32, DType.F16, DType.BF16);

  /// Weights that are looked at, for they may lie far away.
  private static final int WEIGHTS = 4;

  private static final int ELEMENTS = 4096;

  /// Of the 23 binary digits behind a float's point, those that no FP8 number has.
  private static final int FINER_THAN_FP8 = (1 << 20) - 1;

  /// Scales make FP8's largest number, which is 448 or more, of a weight's; no weight is as large.
  private static final float LARGE = 64;

  /// What codes are called that have scales behind their own name.
  private static final Pattern WEIGHT = Pattern.compile("(.*[._])?(q?weight|w\\d+|proj)");

  private CodesAsNumbers() {}

  /// The weights among the first of `checkpoint` that are codes.
  static List<String> find(Checkpoint checkpoint) throws IOException {
    Set<String> found = new LinkedHashSet<>();
    int seen = 0;
    for (StoredTensor tensor : checkpoint.tensors()) {
      Optional<StoredTensor> weight = weightOf(tensor.name(), checkpoint);
      if (weight.isPresent() && seen < WEIGHTS && isMatrix(weight.get().info(), READ)) {
        seen++;
        if (isCodes(checkpoint, weight.get())) {
          found.add(weight.get().name());
        }
      }
    }
    return List.copyOf(found);
  }

  /// The tensors that are called as scales of codes are, beside weights that are numbers.
  static List<String> scales(Checkpoint checkpoint) {
    List<String> found = new ArrayList<>();
    for (StoredTensor tensor : checkpoint.tensors()) {
      Optional<StoredTensor> weight =
          ownName(tensor.name())
              .filter(WEIGHT.asMatchPredicate())
              .flatMap(checkpoint::find)
              .filter(own -> isMatrix(own.info(), NUMBERS));
      if (weight.isPresent()) {
        found.add(tensor.name());
      }
    }
    return found;
  }

  /// What a tensor scales that is called like a scale.
  private static Optional<StoredTensor> weightOf(String name, Checkpoint checkpoint) {
    int module = name.lastIndexOf('.') + 1;
    Optional<String> own = ownName(name);
    return module == 0 || own.isEmpty()
        ? Optional.empty()
        : checkpoint
            .find(name.substring(0, module) + "weight")
            .or(() -> own.flatMap(checkpoint::find));
  }

  /// What stands before the word that makes a name a scale's: `l.weight` of `l.weight_scale_inv`
  /// and of `l.weight.scale`; empty where the last name has no such word.
  private static Optional<String> ownName(String name) {
    Matcher word = CompanionTensors.SCALE.matcher(name);
    if (!word.find(name.lastIndexOf('.') + 1)) {
      return Optional.empty();
    }
    int end = word.start();
    while (end > 0 && (name.charAt(end - 1) == '.' || name.charAt(end - 1) == '_')) {
      end--;
    }
    return Optional.of(name.substring(0, end));
  }

  private static boolean isMatrix(TensorInfo tensor, Set<DType> types) {
    return types.contains(tensor.dtype()) && tensor.shape().rank() > 1 && tensor.elements() > 0;
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
