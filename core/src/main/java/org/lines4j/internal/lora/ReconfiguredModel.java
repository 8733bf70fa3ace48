package org.lines4j.internal.lora;

import java.util.Collection;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.CheckpointView;
import org.lines4j.format.Companions;

/// A base as another model, with tensors and a configuration of its own. Closing it closes nothing.
abstract class ReconfiguredModel extends CheckpointView {
  private final Companions companions;

  ReconfiguredModel(
      Checkpoint base, Collection<ShownTensor> tensors, ChangedCompanions.ConfigChange change) {
    super(base, tensors);
    this.companions =
        base.isFolder() ? new ChangedCompanions(base.companions(), change) : base.companions();
  }

  @Override
  public final Companions companions() {
    return companions;
  }

  @Override
  public final void close() {}
}
