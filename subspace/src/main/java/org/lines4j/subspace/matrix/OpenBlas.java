package org.lines4j.subspace.matrix;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.global.openblas_nolapack;
import org.lines4j.files.LargeMemory;

/// OpenBLAS, as Bytedeco builds it, on one thread: each call is made by a thread that has a matrix
/// of its own.
///
/// LAPACK has matrices column by column, where a matrix of ours is its own transpose.
@SuppressWarnings("restricted") // native code is what this class is for
final class OpenBlas implements Lapack, FloatProducts {
  /// What the library is called on Linux, macOS and Windows. All of LAPACK is in it: JavaCPP names
  /// it by the small bridge that it is loaded with, where the other one takes 24 MB.
  private static final List<String> NAMES =
      List.of(
          "libopenblas_nolapack.so.0",
          "libopenblas_nolapack.0.dylib",
          "libopenblas_nolapack.dll",
          "libopenblas.so.0",
          "libopenblas.0.dylib",
          "libopenblas.dll");

  private static final int ROW_BY_ROW = 101;
  private static final int COLUMN_BY_COLUMN = 102;
  private static final int AS_IT_IS = 111;
  private static final int TRANSPOSED = 112;
  private static final int UPPER = 121;

  private final MethodHandle dgemm;
  private final MethodHandle sgemm;
  private final MethodHandle dsyrk;
  private final MethodHandle dgesdd;
  private final MethodHandle dgesvd;
  private final MethodHandle dsyevd;
  private final TridiagonalEigen tridiagonal;

  private OpenBlas(SymbolLookup library) {
    dgemm =
        function(
            library,
            "cblas_dgemm",
            FunctionDescriptor.ofVoid(
                JAVA_INT,
                JAVA_INT,
                JAVA_INT,
                JAVA_INT,
                JAVA_INT,
                JAVA_INT,
                JAVA_DOUBLE,
                ADDRESS,
                JAVA_INT,
                ADDRESS,
                JAVA_INT,
                JAVA_DOUBLE,
                ADDRESS,
                JAVA_INT));
    sgemm =
        function(
            library,
            "cblas_sgemm",
            FunctionDescriptor.ofVoid(
                JAVA_INT,
                JAVA_INT,
                JAVA_INT,
                JAVA_INT,
                JAVA_INT,
                JAVA_INT,
                JAVA_FLOAT,
                ADDRESS,
                JAVA_INT,
                ADDRESS,
                JAVA_INT,
                JAVA_FLOAT,
                ADDRESS,
                JAVA_INT));
    dsyrk =
        function(
            library,
            "cblas_dsyrk",
            FunctionDescriptor.ofVoid(
                JAVA_INT,
                JAVA_INT,
                JAVA_INT,
                JAVA_INT,
                JAVA_INT,
                JAVA_DOUBLE,
                ADDRESS,
                JAVA_INT,
                JAVA_DOUBLE,
                ADDRESS,
                JAVA_INT));
    dgesdd =
        lapack(
            library,
            "LAPACKE_dgesdd_work",
            JAVA_BYTE,
            JAVA_INT,
            JAVA_INT,
            ADDRESS,
            JAVA_INT,
            ADDRESS,
            ADDRESS,
            JAVA_INT,
            ADDRESS,
            JAVA_INT,
            ADDRESS,
            JAVA_INT,
            ADDRESS);
    dgesvd =
        lapack(
            library,
            "LAPACKE_dgesvd_work",
            JAVA_BYTE,
            JAVA_BYTE,
            JAVA_INT,
            JAVA_INT,
            ADDRESS,
            JAVA_INT,
            ADDRESS,
            ADDRESS,
            JAVA_INT,
            ADDRESS,
            JAVA_INT,
            ADDRESS,
            JAVA_INT);
    dsyevd =
        lapack(
            library,
            "LAPACKE_dsyevd_work",
            JAVA_BYTE,
            JAVA_BYTE,
            JAVA_INT,
            ADDRESS,
            JAVA_INT,
            ADDRESS,
            ADDRESS,
            JAVA_INT,
            ADDRESS,
            JAVA_INT);
    tridiagonal = new TridiagonalEigen(library);
    MethodHandle threads =
        function(library, "openblas_set_num_threads", FunctionDescriptor.ofVoid(JAVA_INT));
    call(
        () -> {
          threads.invokeExact(1);
        });
  }

  private static final class Shared {
    static final Optional<OpenBlas> LIBRARY = load();
  }

  /// The library of this machine, if there is one that can be loaded.
  static Optional<OpenBlas> shared() {
    return Shared.LIBRARY;
  }

  private static Optional<OpenBlas> load() {
    try (NativeFolder _ = NativeFolder.open()) {
      Path bridge = Path.of(Loader.load(openblas_nolapack.class)).toAbsolutePath();
      for (String name : NAMES) {
        Path library = bridge.resolveSibling(name);
        if (Files.exists(library)) {
          return Optional.of(new OpenBlas(SymbolLookup.libraryLookup(library, Arena.global())));
        }
      }
      return Optional.empty();
    } catch (IOException | RuntimeException | LinkageError e) {
      return Optional
          .empty(); // another machine's, or nowhere to unpack it: the work is done in Java
    }
  }

  /// A routine of LAPACK by the interface that takes its own work space.
  static MethodHandle lapack(SymbolLookup library, String name, MemoryLayout... afterTheLayout) {
    return function(
        library,
        name,
        FunctionDescriptor.of(JAVA_INT, JAVA_INT).appendArgumentLayouts(afterTheLayout));
  }

