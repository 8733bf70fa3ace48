package org.lines4j.evaluate;

import java.util.ArrayList;
import java.util.List;

/// A part of some data, evenly spaced, so that each part has something of everything.
final class Sampled {
  private Sampled() {}

  /// So large a part, rounded up.
  static <T> List<T> of(List<T> all, double fraction) {
    int count = Math.clamp((int) Math.ceil(fraction * all.size()), 1, all.size());
    List<T> some = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      some.add(all.get((int) ((long) i * all.size() / count)));
    }
    return some;
  }
}
