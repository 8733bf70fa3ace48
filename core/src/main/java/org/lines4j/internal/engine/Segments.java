package org.lines4j.internal.engine;

import java.util.ArrayList;
import java.util.List;
import org.lines4j.internal.work.Work;

/// The independent pieces of a pass over the inputs: parts of tensors of a fixed number of
/// elements, or whole tensors where a merge needs them.
final class Segments {
  /// A part of a tensor.
  ///
  /// @param index among all segments, in the order of the tensors
  record Segment(int index, Work.Merge work, long first, long elements) {
    /// What is read for it.
    long inputBytes() {
      return work.inputBytes(elements);
    }
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

  /// Cuts one tensor into segments that begin at multiples of `band` elements.
  static List<Segment> of(Work.Merge work, long band) {
    List<Segment> segments = new ArrayList<>();
    long total = work.elements();
    long length = roundUp(work.unit(), band);
    for (long first = 0; first < total; first += length) {
      segments.add(new Segment(segments.size(), work, first, Math.min(length, total - first)));
    }
    return segments;
  }

  /// Up to a length that is made of whole units and of whole bands.
  private static long roundUp(long unit, long band) {
    long length = unit;
    while (length % band != 0) {
      length = Math.addExact(length, unit);
    }
    return length;
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
}
