package org.lines4j.method;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.lines4j.run.Partial;

/// Sums over whole models in double, of which each piece that was come to keeps its own: added in
/// the order of the pieces, they are the same to the last bit on any number of threads.
public final class PieceSums implements Partial<PieceSums> {
  private static final int FIRST_ROOM = 16;

  private final int sums;
  private int count;
  private int[] pieces = new int[FIRST_ROOM];
  private double[] values;

  /// @param sums how many are kept at once
  public PieceSums(int sums) {
    this.sums = sums;
    this.values = new double[FIRST_ROOM * sums];
  }

  /// Adds to sum `which` of a piece. All of a piece comes one after the other.
  public void add(int piece, int which, double value) {
    if (count == 0 || pieces[count - 1] != piece) {
      append(piece);
    }
    values[(count - 1) * sums + which] += value;
  }

  private void append(int piece) {
    if (count == pieces.length) {
      pieces = Arrays.copyOf(pieces, 2 * count);
      values = Arrays.copyOf(values, 2 * count * sums);
    }
    pieces[count++] = piece;
  }

  /// Takes over the sums of other pieces.
  @Override
  public void add(PieceSums other) {
    for (int i = 0; i < other.count; i++) {
      append(other.pieces[i]);
      System.arraycopy(other.values, i * sums, values, (count - 1) * sums, sums);
    }
  }

  @Override
  public void writeTo(DataOutput out) throws IOException {
    out.writeInt(count);
    for (int i = 0; i < count; i++) {
      out.writeInt(pieces[i]);
      for (int s = 0; s < sums; s++) {
        out.writeDouble(values[i * sums + s]);
      }
    }
  }

  @Override
  public void readFrom(DataInput in) throws IOException {
    for (int left = in.readInt(); left > 0; left--) {
      append(in.readInt());
      for (int s = 0; s < sums; s++) {
        values[(count - 1) * sums + s] = in.readDouble();
      }
    }
  }

  /// Sum `which`.
  public double total(int which) {
    return inOrder().mapToDouble(i -> values[i * sums + which]).reduce(0, Double::sum);
  }

  /// The first piece with a sum that is not finite.
  public OptionalInt firstUndefined() {
    return inOrder().filter(i -> !isFinite(i)).map(i -> pieces[i]).findFirst();
  }

  private boolean isFinite(int at) {
    return Arrays.stream(values, at * sums, (at + 1) * sums).allMatch(Double::isFinite);
  }

  /// Where the sums are, in the order of the pieces.
  private IntStream inOrder() {
    return IntStream.range(0, count)
        .boxed()
        .sorted(Comparator.comparingInt(i -> pieces[i]))
        .mapToInt(i -> i);
  }
}
