package org.lines4j.internal.engine;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.lines4j.internal.work.PlannedTensor;
import org.lines4j.internal.work.Work;
import org.lines4j.method.TensorMerge;

/// Measures a tensor when its first unit comes, if its method must measure it: for those who share
/// the units of a plan with other JVMs. Where all units are done here, tensors are measured before
/// ([Measuring]).
final class OnDemand {
  /// What is known of a tensor may be a number for each of its rows, so that of few is kept: units
  /// of one tensor mostly come one after the other.
  private static final int KEPT = 64;

  private final Map<String, Entry> entries = new LinkedHashMap<>();

  private static final class Entry {
    private Optional<TensorMerge> known = Optional.empty();

    /// Others who come to the same tensor wait.
    synchronized TensorMerge known(Work.Merge work, TensorMerge.Measured merge, TensorMerger merger)
        throws IOException {
      if (known.isEmpty()) {
        known = Optional.of(Measuring.alone(work, merge, merger));
      }
      return known.get();
    }
  }

  /// How a tensor is merged, once all is known of it.
  TensorMerge known(Work.Merge work, TensorMerger merger) throws IOException {
    return work.merge() instanceof TensorMerge.Measured merge
        ? entry(work.tensor()).known(work, merge, merger)
        : work.merge();
  }

  /// A tensor, once all is known of it.
  PlannedTensor known(PlannedTensor tensor, TensorMerger merger) throws IOException {
    return tensor.isToBeMeasured() && tensor.work() instanceof Work.Merge work
        ? tensor.with(work.with(known(work, merger)))
        : tensor;
  }

  private synchronized Entry entry(String tensor) {
    Entry kept = entries.remove(tensor);
    Entry entry = kept == null ? new Entry() : kept;
    entries.put(tensor, entry); // now the youngest
    if (entries.size() > KEPT) {
      entries.remove(entries.keySet().iterator().next());
    }
    return entry;
  }
}
