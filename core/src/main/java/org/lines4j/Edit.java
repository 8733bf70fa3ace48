package org.lines4j;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.lines4j.error.InputException;
import org.lines4j.error.OnMismatch;
import org.lines4j.error.RequestException;
import org.lines4j.format.Checkpoint;
import org.lines4j.internal.kernel.KernelChoice;
import org.lines4j.internal.planner.EditPlanner;
import org.lines4j.internal.posix.Posix;
import org.lines4j.layers.LayerOptions;
import org.lines4j.layers.LayerScaling;
import org.lines4j.layers.Rename;
import org.lines4j.plan.Plan;
import org.lines4j.storage.Location;
import org.lines4j.tensor.DType;

/// What is wanted of an edit: a fine-tuned model, each layer's update scaled with its depth (LiNeS,
/// arXiv 2410.17146, equation 2).
///
/// ```java
/// try (Checkpoint base = Checkpoint.open(Path.of("llama"));
///     Checkpoint tuned = Checkpoint.open(Path.of("llama-medical"))) {
///   Edit.of(base, tuned).withScaling(LayerScaling.lines(0.1, 0.9, ALPHA)).plan(Path.of("out")).run();
/// }
/// ```
///
/// @param base the pre-trained model θ0
/// @param tuned the fine-tuned model θt
/// @param scaling depth → λ
/// @param layers how tensors are assigned to layers
/// @param only where present, tensors whose names it does not find in stay as in `tuned`
/// @param skip where present, tensors whose names it finds stay as in `tuned`
/// @param dtype the output's floating type; empty for the base's, tensor by tensor
/// @param mismatch what becomes of tensors that do not fit together
/// @param shardSize the most bytes of tensors in one file; empty for files as the base has them
/// @param stackless whether a model without any stack is all outside, not an error
/// @param force whether an output that exists is replaced
/// @param renames what the base's tensors are called in `tuned`, where that is not found by itself
public record Edit(
    Checkpoint base,
    Checkpoint tuned,
    LayerScaling scaling,
    LayerOptions layers,
    Optional<Pattern> only,
    Optional<Pattern> skip,
    Optional<DType> dtype,
    OnMismatch mismatch,
    OptionalLong shardSize,
    boolean stackless,
    boolean force,
    List<Rename> renames) {
  /// Copies the renames.
  public Edit {
    renames = List.copyOf(renames);
  }

  /// The paper's default: α = 0.1, β = 0.9, everything else as safe as it can be.
  public static Edit of(Checkpoint base, Checkpoint tuned) {
    return new Edit(
        base,
        tuned,
        LayerScaling.lines(0.1, 0.9, LayerScaling.Outside.ALPHA),
        LayerOptions.defaults(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        OnMismatch.REFUSE,
        OptionalLong.empty(),
        false,
        false,
        List.of());
  }

  /// This edit with another scaling.
  public Edit withScaling(LayerScaling depth) {
    return with(edit -> edit.scaling = depth);
  }

  /// This edit with another assignment of tensors to layers.
  public Edit withLayers(LayerOptions options) {
    return with(edit -> edit.layers = options);
  }

  /// This edit restricted to the tensors in whose names `pattern` is found.
  public Edit withOnly(Pattern pattern) {
    return with(edit -> edit.only = Optional.of(pattern));
  }

  /// This edit without the tensors in whose names `pattern` is found.
  public Edit withSkip(Pattern pattern) {
    return with(edit -> edit.skip = Optional.of(pattern));
  }

  /// This edit with all floating tensors stored as `type`.
  public Edit withDtype(DType type) {
    return with(edit -> edit.dtype = Optional.of(type));
  }

  /// This edit with another answer to tensors that do not fit together.
  public Edit withMismatch(OnMismatch answer) {
    return with(edit -> edit.mismatch = answer);
  }

  /// This edit with output files of at most `bytes` of tensors each, or one tensor.
  public Edit withShardSize(long bytes) {
    return with(edit -> edit.shardSize = OptionalLong.of(bytes));
  }

  /// This edit, taking every tensor for outside where no stack is found.
  public Edit withStackless() {
    return with(edit -> edit.stackless = true);
  }

  /// This edit, allowed to replace an output that exists.
  public Edit withForce() {
    return with(edit -> edit.force = true);
  }

  /// This edit with names of the base's tensors changed first.
  public Edit withRenames(List<Rename> asked) {
    return with(edit -> edit.renames = asked);
  }

  /// This edit of other models, or of other views of them.
  public Edit withModels(Checkpoint from, Checkpoint to) {
    return with(
        edit -> {
          edit.base = from;
          edit.tuned = to;
        });
  }

  private Edit with(Consumer<Parts> change) {
    Parts parts = new Parts(this);
    change.accept(parts);
    return parts.edit();
  }

  /// Checks everything that can be checked before the first byte is written, and decides what will
  /// be.
  ///
  /// @param out a `.safetensors` or `.pt` file, or a folder to make
  /// @throws InputException if the models do not fit together, or no layers are found
  /// @throws RequestException if the output may not go there, or an option is out of range
  /// @throws IOException if reading fails, or the disk has no room
  public Plan plan(Path out) throws IOException {
    return plan(Location.of(out));
  }

  /// The same, wherever the output goes.
  public Plan plan(Location out) throws IOException {
    return EditPlanner.plan(this, out);
  }

  /// Begins to compile the arithmetic. Worth a call at the start of a program that will edit a
  /// model soon, on a thread of its own, as it takes some hundredths of a second; nothing depends
  /// on it but the first half second of an edit.
  public static void prepare() {
    KernelChoice.prepareEdit();
    Posix.prepare();
  }

  /// The inputs by role.
  public Map<String, Checkpoint> inputs() {
    Map<String, Checkpoint> roles = new LinkedHashMap<>();
    roles.put("base", base);
    roles.put("tuned", tuned);
    return roles;
  }

  /// An edit while one of its parts is changed.
  private static final class Parts {
    private Checkpoint base;
    private Checkpoint tuned;
    private LayerScaling scaling;
    private LayerOptions layers;
    private Optional<Pattern> only;
    private Optional<Pattern> skip;
    private Optional<DType> dtype;
    private OnMismatch mismatch;
    private OptionalLong shardSize;
    private boolean stackless;
    private boolean force;
    private List<Rename> renames;

    private Parts(Edit edit) {
      base = edit.base;
      tuned = edit.tuned;
      scaling = edit.scaling;
      layers = edit.layers;
      only = edit.only;
      skip = edit.skip;
      dtype = edit.dtype;
      mismatch = edit.mismatch;
      shardSize = edit.shardSize;
      stackless = edit.stackless;
      force = edit.force;
      renames = edit.renames;
    }

    private Edit edit() {
      return new Edit(
          base, tuned, scaling, layers, only, skip, dtype, mismatch, shardSize, stackless, force,
          renames);
    }
  }
}
