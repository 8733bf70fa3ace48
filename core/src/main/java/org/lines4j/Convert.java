package org.lines4j;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import org.lines4j.error.InputException;
import org.lines4j.error.RequestException;
import org.lines4j.format.Checkpoint;
import org.lines4j.internal.planner.ConvertPlanner;
import org.lines4j.plan.Plan;
import org.lines4j.storage.Location;
import org.lines4j.tensor.DType;

/// What is wanted of a conversion: the same model in other files, another format or another element
/// type.
///
/// ```java
/// try (Checkpoint model = Checkpoint.open(Path.of("finetuned.pt"))) {
///   Convert.of(model).plan(Path.of("finetuned.safetensors")).run();
/// }
/// ```
///
/// Without a type of its own, every tensor keeps its bits. Numbers that the output cannot hold are
/// an error of the plan, not a loss; what lies beside them and stays behind is in the plan's
/// notices.
///
/// @param model what is converted; it must stay open until the plan has run
/// @param dtype the output's floating type; empty for the model's, tensor by tensor
/// @param shardSize the most bytes of tensors in one file; empty for files as the model has them
/// @param force whether an output that exists is replaced
public record Convert(
    Checkpoint model, Optional<DType> dtype, OptionalLong shardSize, boolean force) {

  /// Everything as it is in `model`.
  public static Convert of(Checkpoint model) {
    return new Convert(model, Optional.empty(), OptionalLong.empty(), false);
  }

  /// This conversion with all floating tensors stored as `type`.
  public Convert withDtype(DType type) {
    return new Convert(model, Optional.of(type), shardSize, force);
  }

  /// This conversion with output files of at most `bytes` of tensors each, or one tensor.
  public Convert withShardSize(long bytes) {
    return new Convert(model, dtype, OptionalLong.of(bytes), force);
  }

  /// This conversion, allowed to replace an output that exists.
  public Convert withForce() {
    return new Convert(model, dtype, shardSize, true);
  }

  /// Checks everything that can be checked before the first byte is written, and decides what will
  /// be.
  ///
  /// @param out what to make: a file if its name ends in `.safetensors`, `.pt`, `.pth`, `.bin` or
  ///   `.ckpt`, else a folder of safetensors
  /// @throws InputException if the model is quantised and shall have another type
  /// @throws RequestException if the output may not go there, or its format cannot hold a tensor
  /// @throws IOException if reading fails, or the disk has no room
  public Plan plan(Path out) throws IOException {
    return plan(Location.of(out));
  }

  /// The same, wherever the output goes.
  public Plan plan(Location out) throws IOException {
    return ConvertPlanner.plan(this, out);
  }
}
