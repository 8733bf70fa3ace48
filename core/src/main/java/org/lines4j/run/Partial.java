package org.lines4j.run;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/// What came of some of the units of a pass.
///
/// Its size follows the units that it is of, or is fixed; it never follows the model's. One thread
/// works on it at a time.
public interface Partial<R> {
  /// Takes over what came of other units. In whatever order that is done, the result is the same to
  /// the last bit.
  void add(R other);

  /// Writes it, so that another JVM can go on with it.
  void writeTo(DataOutput out) throws IOException;

  /// Reads what [#writeTo] wrote. This one must be empty, and made for the same pass.
  void readFrom(DataInput in) throws IOException;
}
