package org.lines4j.method;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import java.util.OptionalInt;
import org.lines4j.run.Partial;

/// Sums over whole models in double, added exactly and rounded once: so they are the same to the
/// last bit on any number of threads and machines, and take the same room for any model.
public final class PieceSums implements Partial<PieceSums> {
  private static final int NONE = Integer.MAX_VALUE;

  private final ExactSum[] sums;
  private int firstUndefined = NONE;

  /// @param sums how many are kept at once
  public PieceSums(int sums) {
    this.sums = new ExactSum[sums];
    Arrays.setAll(this.sums, _ -> new ExactSum());
  }

  /// Adds to sum `which`.
  ///
  /// @param piece of the models that it comes from
  public void add(int piece, int which, double value) {
    sums[which].add(value);
    if (!Double.isFinite(value)) {
      firstUndefined = Math.min(firstUndefined, piece);
    }
  }

  /// Takes over the sums of other pieces.
  @Override
  public void add(PieceSums other) {
    for (int i = 0; i < sums.length; i++) {
      sums[i].add(other.sums[i]);
    }
    firstUndefined = Math.min(firstUndefined, other.firstUndefined);
  }

  @Override
  public void writeTo(DataOutput out) throws IOException {
    for (ExactSum sum : sums) {
      sum.writeTo(out);
    }
    out.writeInt(firstUndefined);
  }

  @Override
  public void readFrom(DataInput in) throws IOException {
    for (ExactSum sum : sums) {
      sum.readFrom(in);
    }
    firstUndefined = in.readInt();
  }

  /// Sum `which`.
  public double total(int which) {
    return sums[which].value();
  }

  /// The first piece that gave a number that is not finite.
  public OptionalInt firstUndefined() {
    return firstUndefined == NONE ? OptionalInt.empty() : OptionalInt.of(firstUndefined);
  }
}
