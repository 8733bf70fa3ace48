package org.lines4j.bench;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import org.lines4j.internal.kernel.DifferenceSums;
import org.lines4j.internal.kernel.Kernels;
import org.lines4j.internal.kernel.ScalarKernels;
import org.lines4j.internal.kernel.VectorKernels;
import org.lines4j.tensor.DType;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// Nanoseconds for each element, on tiles that are in the second-level cache.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 1, jvmArgsAppend = "--add-modules=jdk.incubator.vector")
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@OperationsPerInvocation(KernelBenchmark.ELEMENTS)
public class KernelBenchmark {
  static final int ELEMENTS = 32 * Kernels.TILE;

  @Param({"scalar", "vector"})
  public String kind = "vector";

  @Param({"BF16", "F16", "F32"})
  public DType type = DType.BF16;

  private final float[] first = new float[Kernels.TILE];
  private final float[] second = new float[Kernels.TILE];
  private final MemorySegment base = Arena.global().allocate(8L * ELEMENTS, 64);
  private final MemorySegment tuned = Arena.global().allocate(8L * ELEMENTS, 64);
  private final MemorySegment out = Arena.global().allocate(8L * ELEMENTS, 64);
  private final DifferenceSums sums = new DifferenceSums();
  private Kernels kernels = new ScalarKernels();

  @Setup
  public void fill() {
    kernels = kind.equals("scalar") ? new ScalarKernels() : new VectorKernels();
    for (int i = 0; i < Kernels.TILE; i++) {
      first[i] = (float) Math.sin(i);
      second[i] = (float) Math.cos(i);
    }
    for (int tile = 0; tile < ELEMENTS; tile += Kernels.TILE) {
      kernels.encode(type, first, base, (long) tile * type.bytes(), Kernels.TILE);
      kernels.encode(type, second, tuned, (long) tile * type.bytes(), Kernels.TILE);
    }
  }

  @Benchmark
  public void decode() {
    for (int tile = 0; tile < ELEMENTS; tile += Kernels.TILE) {
      kernels.decode(type, base, (long) tile * type.bytes(), first, Kernels.TILE);
    }
  }

  @Benchmark
  public void encode() {
    for (int tile = 0; tile < ELEMENTS; tile += Kernels.TILE) {
      kernels.encode(type, second, out, (long) tile * type.bytes(), Kernels.TILE);
    }
  }

  /// Two decodes, the arithmetic, one encode: what an edit does.
  @Benchmark
  public void scale() {
    for (int tile = 0; tile < ELEMENTS; tile += Kernels.TILE) {
      long offset = (long) tile * type.bytes();
      kernels.decode(type, base, offset, first, Kernels.TILE);
      kernels.decode(type, tuned, offset, second, Kernels.TILE);
      kernels.scale(first, second, 0.3f, first, Kernels.TILE);
      kernels.encode(type, first, out, offset, Kernels.TILE);
    }
  }

  /// Two decodes and all sums: what a diff does.
  @Benchmark
  public DifferenceSums difference() {
    for (int tile = 0; tile < ELEMENTS; tile += Kernels.TILE) {
      long offset = (long) tile * type.bytes();
      kernels.decode(type, base, offset, first, Kernels.TILE);
      kernels.decode(type, tuned, offset, second, Kernels.TILE);
      kernels.difference(first, second, Kernels.TILE, sums);
    }
    return sums;
  }
}
