package org.lines4j.conformance;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.CheckpointWriter;
import org.lines4j.format.StoredTensor;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

/// A small model of float32, by tensors' names.
record TrialModel(Map<String, Tensor> tensors) {
  /// A tensor whose elements may be made NaN: it has 3072.
  static final String NOT_FINITE_IN = "model.layers.1.mlp.weight";

  private static final String LARGE = "model.layers.2.large.weight";

  /// By their seeds: many tests take the same.
  private static final Map<Long, Tensor> LARGE_TENSORS = new ConcurrentHashMap<>();

  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Tensor(Shape shape, float[] values) {}

  /// The model that others start from.
  static TrialModel base() {
    return random(1, 0.5f);
  }

  /// Model `i` that was tuned from the base.
  static TrialModel tuned(int i) {
    TrialModel updates = random(100 + i, 0.05f);
    Map<String, Tensor> tuned = new LinkedHashMap<>();
    base()
        .tensors
        .forEach(
            (name, tensor) -> {
              float[] values = tensor.values.clone();
              for (int j = 0; j < values.length; j++) {
                values[j] += updates.values(name)[j];
              }
              tuned.put(name, new Tensor(tensor.shape, values));
            });
    return new TrialModel(tuned);
  }

  /// As many of them, one unlike the other.
  static List<TrialModel> tunedModels(int count) {
    List<TrialModel> models = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      models.add(tuned(i));
    }
    return models;
  }

  /// Matrices, vectors, one element, and none.
  private static TrialModel random(long seed, float most) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    Random random = new Random(seed);
    put(tensors, "model.embed_tokens.weight", Shape.of(33, 16), random, most);
    for (int i = 0; i < 4; i++) {
      String layer = "model.layers." + i + ".";
      put(tensors, layer + "mlp.weight", Shape.of(64, 48), random, most);
      put(tensors, layer + "norm.weight", Shape.of(48), random, most);
      put(tensors, layer + "scale", Shape.of(1), random, most);
    }
    put(tensors, "model.nothing", Shape.of(0, 3), random, most);
    put(tensors, "model.norm.weight", Shape.of(48), random, most);
    return new TrialModel(tensors);
  }

  private static void put(
      Map<String, Tensor> tensors, String name, Shape shape, Random random, float most) {
    tensors.put(name, tensor(shape, random, most));
  }

  private static Tensor tensor(Shape shape, Random random, float most) {
    float[] values = new float[(int) shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = most * (2 * random.nextFloat() - 1);
    }
    return new Tensor(shape, values);
  }

  /// This model with a tensor that is measured in more than one piece, and soon decomposed where it
  /// is taken for a matrix.
  TrialModel withLargeTensor(long seed) {
    Map<String, Tensor> more = new LinkedHashMap<>(tensors);
    more.put(LARGE, LARGE_TENSORS.computeIfAbsent(seed, TrialModel::large));
    return new TrialModel(more);
  }

  private static Tensor large(long seed) {
    return tensor(Shape.of(7039, 150), new Random(seed), 0.5f);
  }

  /// This model with a value at some places of a tensor.
  TrialModel with(String name, float value, int... places) {
    Map<String, Tensor> changed = new LinkedHashMap<>(tensors);
    float[] values = values(name).clone();
    for (int place : places) {
      values[place] = value;
    }
    changed.put(name, new Tensor(tensor(name).shape, values));
    return new TrialModel(changed);
  }

  TrialModel without(String name) {
    Map<String, Tensor> fewer = new LinkedHashMap<>(tensors);
    fewer.remove(name);
    return new TrialModel(fewer);
  }

  /// This model with its tensors the other way round.
  TrialModel reversed() {
    Map<String, Tensor> reversed = new LinkedHashMap<>();
    List<String> names = new ArrayList<>(tensors.keySet());
    names.reversed().forEach(name -> reversed.put(name, tensor(name)));
    return new TrialModel(reversed);
  }

  private Tensor tensor(String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new AssertionError("the merge lacks " + name);
    }
    return tensor;
  }

  float[] values(String name) {
    return tensor(name).values;
  }

  void write(Path file) throws IOException {
    List<TensorInfo> infos = new ArrayList<>();
    tensors.forEach((name, tensor) -> infos.add(new TensorInfo(name, DType.F32, tensor.shape)));
    try (CheckpointWriter writer = CheckpointWriter.create(file, infos, Map.of())) {
      for (TensorInfo info : infos) {
        MemorySegment bytes = MemorySegment.ofArray(new byte[(int) info.byteSize()]);
        float[] values = values(info.name());
        MemorySegment.copy(values, 0, bytes, FLOAT, 0, values.length);
        writer.write(info.name(), bytes);
      }
      writer.publish();
    }
  }

  static TrialModel read(Path file) throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      for (StoredTensor tensor : checkpoint.tensors()) {
        assertEquals(DType.F32, tensor.info().dtype(), tensor.name());
        MemorySegment bytes = MemorySegment.ofArray(new byte[(int) tensor.byteSize()]);
        checkpoint.source(tensor).read(0, bytes);
        tensors.put(tensor.name(), new Tensor(tensor.info().shape(), bytes.toArray(FLOAT)));
      }
    }
    return new TrialModel(tensors);
  }

  /// Checks that all is the same to the last bit.
  void assertSameAs(TrialModel expected, String which) {
    assertEquals(expected.tensors.keySet(), tensors.keySet(), which);
    for (String name : tensors.keySet()) {
      assertArrayEquals(bits(expected.values(name)), bits(values(name)), which + ": " + name);
    }
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToRawIntBits(values[i]);
    }
    return bits;
  }

  /// Checks that all is the same but for rounding.
  ///
  /// @param rounding of the values' size, about a half
  void assertNear(TrialModel expected, double rounding) {
    assertEquals(expected.tensors.keySet(), tensors.keySet());
    for (String name : tensors.keySet()) {
      assertEquals(expected.tensor(name).shape, tensor(name).shape, name);
      float[] values = values(name);
      float[] wanted = expected.values(name);
      for (int i = 0; i < values.length; i++) {
        boolean isNear = Math.abs(values[i] - wanted[i]) <= rounding;
        assertTrue(
            isNear, "%s[%d]: expected %s, found %s".formatted(name, i, wanted[i], values[i]));
      }
    }
  }
}
