package org.lines4j.internal.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.DoubleSupplier;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.format.Checkpoint;
import org.lines4j.internal.work.Source;
import org.lines4j.internal.work.Work;
import org.lines4j.merge.Values;
import org.lines4j.method.Ballot;
import org.lines4j.method.TensorMerge;
import org.lines4j.plan.RunOptions;

/// The k-th largest of magnitudes, against sorting them.
class MagnitudesTest {
  private static final List<Integer> SIZES = List.of(5000, 1, 300);
  private static final int TOTAL = 5301;
  private static final List<Double> DENSITIES = List.of(0.0, 1e-3, 0.2, 0.5, 0.8, 0.9999, 1.0);

  @TempDir private Path folder;
  private final List<Checkpoint> open = new ArrayList<>();

  @AfterEach
  void closeModels() throws IOException {
    for (Checkpoint model : open) {
      model.close();
    }
  }

  @Test
  void twoPassesFindAnyThreshold() throws IOException {
    float[] values = values(new Random(3)::nextGaussian);
    for (double density : DENSITIES) {
      Magnitudes.Found found = magnitudes(values, density).find();
      assertEquals(List.of(threshold(values, density)), found.thresholds());
      assertEquals(density == 1 ? 1 : 2, found.passes());
    }
  }

  @Test
  void equalAndSpecialMagnitudesAreFound() throws IOException {
    Random random = new Random(4);
    float[] special = {0, -0f, 1, -1, Float.MIN_VALUE, Float.MAX_VALUE, Float.POSITIVE_INFINITY};
    float[] values = values(() -> special[random.nextInt(special.length)]);
    for (double density : DENSITIES) {
      assertEquals(
          List.of(threshold(values, density)), magnitudes(values, density).find().thresholds());
    }
  }

  @Test
  void aSampleThatGuessesWellSavesAPass() throws IOException {
    Random random = new Random(5);
    float[] values = values(() -> 1 + 0.005 * random.nextDouble());
    for (double density : List.of(0.2, 0.5, 0.8)) {
      Magnitudes magnitudes = magnitudes(values, density);
      magnitudes.sample(10);
      Magnitudes.Found found = magnitudes.find();
      assertEquals(List.of(threshold(values, density)), found.thresholds());
      assertEquals(1, found.passes());
    }
  }

  @Test
  void aSampleGuessesWellWhereFewWeightsWereTrained() throws IOException {
    Random random = new Random(7);
    float[] values = values(() -> random.nextInt(10) == 0 ? random.nextGaussian() : 0);
    Magnitudes magnitudes = magnitudes(values, 0.2);
    magnitudes.sample(10);
    Magnitudes.Found found = magnitudes.find();
    assertEquals(List.of(0f), found.thresholds());
    assertEquals(1, found.passes());
  }

  @Test
  void aSampleGuessesWellAmongFewDifferentMagnitudes() throws IOException {
    Random random = new Random(8);
    for (double scale : List.of(1.0, 1.003, 1.007, 1.3, 1.9, 1.999)) {
      float[] values = values(() -> scale * (1 + random.nextInt(4)));
      Magnitudes magnitudes = magnitudes(values, 0.4);
      magnitudes.sample(10);
      Magnitudes.Found found = magnitudes.find();
      assertEquals(List.of((float) (3 * scale)), found.thresholds());
      assertEquals(1, found.passes());
    }
  }

  @Test
  void aSampleThatJustMissesIsCorrectedInOnePass() throws IOException {
    int[] next = {0};
    float[] values = values(() -> 1 + 1e-5 * next[0]++);
    for (double density : List.of(0.2, 0.8)) {
      Magnitudes magnitudes = magnitudes(values, density);
      magnitudes.sample(1); // from the middle: 1.026 instead of 1.042 or 1.011
      Magnitudes.Found found = magnitudes.find();
      assertEquals(List.of(threshold(values, density)), found.thresholds());
      assertEquals(2, found.passes());
    }
  }

