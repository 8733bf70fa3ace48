package org.lines4j.internal.kernel;

/// Which kernels this JVM runs: chosen once, at the first use.
public final class KernelChoice {
  /// Set to `scalar` to do without vectors.
  public static final String KERNELS_PROPERTY = "lines4j.kernels";

  private static final Kernels KERNELS = choose();

  private KernelChoice() {}

  /// The fastest kernels that work here.
  public static Kernels kernels() {
    return KERNELS;
  }

  private static Kernels choose() {
    if ("scalar".equals(System.getProperty(KERNELS_PROPERTY))) {
      return new ScalarKernels();
    }
    try {
      return new VectorKernels();
    } catch (LinkageError absent) {
      System.getLogger("org.lines4j")
          .log(
              System.Logger.Level.WARNING,
              "Running without SIMD, several times slower: start Java with"
                  + " --add-modules jdk.incubator.vector");
      return new ScalarKernels();
    }
  }
}
