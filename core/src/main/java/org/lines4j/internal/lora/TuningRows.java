package org.lines4j.internal.lora;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.lines4j.format.TensorSource;
import org.lines4j.lowrank.MatrixRows;
import org.lines4j.tensor.DType;

/// What a fine-tuning changed of one matrix, θ − θ0 in float32, as PEFT has it: [out, in].
public final class TuningRows implements MatrixRows {
  private static final int PIECE = 1 << 20;

  private final Factor base;
  private final Factor tuned;

  /// @param isTurned whether they are stored as [in, out]
  public TuningRows(TensorSource base, TensorSource tuned, boolean isTurned) {
    this.base = isTurned ? Factor.of(base).transposed() : Factor.of(base);
    this.tuned = isTurned ? Factor.of(tuned).transposed() : Factor.of(tuned);
  }

  @Override
  public int rows() {
    return Math.toIntExact(base.rows());
  }

  @Override
  public int columns() {
    return Math.toIntExact(base.columns());
  }

  @Override
  public void read(int row, int count, float[] into) throws IOException {
    float[][] from = base.read(row, count, 0, columns());
    float[][] to = tuned.read(row, count, 0, columns());
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < from[i].length; j++) {
        into[i * from[i].length + j] = to[i][j] - from[i][j];
      }
    }
  }

  /// Whether any element of two tensors of one shape differs.
  public static boolean differ(TensorSource base, TensorSource tuned) throws IOException {
    DType type = base.info().dtype();
    if (type == tuned.info().dtype() || !type.isFloating() || !tuned.info().dtype().isFloating()) {
      return differ(base, tuned, base.info().byteSize());
    }
    long elements = base.info().elements();
    for (long at = 0; at < elements; at += PIECE) {
      int length = (int) Math.min(PIECE, elements - at);
      if (!Arrays.equals(piece(base, at, length), piece(tuned, at, length))) {
        return true;
      }
    }
    return false;
  }

  private static boolean differ(TensorSource base, TensorSource tuned, long size)
      throws IOException {
    if (tuned.info().byteSize() != size) {
      return true;
    }
    for (long at = 0; at < size; at += PIECE) {
      MemorySegment one = MemorySegment.ofArray(new byte[(int) Math.min(PIECE, size - at)]);
      MemorySegment other = MemorySegment.ofArray(new byte[(int) one.byteSize()]);
      base.read(at, one);
      tuned.read(at, other);
      if (one.mismatch(other) >= 0) {
        return true;
      }
    }
    return false;
  }

  /// Whether a floating tensor holds neither NaN nor infinity.
  public static boolean isFinite(TensorSource tensor) throws IOException {
    long elements = tensor.info().elements();
    for (long at = 0; at < elements; at += PIECE) {
      for (float value : piece(tensor, at, (int) Math.min(PIECE, elements - at))) {
        if (!Float.isFinite(value)) {
          return false;
        }
      }
    }
    return true;
  }

  private static float[] piece(TensorSource tensor, long at, int length) throws IOException {
    return new Factor(tensor, at, 1, length, length, 1).read(0, 1, 0, length)[0];
  }
}
