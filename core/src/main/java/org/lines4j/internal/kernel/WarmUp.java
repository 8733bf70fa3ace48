package org.lines4j.internal.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.lines4j.tensor.DType;

/// Calls vector kernels in the background until the JVM has compiled them.
///
/// Until then, code on the Vector API is a hundred times slower than plain loops, and every working
/// thread would crawl through it. Where an operation never gets fast, it never gets warm.
final class WarmUp {
  /// What is compiled on its own.
  enum Operation {
    DECODE_BF16,
    ENCODE_BF16,
    ENCODE_F16,
    DECODE_FLOAT8,
    ENCODE_FLOAT8,
    LARGEST_MAGNITUDE,
    SCALE,
    SCALE_BF16,
    DIFFERENCE,
    TRIM,
    ELECT,
    KEEP_MAGNITUDES,
    COUNT_MAGNITUDES,
    SUM_OF_MAGNITUDES
  }

  private enum State {
    COLD,
    WARMING,
    WARM
  }

  /// Few elements, so that the Vector API's own methods, which are slow until the kernels are
  /// compiled with them inside, are not compiled by themselves for being called so often. Enough
  /// for a loop; no multiple of any vector's length, so that what is done with the rest is
  /// compiled, too.
  private static final int SAMPLE = 37;

  /// One of the magnitudes that [#fill] gives.
  private static final int LOW = Float.floatToRawIntBits(16);

  private static final int CALLS = 30;

  /// Per element, at most; slow code takes microseconds.
  private static final double FAST_NANOSECONDS = 20;

  /// Between rounds, so that the compiler has the processor.
  private static final long PAUSE_MILLISECONDS = 2;

  private static final int PATIENCE_ROUNDS = 2000;

  private static final Map<Operation, AtomicReference<State>> STATES =
      new EnumMap<>(Operation.class);
  private static final BlockingQueue<Operation> WANTED = new LinkedBlockingQueue<>();

  static {
    for (Operation operation : Operation.values()) {
      STATES.put(operation, new AtomicReference<>(State.COLD));
    }
    Thread.ofPlatform().name("lines-warm-up").daemon().start(() -> new WarmUp().run());
  }

  private final Kernels vector = new VectorKernels();
  private final TaskVectorKernels taskVectors = new VectorTaskVectors();
  private final float[] a = new float[SAMPLE];
  private final float[] b = new float[SAMPLE];
  private final float[] sum = new float[SAMPLE];
  private final float[][] models = {new float[SAMPLE], new float[SAMPLE]};
  private final float[] shares = {0.5f, -0.5f};
  private final float[] none = {0, 0};
  private final MagnitudeCounts counts = new MagnitudeCounts(LOW, 0, 1);
  private final DifferenceSums sums = new DifferenceSums();
  private boolean even;

  private WarmUp() {}

  /// Begins with operations that will be needed, without waiting to be asked.
  static void begin(Operation... operations) {
    for (Operation operation : operations) {
      boolean _ = isWarm(operation);
    }
  }

  /// Whether the operation is fast; if not, it will be.
  static boolean isWarm(Operation operation) {
    AtomicReference<State> state = state(operation);
    if (state.get() == State.COLD && state.compareAndSet(State.COLD, State.WARMING)) {
      WANTED.add(operation);
    }
    return state.get() == State.WARM;
  }

  private static AtomicReference<State> state(Operation operation) {
    return Objects.requireNonNull(STATES.get(operation));
  }

  private void run() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(4L * SAMPLE);
      while (true) {
        warm(new ArrayList<>(List.of(WANTED.take())), bytes);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // nobody else knows this thread: the JVM ends
    }
  }

  /// Calls the operations in turn, and those that are wanted meanwhile, until each is fast.
  private void warm(List<Operation> cold, MemorySegment bytes) throws InterruptedException {
    for (int round = 0; !cold.isEmpty() && round < PATIENCE_ROUNDS; round++) {
      WANTED.drainTo(cold);
      for (Operation operation : List.copyOf(cold)) {
        if (isFast(operation, bytes)) {
          state(operation).set(State.WARM);
          cold.remove(operation);
        }
      }
      Thread.sleep(PAUSE_MILLISECONDS);
    }
  }

  private boolean isFast(Operation operation, MemorySegment bytes) {
    long start = System.nanoTime();
    for (int i = 0; i < CALLS; i++) {
      fill();
      call(operation, bytes);
    }
    return System.nanoTime() - start < FAST_NANOSECONDS * CALLS * SAMPLE;
  }

  private void call(Operation operation, MemorySegment bytes) {
    switch (operation) {
      case DECODE_BF16 -> vector.decode(DType.BF16, bytes, 0, a, SAMPLE);
      case ENCODE_BF16 -> vector.encode(DType.BF16, a, bytes, 0, SAMPLE);
      case ENCODE_F16 -> vector.encode(DType.F16, a, bytes, 0, SAMPLE);
      case DECODE_FLOAT8 -> vector.decode(DType.F8_E4M3, bytes, 0, a, SAMPLE);
      case ENCODE_FLOAT8 -> vector.encode(DType.F8_E4M3, models[1], bytes, 0, SAMPLE);
      case LARGEST_MAGNITUDE -> sums.tauLargest += vector.largestMagnitude(models[1], 0, SAMPLE);
      case SCALE -> vector.scale(a, b, 0.5f, a, SAMPLE);
      case SCALE_BF16 -> vector.scaleBf16(bytes, bytes, 0, 0.5f, bytes, 0, SAMPLE);
      case DIFFERENCE -> vector.difference(a, b, SAMPLE, sums);
      case TRIM -> taskVectors.trim(a, models[0], 0.5f, 1.5f, sum, SAMPLE);
      case ELECT -> {
        boolean _ = taskVectors.elect(sum, models, 1, even ? shares : none, SAMPLE);
      }
      case KEEP_MAGNITUDES -> taskVectors.keepMagnitudes(models[1], LOW, LOW, 0, SAMPLE);
      case COUNT_MAGNITUDES -> taskVectors.countMagnitudes(a, models[1], counts, SAMPLE);
      case SUM_OF_MAGNITUDES -> sums.tauAbsolute += taskVectors.sumOfMagnitudes(models[1], SAMPLE);
    }
  }

  /// Numbers that take the code through all of its branches: what it has never been through is not
  /// compiled, and would be slow once more when it first is.
  private void fill() {
    even = !even;
    for (int i = 0; i < SAMPLE; i++) {
      a[i] = 0;
      sum[i] = even ? i % 3 - 1 : 1; // with ties and without
      models[0][i] = i % 5 - 2;
      models[1][i] = i - 18;
    }
  }
}
