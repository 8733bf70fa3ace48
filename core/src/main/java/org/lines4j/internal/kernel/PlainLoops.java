package org.lines4j.internal.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.lines4j.tensor.DType;

/// Calls plain loops until the JVM compiles them, which it would otherwise begin to do when all
/// threads already crawl through them.
final class PlainLoops {
  /// Enough for loops to be worth unrolling.
  private static final int SAMPLE = 1024;

  private static final int CALLS = 200;

  private PlainLoops() {}

  /// What sums updates.
  static void callSums() {
    TaskVectorKernels taskVectors = KernelChoice.taskVectors();
    Kernels kernels = KernelChoice.kernels();
    float[] base = new float[SAMPLE];
    float[] model = new float[SAMPLE];
    float[] sum = new float[SAMPLE];
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate((long) SAMPLE * Float.BYTES);
      for (int i = 0; i < CALLS; i++) {
        kernels.decode(DType.F32, bytes, 0, model, SAMPLE);
        taskVectors.addWeighted(base, model, 0.5f, sum, SAMPLE);
        taskVectors.addScaled(base, sum, 0.5f, SAMPLE);
        kernels.encode(DType.F32, sum, bytes, 0, SAMPLE);
      }
    }
  }

  /// What looks for numbers that are not finite.
  static void callFiniteness() {
    Finiteness finiteness = new Finiteness();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate((long) SAMPLE * Float.BYTES);
      for (int i = 0; i < CALLS; i++) {
        boolean _ = finiteness.isFinite(DType.F32, bytes, 0, SAMPLE);
      }
    }
  }
}
