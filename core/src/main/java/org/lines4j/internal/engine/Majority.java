package org.lines4j.internal.engine;

import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.lines4j.internal.work.Facts;
import org.lines4j.internal.work.PlannedTensor;
import org.lines4j.internal.work.Work;
import org.lines4j.method.Ballot;
import org.lines4j.method.TensorMerge.Electing;

/// What elections over whole models come to. The majority matters only to elements whose own
/// updates cancel out, and needs all votes: so merging begins under a majority that is very likely
/// the right one, counts the votes as it goes along, and begins again if it was not.
final class Majority {
  /// What counted the votes.
  interface Counted {
    /// The votes of all elements.
    Ballot ballot();
  }

  /// A pass over all tensors.
  @FunctionalInterface
  interface Attempt<R extends Counted> {
    /// Carries it out.
    R under(Facts facts) throws IOException;
  }

  /// What came of a pass under the majority that its votes confirm, or that no element depends on.
  ///
  /// @param facts with that majority
  /// @param attempts how often the pass was carried out
  record Elected<R>(R result, Facts facts, int attempts) {}

  private Majority() {}

  /// Carries a pass out, and once more if the majority proves wrong.
  ///
  /// @param tensors that are merged in it
  static <R extends Counted> Elected<R> elect(
      List<PlannedTensor> tensors, Facts facts, Attempt<R> attempt) throws IOException {
    R first = attempt.under(facts);
    if (!isWrong(tensors, facts, first.ballot())) {
      return new Elected<>(first, facts, 1);
    }
    Facts corrected = facts.withMajority(first.ballot().majority());
    return new Elected<>(attempt.under(corrected), corrected, 2);
  }

  /// Whether tensors were merged under a majority that the votes do not confirm, and any element
  /// depends on it.
  private static boolean isWrong(List<PlannedTensor> tensors, Facts facts, Ballot ballot) {
    return ballot.isTied()
        && tensors.stream()
            .map(facts::applyTo)
            .flatMap(Majority::electing)
            .anyMatch(merge -> merge.majority() != ballot.majority());
  }

  private static Stream<Electing> electing(PlannedTensor tensor) {
    return tensor.work() instanceof Work.Merge work && work.merge() instanceof Electing merge
        ? Stream.of(merge)
        : Stream.empty();
  }
}
