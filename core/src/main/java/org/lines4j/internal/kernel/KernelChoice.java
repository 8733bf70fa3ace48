package org.lines4j.internal.kernel;

/// Which kernels this JVM runs: chosen once, at the first use.
public final class KernelChoice {
  /// Set to `scalar` to do without vectors.
  public static final String KERNELS_PROPERTY = "lines4j.kernels";

  private static final boolean SIMD = hasSimd();

  private KernelChoice() {}

  /// The fastest kernels that work here, for one thread.
  public static Kernels kernels() {
    return SIMD ? new WarmingKernels() : new ScalarKernels();
  }

  /// Begins to make them fast, in the background: for a program that knows it will need them.
  public static void prepare() {
    if (SIMD) {
      WarmUp.begin();
    }
  }

  private static boolean hasSimd() {
    if ("scalar".equals(System.getProperty(KERNELS_PROPERTY))) {
      return false;
    }
    try {
      Kernels _ = new VectorKernels();
      return true;
    } catch (LinkageError _) {
      System.getLogger("org.lines4j")
          .log(
              System.Logger.Level.WARNING,
              "Running without SIMD, several times slower: start Java with"
                  + " --add-modules jdk.incubator.vector");
      return false;
    }
  }
}
