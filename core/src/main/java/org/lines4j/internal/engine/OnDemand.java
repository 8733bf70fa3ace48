package org.lines4j.internal.engine;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.lines4j.internal.work.PlannedTensor;
import org.lines4j.internal.work.Work;
import org.lines4j.method.TensorMerge;

/// Measures tensors that must be when the first unit comes to them, for those who share the units
/// of a plan with other JVMs. Where all units are done here, tensors are measured before
/// ([Settling]).
final class OnDemand {
  /// What is known of a tensor may be a number for each of its rows, so that of few is kept: units
  /// of one tensor mostly come one after the other.
  private static final int KEPT = 64;

  private final Map<String, Entry> entries = new LinkedHashMap<>();

  private static final class Entry {
    private Optional<TensorMerge> settled = Optional.empty();

    /// Others who come to the same tensor wait.
    synchronized TensorMerge settled(
        Work.Merge work, TensorMerge.Measured merge, TensorMerger merger) throws IOException {
      if (settled.isEmpty()) {
        settled = Optional.of(Settling.alone(work, merge, merger));
      }
      return settled.get();
    }
  }

  /// How a tensor is merged, once all is known of it.
  TensorMerge settled(Work.Merge work, TensorMerger merger) throws IOException {
    return work.merge() instanceof TensorMerge.Measured merge
        ? entry(work.tensor()).settled(work, merge, merger)
        : work.merge();
  }

  /// A tensor, once all is known of it.
  PlannedTensor settled(PlannedTensor tensor, TensorMerger merger) throws IOException {
    return tensor.isToBeMeasured() && tensor.work() instanceof Work.Merge work
        ? tensor.with(work.with(settled(work, merger)))
        : tensor;
  }

  private synchronized Entry entry(String tensor) {
    Entry known = entries.remove(tensor);
    Entry entry = known == null ? new Entry() : known;
    entries.put(tensor, entry); // now the youngest
    if (entries.size() > KEPT) {
      entries.remove(entries.keySet().iterator().next());
    }
    return entry;
  }
}
