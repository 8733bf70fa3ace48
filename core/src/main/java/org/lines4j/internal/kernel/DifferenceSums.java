package org.lines4j.internal.kernel;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/// What is summed over a base tensor b, its tuned tensor t and τ = t − b (rounded to float32).
///
/// Each tile adds [#LANES] partial sums, lane j holding the elements j, j + LANES, … in order,
/// which are then added as a tree. The order thus depends on the elements' positions alone, not on
/// the width of vectors, and merging two of these in tensor order gives the same bits always.
public final class DifferenceSums {
  /// The number of partial sums in a tile; a multiple of every vector width in use.
  public static final int LANES = 8;

  /// Σ τ².
  public double tauSquared;

  /// Σ |τ|.
  public double tauAbsolute;

  /// Σ b².
  public double baseSquared;

  /// Σ t².
  public double tunedSquared;

  /// Σ b·t.
  public double product;

  /// The largest |τ|; NaN if any τ is.
  public double tauLargest;

  /// How many τ are zero.
  public long zeros;

  /// How many elements there were.
  public long elements;

  /// How many elements of the base are NaN, and how many infinite; of the tuned tensor.
  public long baseNan;

  public long baseInfinite;
  public long tunedNan;
  public long tunedInfinite;

  /// Whether some element of the base or the tuned tensor is NaN or infinite, so that most sums
  /// are. Squares of finite floats do not overflow a double.
  public boolean isUndefined() {
    return !Double.isFinite(baseSquared) || !Double.isFinite(tunedSquared);
  }

  /// Counts what is not finite in a tile that is summed already.
  public void countNotFinite(float[] base, float[] tuned, int count) {
    for (int i = 0; i < count; i++) {
      baseNan += Float.isNaN(base[i]) ? 1 : 0;
      baseInfinite += Float.isInfinite(base[i]) ? 1 : 0;
      tunedNan += Float.isNaN(tuned[i]) ? 1 : 0;
      tunedInfinite += Float.isInfinite(tuned[i]) ? 1 : 0;
    }
  }

  /// Adds what `other` summed over the elements that follow.
  public void add(DifferenceSums other) {
    tauSquared += other.tauSquared;
    tauAbsolute += other.tauAbsolute;
    baseSquared += other.baseSquared;
    tunedSquared += other.tunedSquared;
    product += other.product;
    tauLargest = Math.max(tauLargest, other.tauLargest);
    zeros += other.zeros;
    elements += other.elements;
    baseNan += other.baseNan;
    baseInfinite += other.baseInfinite;
    tunedNan += other.tunedNan;
    tunedInfinite += other.tunedInfinite;
  }

  /// Writes them.
  public void writeTo(DataOutput out) throws IOException {
    out.writeDouble(tauSquared);
    out.writeDouble(tauAbsolute);
    out.writeDouble(baseSquared);
    out.writeDouble(tunedSquared);
    out.writeDouble(product);
    out.writeDouble(tauLargest);
    out.writeLong(zeros);
    out.writeLong(elements);
    out.writeLong(baseNan);
    out.writeLong(baseInfinite);
    out.writeLong(tunedNan);
    out.writeLong(tunedInfinite);
  }

  /// Reads what [#writeTo] has written into these, which are zero.
  public void readFrom(DataInput in) throws IOException {
    tauSquared = in.readDouble();
    tauAbsolute = in.readDouble();
    baseSquared = in.readDouble();
    tunedSquared = in.readDouble();
    product = in.readDouble();
    tauLargest = in.readDouble();
    zeros = in.readLong();
    elements = in.readLong();
    baseNan = in.readLong();
    baseInfinite = in.readLong();
    tunedNan = in.readLong();
    tunedInfinite = in.readLong();
  }

  /// The sum of the lanes of one tile.
  static double tree(double[] lanes) {
    return ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3]))
        + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]));
  }
}