  private static MethodHandle function(
      SymbolLookup library, String name, FunctionDescriptor descriptor) {
    MemorySegment address =
        library.find(name).orElseThrow(() -> new UnsatisfiedLinkError("OpenBLAS without " + name));
    return Linker.nativeLinker().downcallHandle(address, descriptor);
  }

  @Override
  public String name() {
    return "OpenBLAS";
  }

  @Override
  public void multiply(double alpha, Factor a, Factor b, double beta, Matrix into) {
    call(
        () -> {
          dgemm.invokeExact(
              ROW_BY_ROW,
              a.transposed() ? TRANSPOSED : AS_IT_IS,
              b.transposed() ? TRANSPOSED : AS_IT_IS,
              into.rows(),
              into.cols(),
              a.cols(),
              alpha,
              a.matrix().data(),
              stride(a.matrix()),
              b.matrix().data(),
              stride(b.matrix()),
              beta,
              into.data(),
              stride(into));
        });
  }

  @Override
  public void multiply(
      float factor, FloatMatrix a, FloatMatrix b, boolean transposed, FloatMatrix into) {
    call(
        () -> {
          sgemm.invokeExact(
              ROW_BY_ROW,
              AS_IT_IS,
              transposed ? TRANSPOSED : AS_IT_IS,
              into.rows(),
              into.cols(),
              a.cols(),
              factor,
              a.data(),
              Math.max(1, a.stride()),
              b.data(),
              Math.max(1, b.stride()),
              0f,
              into.data(),
              Math.max(1, into.stride()));
        });
  }

  @Override
  public void square(double alpha, Factor a, Matrix into) {
    call(
        () -> {
          dsyrk.invokeExact(
              ROW_BY_ROW,
              UPPER,
              a.transposed() ? TRANSPOSED : AS_IT_IS,
              into.rows(),
              a.cols(),
              alpha,
              a.matrix().data(),
              stride(a.matrix()),
              1.0,
              into.data(),
              stride(into));
        });
  }

  private static int stride(Matrix matrix) {
    return Math.max(1, matrix.stride());
  }

  @Override
  public boolean divideAndConquer(Matrix a, double[] s, Matrix u, Matrix vt) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment integers = arena.allocate(JAVA_INT, 8L * s.length);
      return decompose(
          arena,
          s,
          (values, work, length) ->
              (int)
                  dgesdd.invokeExact(
                      COLUMN_BY_COLUMN,
                      (byte) 'S',
                      a.cols(),
                      a.rows(),
                      a.data(),
                      stride(a),
                      values,
                      vt.data(),
                      stride(vt),
                      u.data(),
                      stride(u),
                      work,
                      length,
                      integers));
    }
  }

  @Override
  public boolean iterate(Matrix a, double[] s, Matrix u, Matrix vt) {
    try (Arena arena = Arena.ofConfined()) {
      return decompose(
          arena,
          s,
          (values, work, length) ->
              (int)
                  dgesvd.invokeExact(
                      COLUMN_BY_COLUMN,
                      (byte) 'S',
                      (byte) 'S',
                      a.cols(),
                      a.rows(),
                      a.data(),
                      stride(a),
                      values,
                      vt.data(),
                      stride(vt),
                      u.data(),
                      stride(u),
                      work,
                      length));
    }
  }

  @FunctionalInterface
  private interface Routine {
    int run(MemorySegment values, MemorySegment work, int length) throws Throwable;
  }

  private static boolean decompose(Arena arena, double[] s, Routine routine) {
    MemorySegment values = arena.allocate(JAVA_DOUBLE, s.length);
    MemorySegment length = arena.allocate(JAVA_DOUBLE);
    boolean isAsked = call(() -> routine.run(values, length, -1)) == 0;
    int needed = (int) length.get(JAVA_DOUBLE, 0);
    MemorySegment work = LargeMemory.allocate(arena, (long) needed * Double.BYTES);
    boolean isDone = isAsked && call(() -> routine.run(values, work, needed)) == 0;
    MemorySegment.copy(values, JAVA_DOUBLE, 0, s, 0, s.length);
    return isDone;
  }

  @Override
  public boolean eigen(Matrix a, double[] values) {
    int n = a.rows();
    try (Arena arena = Arena.ofConfined()) {
      int length = Math.toIntExact(1 + 6L * n + 2L * n * n);
      int lengthOfInts = 3 + 5 * n;
      MemorySegment work = LargeMemory.allocate(arena, (long) length * Double.BYTES);
      MemorySegment integers = arena.allocate(JAVA_INT, lengthOfInts);
      return decompose(
          arena,
          values,
          (into, _, asked) ->
              asked < 0
                  ? 0
                  : (int)
                      dsyevd.invokeExact(
                          COLUMN_BY_COLUMN,
                          (byte) 'V',
                          (byte) 'L',
                          n,
                          a.data(),
                          stride(a),
                          into,
                          work,
                          length,
                          integers,
                          lengthOfInts));
    }
  }

  @Override
  public boolean largest(Matrix a, double[] values, Matrix vectors) {
    return tridiagonal.largest(a, values, vectors);
  }

  @FunctionalInterface
  private interface Call {
    void make() throws Throwable;
  }

  @FunctionalInterface
  interface Asking {
    int make() throws Throwable;
  }

  private static void call(Call call) {
    int _ =
        call(
            () -> {
              call.make();
              return 0;
            });
  }

  static int call(Asking call) {
    try {
      return call.make();
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
