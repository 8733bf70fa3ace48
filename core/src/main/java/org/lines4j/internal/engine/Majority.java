package org.lines4j.internal.engine;

import java.util.List;
import java.util.stream.Stream;
import org.lines4j.method.Ballot;
import org.lines4j.method.TensorMerge.Electing;
import org.lines4j.plan.PlannedTensor;
import org.lines4j.plan.Work;

/// What elections over whole models come to. The majority matters only to elements whose own
/// updates cancel out, and needs all votes: so merging begins under a majority that is very likely
/// the right one, counts the votes as it goes along, and begins again if it was not.
final class Majority {
  private Majority() {}

  /// Whether these tensors were merged under a majority that the votes do not confirm, and any
  /// element depends on it.
  static boolean isWrong(List<PlannedTensor> tensors, Ballot ballot) {
    return ballot.isTied()
        && tensors.stream()
            .flatMap(Majority::electing)
            .anyMatch(merge -> merge.majority() != ballot.majority());
  }

  /// A tensor, merged under the majority that the votes give.
  static PlannedTensor corrected(PlannedTensor tensor, Ballot ballot) {
    return tensor.work() instanceof Work.Merge work && work.merge() instanceof Electing merge
        ? tensor.with(work.with(merge.under(ballot.majority())))
        : tensor;
  }

  private static Stream<Electing> electing(PlannedTensor tensor) {
    return tensor.work() instanceof Work.Merge work && work.merge() instanceof Electing merge
        ? Stream.of(merge)
        : Stream.empty();
  }
}
