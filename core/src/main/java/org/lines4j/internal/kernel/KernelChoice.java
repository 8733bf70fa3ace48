package org.lines4j.internal.kernel;

import org.lines4j.internal.kernel.WarmUp.Operation;

/// Which kernels this JVM runs: chosen once, at the first use.
public final class KernelChoice {
  /// Set to `scalar` to do without vectors.
  public static final String KERNELS_PROPERTY = "lines4j.kernels";

  private static final String VECTORS = "jdk.incubator.vector.Vector";

  private static final boolean SIMD = hasSimd();

  private static final TaskVectorKernels TASK_VECTORS =
      SIMD ? new WarmingTaskVectors() : new ScalarTaskVectors();

  private KernelChoice() {}

  /// The fastest kernels that work here, for one thread.
  public static Kernels kernels() {
    return SIMD ? new WarmingKernels() : new ScalarKernels();
  }

  /// The fastest kernels for task vectors that work here, for all threads.
  public static TaskVectorKernels taskVectors() {
    return TASK_VECTORS;
  }

  /// Makes fast what an edit of bfloat16 weights needs: for a program that knows it will need it.
  /// Plain loops at once, by the thread that calls; vector code in the background.
  public static void prepareEdit() {
    begin(Operation.SCALE_BF16);
    PlainLoops.callFiniteness();
  }

  /// The same for sums of updates, which are plain loops.
  public static void prepareSums() {
    PlainLoops.callSums();
    PlainLoops.callFiniteness();
  }

  /// The same for merges that elect signs among the largest magnitudes, however these are found.
  public static void prepareElections() {
    begin(Operation.COUNT_MAGNITUDES, Operation.ELECT);
  }

  /// The same for merges that trim by magnitude and elect signs.
  public static void prepareTies() {
    begin(Operation.COUNT_MAGNITUDES, Operation.TRIM, Operation.ELECT);
  }

  /// The same for merges that trim by magnitude tensor by tensor.
  public static void prepareTrims() {
    begin(Operation.COUNT_MAGNITUDES, Operation.KEEP_MAGNITUDES, Operation.ELECT);
  }

  private static void begin(Operation... operations) {
    if (SIMD) {
      WarmUp.begin(operations);
    }
  }

  private static boolean hasSimd() {
    if ("scalar".equals(System.getProperty(KERNELS_PROPERTY))) {
      return false;
    }
    try {
      // not initialised: that takes a while, and some work never comes to vectors
      Class<?> _ = Class.forName(VECTORS, false, KernelChoice.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException | LinkageError _) {
      System.getLogger("org.lines4j")
          .log(
              System.Logger.Level.WARNING,
              "Running without SIMD, several times slower: start Java with"
                  + " --add-modules jdk.incubator.vector");
      return false;
    }
  }
}
