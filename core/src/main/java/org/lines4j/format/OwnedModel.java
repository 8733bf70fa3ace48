package org.lines4j.format;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/// A model that was made of others, which nobody else closes: it closes them, too.
final class OwnedModel extends CheckpointView {
  private final List<Checkpoint> owned;

  /// @param owned closed after the model, the last one first
  OwnedModel(Checkpoint model, List<Checkpoint> owned) {
    super(model);
    this.owned = List.copyOf(owned);
  }

  @Override
  public void close() throws IOException {
    super.close();
    for (Closeable other : owned.reversed()) {
      other.close();
    }
  }
}
