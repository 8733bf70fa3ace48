package org.lines4j.internal.engine;

import java.util.ArrayList;
import java.util.List;
import org.lines4j.format.EncodedTensor;
import org.lines4j.format.Encoding;
import org.lines4j.internal.work.PlannedTensor;

/// Where the elements that are encoded together lie in each part of an encoded tensor: the bytes of
/// a part are shared out evenly, but for those of the first part in the last band, which may be
/// shorter.
final class Bands {
  /// Up to how many elements bands are made wherever chunks happen to begin; what has longer ones,
  /// or several parts, is made in units of its own.
  static final int MOST_IN_CHUNKS = 1 << 15;

  private final long elements;
  private final long length;
  private final List<Long> sizes = new ArrayList<>();
  private final List<Long> steps = new ArrayList<>();

  /// The bands of a tensor.
  Bands(PlannedTensor tensor) {
    this.elements = tensor.info().elements();
    this.length = tensor.encoding().band(tensor.info().shape());
    for (EncodedTensor part : tensor.parts()) {
      long size = part.byteSize();
      long step = sizes.isEmpty() ? size(part) : size / Math.max(1, count());
      sizes.add(size);
      steps.add(count() > 1 ? step : size);
    }
  }

  /// The bytes of the first part in a whole band: that of whole blocks or, where what is stored has
  /// other elements than what it stands for, a share.
  private long size(EncodedTensor first) {
    return first.info().elements() == elements
        ? length / first.block() * first.blockBytes()
        : Math.multiplyExact(first.byteSize(), length) / Math.max(1, elements);
  }

  /// Whether a tensor is made in units of its own: never where it is copied.
  static boolean areUnits(PlannedTensor tensor) {
    Encoding encoding = tensor.encoding();
    return !tensor.isPlain()
        && !tensor.isCopiedAsStored()
        && (tensor.parts().size() > 1 || encoding.band(tensor.info().shape()) > MOST_IN_CHUNKS);
  }

  /// How many there are.
  long count() {
    return Math.ceilDiv(elements, length);
  }

  /// How many elements are in each, but for the last.
  long length() {
    return length;
  }

  /// How many parts there are.
  int parts() {
    return sizes.size();
  }

  /// Where a band's bytes begin in a part.
  long start(int part, long band) {
    return band >= count() ? sizes.get(part) : band * steps.get(part);
  }

  /// How many bytes of a part some bands have.
  long bytes(int part, long from, long to) {
    return start(part, to) - start(part, from);
  }
}
