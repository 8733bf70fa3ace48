package org.lines4j.internal.method;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.lines4j.internal.method.MagnitudeBand.Ranks;
import org.lines4j.method.TensorMerge;
import org.lines4j.method.TensorScan;

/// Each model's task vector reduced to the elements of some magnitudes, tensor by tensor, then all
/// mixed.
///
/// @param trims one for each model
/// @param preservesNorm whether each is scaled afterwards to the ‖·‖₁ it had before
record TrimmedTaskVectors(List<Trim> trims, boolean preservesNorm, Mixture mixture)
    implements TensorMerge.Measured {
  /// Which elements are kept.
  @FunctionalInterface
  interface Trim {
    /// The ranks of those kept, of a tensor of `count` elements.
    Ranks ranks(long count);
  }

  /// What a fraction that keeps all of so many keeps all of any number.
  private static final long MANY = 1 << 20;

  TrimmedTaskVectors {
    trims = List.copyOf(trims);
  }

  @Override
  public boolean givesTaskVector() {
    return true;
  }

  @Override
  public int scans() {
    boolean trims = this.trims.stream().anyMatch(trim -> !trim.ranks(MANY).isAll(MANY));
    return (trims ? MagnitudeBand.SCANS : 0) + (preservesNorm ? 1 : 0);
  }

  @Override
  public Elementwise given(TensorScan scan) throws IOException {
    List<Ranks> ranks = new ArrayList<>();
    for (Trim trim : trims) {
      ranks.add(trim.ranks(scan.shape().elements()));
    }
    List<SparseTaskVectors.Pruner> pruners = new ArrayList<>();
    List<MagnitudeBand> bands =
        MagnitudeBand.find(
            scan, (_, base, models, count) -> Span.UPDATES.vectors(base, models, count), ranks);
    for (MagnitudeBand band : bands) {
      pruners.add(band::prune);
    }
    return preservesNorm
        ? SparseTaskVectors.preservingNorm(scan, pruners, mixture)
        : SparseTaskVectors.of(pruners, mixture);
  }
}