  @Test
  void aSampleThatMisleadsCostsPassesOnly() throws IOException {
    IntToDoubleFunction rising = i -> Math.exp(i * 0.01);
    IntToDoubleFunction falling = i -> Math.exp(-i * 0.01);
    for (IntToDoubleFunction function : List.of(rising, falling)) {
      int[] next = {0};
      float[] values = values(() -> function.applyAsDouble(next[0]++));
      for (double density : List.of(1e-3, 0.2, 0.8)) {
        Magnitudes magnitudes = magnitudes(values, density);
        magnitudes.sample(1); // all of it from the middle
        Magnitudes.Found found = magnitudes.find();
        assertEquals(List.of(threshold(values, density)), found.thresholds());
        assertTrue(found.passes() > 1);
      }
    }
  }

  @Test
  void eachModelHasItsOwnThresholdOnAnyNumberOfThreads() throws IOException {
    Random random = new Random(6);
    float[] first = values(random::nextGaussian);
    float[] second = values(() -> 1000 * random.nextGaussian());
    for (int threads : new int[] {1, 2, 5}) {
      List<Work.Merge> merges = merges(List.of(first, second), List.of(0.1, 0.7));
      RunOptions options = RunOptions.defaults().withThreads(threads);
      assertEquals(
          List.of(threshold(first, 0.1), threshold(second, 0.7)),
          new Magnitudes(merges, options).find().thresholds());
    }
  }

  /// With k = ⌊d·density⌋, the (d − k)-th smallest.
  private static float threshold(float[] values, double density) {
    float[] magnitudes = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      magnitudes[i] = Math.abs(values[i]);
    }
    Arrays.sort(magnitudes);
    int dropped = values.length - (int) (values.length * density);
    return dropped == 0 ? 0 : magnitudes[dropped - 1];
  }

  private static float[] values(DoubleSupplier next) {
    float[] values = new float[TOTAL];
    for (int i = 0; i < TOTAL; i++) {
      values[i] = (float) next.getAsDouble();
    }
    return values;
  }

  private Magnitudes magnitudes(float[] values, double density) throws IOException {
    return new Magnitudes(merges(List.of(values), List.of(density)), RunOptions.defaults());
  }

  /// Task vectors of a base of zeros.
  private List<Work.Merge> merges(List<float[]> taskVectors, List<Double> densities)
      throws IOException {
    Checkpoint base = model(new float[TOTAL]);
    List<Checkpoint> models = new ArrayList<>();
    for (float[] values : taskVectors) {
      models.add(model(values));
    }
    List<Work.Merge> merges = new ArrayList<>();
    for (int i = 0; i < SIZES.size(); i++) {
      String name = "t" + i;
      merges.add(
          new Work.Merge(
              "w",
              Optional.of(source(base, name)),
              models.stream().map(model -> source(model, name)).toList(),
              new Ties(densities),
              Optional.empty()));
    }
    return merges;
  }

  private static Source source(Checkpoint model, String name) {
    return new Source(model, model.find(name).orElseThrow());
  }

  /// The values, cut into tensors.
  private Checkpoint model(float[] values) throws IOException {
    Map<String, float[]> tensors = new LinkedHashMap<>();
    int first = 0;
    for (int size : SIZES) {
      tensors.put("t" + tensors.size(), Arrays.copyOfRange(values, first, first + size));
      first += size;
    }
    Path file = folder.resolve(open.size() + ".safetensors");
    open.add(Checkpoint.open(Values.write(file, tensors, Optional.empty())));
    return open.getLast();
  }

  /// Thresholds for models of these densities, and nothing else.
  private record Ties(List<Double> densities) implements TensorMerge.WholeModel {
    @Override
    public boolean givesTaskVector() {
      return true;
    }

    @Override
    public TensorMerge.Electing given(List<Float> thresholds, int majority) {
      return new Election(majority);
    }
  }

  private record Election(int majority) implements TensorMerge.Electing {
    @Override
    public boolean givesTaskVector() {
      return true;
    }

    @Override
    public TensorMerge.Electing under(int other) {
      return new Election(other);
    }

    @Override
    public void vote(float[] base, float[][] models, float[] scratch, int count, Ballot ballot) {}

    @Override
    public void merge(
        long first, float[] base, float[][] models, float[] out, int count, Ballot ballot) {}
  }
}
