package org.lines4j.lab.image;

import java.util.List;

/// Images to classify.
public interface ImageTask {
  /// Lower case, such as `digits`.
  String name();

  /// The classes' names.
  List<String> classes();

  /// Renders images `first` to `first + count − 1` of an endless sequence that `seed`, this task
  /// and `split` determine; every image depends on its own number alone, and classes are balanced.
  ///
  /// With a shift the same images are drawn, shifted.
  Images render(long seed, Split split, Shift shift, int first, int count);
}
