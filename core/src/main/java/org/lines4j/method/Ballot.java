package org.lines4j.method;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import org.lines4j.run.Partial;

/// The signs that elements elect, counted. Ballots over parts of a model add up in any order.
public final class Ballot implements Partial<Ballot> {
  private long sum;
  private boolean tied;

  /// Nothing counted yet.
  public Ballot() {}

  /// Counts elements.
  ///
  /// @param votes how many are positive less how many are negative
  public void add(long votes) {
    sum += votes;
  }

  /// Notes that the majority decides the result of some element, whose own updates cancel out.
  public void addTie() {
    tied = true;
  }

  /// Adds what was counted of other elements.
  @Override
  public void add(Ballot other) {
    sum += other.sum;
    tied |= other.tied;
  }

  @Override
  public void writeTo(DataOutput out) throws IOException {
    out.writeLong(sum);
    out.writeBoolean(tied);
  }

  @Override
  public void readFrom(DataInput in) throws IOException {
    sum = in.readLong();
    tied = in.readBoolean();
  }

  /// The sign that most elements have: −1, 0, or 1.
  public int majority() {
    return Long.signum(sum);
  }

  /// Whether the majority decides the result of any element so far.
  public boolean isTied() {
    return tied;
  }
}
