package org.lines4j.quantised;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.lines4j.error.InputException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.CheckpointView;
import org.lines4j.format.StoredTensor;
import org.lines4j.storage.Location;
import org.lines4j.tensor.TensorInfo;

/// That a checkpoint is quantised, or says so.
///
/// @param scheme by which
/// @param method what its configuration calls it, where that says anything
/// @param file the one that tells: of weights, or the configuration
/// @param tensor an example of those that tell; empty where the configuration alone does
/// @param tensors how many tell
/// @param isRead whether the checkpoint's tensors are the weights that the codes stand for
/// @param obstacle why they are not, where they could be; empty where they are, and for schemes
///   that are not computed with
/// @param isPlain whether the configuration, or scales, alone say so while all weights are plain
///   numbers, as it is after training with quantisation in mind and in models that were dequantised
public record Quantisation(
    Scheme scheme,
    Optional<String> method,
    Location file,
    Optional<String> tensor,
    int tensors,
    boolean isPlain,
    boolean isRead,
    Optional<String> obstacle) {

  /// The checkpoint with the weights that its codes stand for in place of codes and scales, read in
  /// float32; as it is where it has none, or some that cannot be computed with.
  ///
  /// @throws InputException if there may be codes, and a configuration beside them that is not JSON
  public static Checkpoint dequantised(Checkpoint checkpoint) throws IOException {
    return DequantisedCheckpoint.of(checkpoint);
  }

  /// What `checkpoint` holds; empty where nothing says that it is quantised.
  ///
  /// @throws IOException if its configuration cannot be read
  public static Optional<Quantisation> of(Checkpoint checkpoint) throws IOException {
    Optional<DequantisedCheckpoint> view = view(checkpoint);
    if (view.isPresent()) {
      Checkpoint stored = view.get().stored();
      return of(stored, QuantisationConfig.read(stored.companions())).map(Quantisation::asRead);
    }
    Optional<QuantisationConfig> config = QuantisationConfig.read(checkpoint.companions());
    Optional<Quantisation> found = of(checkpoint, config);
    return found.isPresent() && !found.get().isPlain
        ? Optional.of(found.get().withObstacle(obstacle(checkpoint, config)))
        : found;
  }

  /// What has the weights for the codes, also where an adapter or other names lie over it.
  private static Optional<DequantisedCheckpoint> view(Checkpoint checkpoint) {
    return CheckpointView.beneath(checkpoint, DequantisedCheckpoint.class);
  }

  private static Optional<Quantisation> of(
      Checkpoint checkpoint, Optional<QuantisationConfig> config) throws IOException {
    Optional<CompanionTensors.Found> named = new CompanionTensors(checkpoint, config).find();
    Optional<CompanionTensors.Found> found = named.isPresent() ? named : byValues(checkpoint);
    if (found.isPresent()) {
      return Optional.of(byNames(checkpoint, found.get(), config, false));
    }
    Optional<Quantisation> told = config.map(says -> byConfiguration(checkpoint.infos(), says));
    List<String> scales = CodesAsNumbers.scales(checkpoint);
    if (scales.isEmpty() || told.filter(says -> !says.isPlain).isPresent()) {
      return told;
    }
    CompanionTensors.Found beside =
        new CompanionTensors.Found(Scheme.UNKNOWN, scales.getFirst(), scales.size());
    return Optional.of(byNames(checkpoint, beside, config, true));
  }

  private static Optional<CompanionTensors.Found> byValues(Checkpoint checkpoint)
      throws IOException {
    List<String> codes = CodesAsNumbers.find(checkpoint);
    return codes.isEmpty()
        ? Optional.empty()
        : Optional.of(new CompanionTensors.Found(Scheme.UNKNOWN, codes.getFirst(), codes.size()));
  }

  private static Optional<String> obstacle(
      Checkpoint checkpoint, Optional<QuantisationConfig> config) throws IOException {
    try {
      CodedTensors.Found _ = CodedTensors.find(checkpoint, config);
      return Optional.empty();
    } catch (InputException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  private Quantisation asRead() {
    return new Quantisation(scheme, method, file, tensor, tensors, isPlain, true, Optional.empty());
  }

  private Quantisation withObstacle(Optional<String> why) {
    return new Quantisation(scheme, method, file, tensor, tensors, isPlain, isRead, why);
  }

  private static Quantisation byNames(
      Checkpoint checkpoint,
      CompanionTensors.Found found,
      Optional<QuantisationConfig> config,
      boolean isPlain) {
    StoredTensor tensor = checkpoint.find(found.tensor()).orElseThrow();
    return new Quantisation(
        found.scheme(),
        config.map(QuantisationConfig::method),
        checkpoint.shards().get(tensor.shard()).location(),
        Optional.of(found.tensor()),
        found.tensors(),
        isPlain,
        false,
        Optional.empty());
  }

  private static Quantisation byConfiguration(List<TensorInfo> tensors, QuantisationConfig config) {
    List<String> codes =
        tensors.stream().filter(CompanionTensors::isCodesByItself).map(TensorInfo::name).toList();
    boolean plain = codes.isEmpty() && config.hasKnownNames();
    return new Quantisation(
        config.scheme(),
        Optional.of(config.method()),
        config.file(),
        codes.stream().findFirst(),
        codes.size(),
        plain,
        false,
        Optional.empty());
  }

  /// What to tell of models whose configuration says that they are quantised though they are not.
  ///
  /// @throws InputException if one is quantised, and its tensors are codes
  public static List<String> refuse(Collection<Checkpoint> models) throws IOException {
    List<String> notices = new ArrayList<>();
    for (Checkpoint model : models) {
      Optional<Quantisation> found = view(model).isPresent() ? Optional.empty() : of(model);
      if (found.isPresent()) {
        notices.add(found.get().plainOrRefused());
      }
    }
    return notices;
  }

  private String plainOrRefused() {
    if (isPlain) {
      return "%s: %s".formatted(file, inWords());
    }
    if (obstacle.isPresent()) {
      throw new InputException(file, "%s, but %s".formatted(inWords(), obstacle.get()));
    }
    throw new InputException(
            file,
            inWords()
                + ". Codes cannot be scaled, merged or compared as if they were weights, whatever"
                + " the options")
        .withRemedy("dequantise it first: " + scheme.remedy());
  }

  /// What was found, in a sentence without its full stop.
  public String inWords() {
    if (isPlain && tensor.isPresent()) {
      return ("%s called as scales of codes are (%s%s)%s, but the weights beside are plain numbers"
              + " and are taken as such, scales as any tensor; if the model's program multiplies"
              + " weights by them, dequantise it first")
          .formatted(
              tensors == 1 ? "a tensor is" : tensors + " tensors are",
              tensor.get(),
              tensors == 1 ? "" : " the first",
              method.map(own -> ", and its quantization_config names " + own).orElse(""));
    }
    if (isPlain) {
      return ("its quantization_config names %s, but its weights are plain numbers and are taken as"
              + " such")
          .formatted(name());
    }
    String how =
        "quantised by %s: %s%s"
            .formatted(
                name(), scheme.description(), isRead ? ", read as the weights they stand for" : "");
    if (tensor.isEmpty()) {
      return how + " (its quantization_config says so)";
    }
    return tensors == 1
        ? "%s (tensor %s)".formatted(how, tensor.get())
        : "%s (%d tensors tell, %s the first)".formatted(how, tensors, tensor.get());
  }

  /// The scheme's short name, and the configuration's own where that is another.
  public String name() {
    return method
        .filter(own -> !scheme.id().startsWith(own))
        .map(own -> scheme == Scheme.UNKNOWN ? own : "%s (%s)".formatted(scheme.id(), own))
        .orElse(scheme.id());
  }
}
