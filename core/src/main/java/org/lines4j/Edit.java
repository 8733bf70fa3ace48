package org.lines4j;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.lines4j.error.InputException;
import org.lines4j.error.RequestException;
import org.lines4j.format.Checkpoint;
import org.lines4j.internal.kernel.KernelChoice;
import org.lines4j.internal.planner.EditPlanner;
import org.lines4j.internal.posix.Posix;
import org.lines4j.layers.LayerOptions;
import org.lines4j.layers.LayerScaling;
import org.lines4j.layers.Rename;
import org.lines4j.plan.OnMismatch;
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
    return new Edit(
        base, tuned, depth, layers, only, skip, dtype, mismatch, shardSize, stackless, force,
        renames);
  }

  /// This edit with another assignment of tensors to layers.
  public Edit withLayers(LayerOptions options) {
    return new Edit(
        base, tuned, scaling, options, only, skip, dtype, mismatch, shardSize, stackless, force,
        renames);
  }

  /// This edit restricted to the tensors in whose names `pattern` is found.
  public Edit withOnly(Pattern pattern) {
    return new Edit(
        base,
        tuned,
        scaling,
        layers,
        Optional.of(pattern),
        skip,
        dtype,
        mismatch,
        shardSize,
        stackless,
        force,
        renames);
  }

  /// This edit without the tensors in whose names `pattern` is found.
  public Edit withSkip(Pattern pattern) {
    return new Edit(
        base,
        tuned,
        scaling,
        layers,
        only,
        Optional.of(pattern),
        dtype,
        mismatch,
        shardSize,
        stackless,
        force,
        renames);
  }

  /// This edit with all floating tensors stored as `type`.
  public Edit withDtype(DType type) {
    return new Edit(
        base,
        tuned,
        scaling,
        layers,
        only,
        skip,
        Optional.of(type),
        mismatch,
        shardSize,
        stackless,
        force,
        renames);
  }

  /// This edit with another answer to tensors that do not fit together.
  public Edit withMismatch(OnMismatch answer) {
    return new Edit(
        base, tuned, scaling, layers, only, skip, dtype, answer, shardSize, stackless, force,
        renames);
  }

  /// This edit with output files of at most `bytes` of tensors each, or one tensor.
  public Edit withShardSize(long bytes) {
    return new Edit(
        base,
        tuned,
        scaling,
        layers,
        only,
        skip,
        dtype,
        mismatch,
        OptionalLong.of(bytes),
        stackless,
        force,
        renames);
  }

  /// This edit, taking every tensor for outside where no stack is found.
  public Edit withStackless() {
    return new Edit(
        base, tuned, scaling, layers, only, skip, dtype, mismatch, shardSize, true, force, renames);
  }

  /// This edit, allowed to replace an output that exists.
  public Edit withForce() {
    return new Edit(
        base, tuned, scaling, layers, only, skip, dtype, mismatch, shardSize, stackless, true,
        renames);
  }

  /// This edit with names of the base's tensors changed first.
  public Edit withRenames(List<Rename> asked) {
    return new Edit(
        base, tuned, scaling, layers, only, skip, dtype, mismatch, shardSize, stackless, force,
        asked);
  }

  /// This edit of other models, or of other views of them.
  public Edit withModels(Checkpoint from, Checkpoint to) {
    return new Edit(
        from, to, scaling, layers, only, skip, dtype, mismatch, shardSize, stackless, force,
        renames);
  }

  /// Checks everything that can be checked before the first byte is written, and settles what will
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

  /// Begins to compile the arithmetic in the background. Worth a call at the start of a program
  /// that will edit a model soon; nothing depends on it but the first half second.
  public static void prepare() {
    KernelChoice.prepareEdit();
    Posix.prepare();
  }

  /// The inputs by role.
  public Map<String, Checkpoint> inputs() {
    Map<String, Checkpoint> roles = new java.util.LinkedHashMap<>();
    roles.put("base", base);
    roles.put("tuned", tuned);
    return roles;
  }
}
