package org.lines4j;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import org.lines4j.error.InputException;
import org.lines4j.error.OnMismatch;
import org.lines4j.error.RequestException;
import org.lines4j.format.Checkpoint;
import org.lines4j.internal.planner.AdapterPlanner;
import org.lines4j.layers.LayerOptions;
import org.lines4j.layers.LayerScaling;
import org.lines4j.plan.Plan;
import org.lines4j.storage.Location;

/// What is wanted of an edit that makes an adapter of an adapter: each layer's update scaled with
/// its depth, in a file of a few megabytes. On its base it is the model that [Edit] makes of the
/// base and the adapter.
///
/// ```java
/// try (Checkpoint adapter = Checkpoint.openParts(Location.of(Path.of("llama-medical-lora")))) {
///   AdapterEdit.of(adapter).plan(Path.of("out")).run();
/// }
/// ```
///
/// @param adapter opened by [Checkpoint#openParts]
/// @param base the model that it changes: says how many layers there are, and what is replaced
///   where the adapter has whole tensors
/// @param scaling depth → λ
/// @param layers how tensors are assigned to layers
/// @param only where present, updates of tensors whose names it does not find stay as they are
/// @param skip where present, updates of tensors whose names it finds stay as they are
/// @param stackless whether an adapter without any stack is all outside, not an error
/// @param force whether an output that exists is replaced
public record AdapterEdit(
    Checkpoint adapter,
    Optional<Checkpoint> base,
    LayerScaling scaling,
    LayerOptions layers,
    Optional<Pattern> only,
    Optional<Pattern> skip,
    boolean stackless,
    boolean force) {

  /// The paper's default: α = 0.1, β = 0.9.
  public static AdapterEdit of(Checkpoint adapter) {
    return new AdapterEdit(
        adapter,
        Optional.empty(),
        LayerScaling.lines(0.1, 0.9, LayerScaling.Outside.ALPHA),
        LayerOptions.defaults(),
        Optional.empty(),
        Optional.empty(),
        false,
        false);
  }

  /// An edit of `adapter` as `edit` says.
  ///
  /// @throws RequestException if it asks for what an adapter cannot have: another type, several
  ///   files, other names, an answer to misfits
  public static AdapterEdit like(Edit edit, Checkpoint adapter, Optional<Checkpoint> base) {
    boolean isPlain =
        edit.dtype().isEmpty()
            && edit.shardSize().isEmpty()
            && edit.renames().isEmpty()
            && edit.mismatch() == OnMismatch.REFUSE;
    if (!isPlain) {
      throw new RequestException(
          "an adapter keeps the types, names and one file that it has: no type, shard size, renames"
              + " or answer to misfits can be asked for");
    }
    return new AdapterEdit(
        adapter,
        base,
        edit.scaling(),
        edit.layers(),
        edit.only(),
        edit.skip(),
        edit.stackless(),
        edit.force());
  }

  /// This edit with the model that the adapter changes.
  public AdapterEdit withBase(Checkpoint model) {
    return new AdapterEdit(
        adapter, Optional.of(model), scaling, layers, only, skip, stackless, force);
  }

  /// This edit with another scaling.
  public AdapterEdit withScaling(LayerScaling depth) {
    return new AdapterEdit(adapter, base, depth, layers, only, skip, stackless, force);
  }

  /// This edit, taking every tensor for outside where no stack is found.
  public AdapterEdit withStackless() {
    return new AdapterEdit(adapter, base, scaling, layers, only, skip, true, force);
  }

  /// This edit, allowed to replace an output that exists.
  public AdapterEdit withForce() {
    return new AdapterEdit(adapter, base, scaling, layers, only, skip, stackless, true);
  }

  /// Checks everything that can be checked before the first byte is written.
  ///
  /// @param out a folder to make, or a `.safetensors` file
  /// @throws InputException if the adapter is malformed, does not fit the base, or has an update
  ///   that no adapter has scaled
  /// @throws RequestException if the output may not go there, or an option is out of range
  /// @throws IOException if reading fails, or the disk has no room
  public Plan plan(Path out) throws IOException {
    return plan(Location.of(out));
  }

  /// The same, wherever the output goes.
  public Plan plan(Location out) throws IOException {
    return AdapterPlanner.plan(this, out);
  }
}
