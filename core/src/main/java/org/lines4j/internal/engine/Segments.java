package org.lines4j.internal.engine;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.lines4j.internal.kernel.KernelChoice;
import org.lines4j.plan.Pass;
import org.lines4j.plan.RunOptions;
import org.lines4j.plan.Work;

/// The independent pieces of a pass over the inputs: parts of tensors of a fixed number of
/// elements, or whole tensors where a merge needs them.
final class Segments {
  /// A part of a tensor.
  ///
  /// @param index among all segments, in the order of the tensors
  record Segment(int index, Work.Merge work, long first, long elements) {
    /// What is read for it.
    long inputBytes() {
      return work.sources().stream().mapToLong(source -> source.dtype().bytes() * elements).sum();
    }
  }

  /// What one thread finds out over some of the segments.
  interface Partial<P> {
    /// Takes over what another thread has found. In whatever order that is done, the result is the
    /// same to the last bit.
    void add(P other);

    /// Handles a segment.
    void measure(Segment segment, TensorMerger merger) throws IOException;
  }

  private Segments() {}

  /// Cuts tensors into segments.
  static List<Segment> of(List<Work.Merge> merges) {
    List<Segment> segments = new ArrayList<>();
    for (Work.Merge work : merges) {
      long total = work.elements();
      long length = work.unit();
      for (long first = 0; first < total; first += length) {
        segments.add(new Segment(segments.size(), work, first, Math.min(length, total - first)));
      }
    }
    return segments;
  }

  /// Evenly spread parts.
  ///
  /// @param runs how many; at least 1
  /// @param length of each, in elements
  static List<Segment> sample(List<Work.Merge> merges, long runs, int length) {
    long step = merges.stream().mapToLong(Work.Merge::elements).sum() / runs;
    List<Segment> segments = new ArrayList<>();
    long next = step / 2;
    for (Work.Merge work : merges) {
      for (; next < work.elements(); next += step) {
        long elements = Math.min(length, work.elements() - next);
        segments.add(new Segment(segments.size(), work, next, elements));
      }
      next -= work.elements();
    }
    return segments;
  }

  /// Measures all segments, as a pass of that kind.
  static <P extends Partial<P>> P pass(
      Pass.Kind kind, List<Segment> segments, Supplier<P> empty, RunOptions options)
      throws IOException {
    long bytes = segments.stream().mapToLong(Segment::inputBytes).sum();
    options.progress().start(kind.title(), bytes);
    return run(segments, empty, options);
  }

  /// Measures all segments.
  static <P extends Partial<P>> P run(List<Segment> segments, Supplier<P> empty, RunOptions options)
      throws IOException {
    P total = empty.get();
    MemoryBudget budget = MemoryBudget.forWholeTensors();
    Workers.share(
        segments,
        Workers.threads(options, TensorMerger.BUFFER_BYTES),
        items -> {
          P partial = empty.get();
          try (Arena arena = Arena.ofConfined()) {
            TensorMerger merger = new TensorMerger(arena, KernelChoice.kernels(), budget);
            for (Segment segment = items.next(); segment != null; segment = items.next()) {
              partial.measure(segment, merger);
              options.progress().advance(segment.inputBytes());
            }
          }
          synchronized (total) {
            total.add(partial);
          }
        });
    return total;
  }
}
