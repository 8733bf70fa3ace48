package org.lines4j.internal.planner;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.lines4j.plan.PlanRunner;
import org.lines4j.plan.RunOptions;
import org.lines4j.run.Desk;
import org.lines4j.run.Partial;
import org.lines4j.run.Pass;
import org.lines4j.tensor.TensorInfo;

/// A question about each of some tensors, which a plan asks before it can say what the output
/// holds. One thread finds one answer.
///
/// @param title what progress displays call it
/// @param tensors in the order of the answers
record TensorPass<T>(String title, List<TensorInfo> tensors, Question<T> question)
    implements Pass<TensorPass.Answers<T>> {
  /// What is asked.
  @FunctionalInterface
  interface Question<T> {
    /// The answer, from any thread.
    ///
    /// @param tensor its number, from 0
    T answer(int tensor) throws IOException;
  }

  /// The answers about some tensors, by their numbers.
  static final class Answers<T> implements Partial<Answers<T>> {
    private final Map<Integer, T> byTensor = new TreeMap<>();

    @Override
    public void add(Answers<T> other) {
      byTensor.putAll(other.byTensor);
    }

    @Override
    public void writeTo(DataOutput out) {
      throw new UnsupportedOperationException("plans are made in one JVM");
    }

    @Override
    public void readFrom(DataInput in) {
      throw new UnsupportedOperationException("plans are made in one JVM");
    }
  }

  /// The answers about `tensors`, in their order.
  static <T> List<T> ask(
      String title, List<TensorInfo> tensors, RunOptions options, Question<T> question)
      throws IOException {
    if (tensors.isEmpty()) {
      return List.of();
    }
    Answers<T> all =
        PlanRunner.local().threads(options).run(new TensorPass<>(title, tensors, question));
    return new ArrayList<>(all.byTensor.values());
  }

  @Override
  public int units() {
    return tensors.size();
  }

  @Override
  public long bytes(int unit) {
    return tensors.get(unit).byteSize();
  }

  @Override
  public Answers<T> nothing() {
    return new Answers<>();
  }

  @Override
  public long deskBytes() {
    return 1; // what an answer takes, who gives it bounds
  }

  @Override
  public Desk<Answers<T>> desk(Arena arena) {
    return (unit, into) -> into.byTensor.put(unit, question.answer(unit));
  }
}
