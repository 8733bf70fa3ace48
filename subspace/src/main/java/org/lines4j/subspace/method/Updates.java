package org.lines4j.subspace.method;

import java.lang.foreign.Arena;
import org.lines4j.subspace.matrix.Matrix;
import org.lines4j.subspace.matrix.Panelled;

/// What the models change of one matrix of the base, in double: the updates that are not zero, by
/// their content, so that the order of the models changes nothing.
interface Updates {
  int rows();

  int cols();

  /// r, the smaller extent of the matrix.
  int least();

  /// N, those that change nothing among them.
  int models();

  /// How many change something.
  int count();

  /// Whether all elements of all updates are finite.
  boolean areFinite();

  /// An update that is not zero.
  ///
  /// @param index below [#count]
  Panelled update(int index);

  /// The same in memory.
  default Matrix get(Arena arena, int index) {
    return update(index).copy(arena);
  }

  /// Which of the models an update is of.
  int model(int index);

  /// ‖τ‖²_F.
  double squares(int index);

  /// Στ.
  Panelled total();

  /// Στ/N.
  default Matrix mean(Arena arena) {
    Matrix mean = total().copy(arena);
    mean.scale(1.0 / models());
    return mean;
  }

  /// How many of the matrix's columns are left out of [#cols], because the updates make nothing of
  /// them.
  default int idle() {
    return 0;
  }
}
