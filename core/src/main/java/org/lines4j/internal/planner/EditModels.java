package org.lines4j.internal.planner;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.lines4j.Edit;
import org.lines4j.error.OnMismatch;
import org.lines4j.format.Checkpoint;
import org.lines4j.internal.renamed.ModelNames;
import org.lines4j.internal.renamed.Renames;

/// An edit whose models call the same tensors the same: as the model does whose files go along.
///
/// @param notices in which they differed
record EditModels(Edit edit, List<String> notices) {
  static EditModels of(Edit edit) throws IOException {
    boolean isBaseKept = edit.mismatch() == OnMismatch.BASE;
    Checkpoint target = isBaseKept ? edit.base() : edit.tuned();
    Checkpoint other = isBaseKept ? edit.tuned() : edit.base();
    Renames renames = new Renames(edit.renames());
    ModelNames names = ModelNames.of(other).like(target, renames);
    renames.checkUsed();
    names.takeBuffers(target);
    if (!isBaseKept) {
      boolean _ = names.tieHead(target);
      if (edit.mismatch() == OnMismatch.REFUSE) {
        names.takeParts(target);
      }
    }
    Checkpoint view = names.view();
    Edit named = isBaseKept ? edit.withModels(target, view) : edit.withModels(view, target);
    return new EditModels(named, new ArrayList<>(names.notices()));
  }
}
