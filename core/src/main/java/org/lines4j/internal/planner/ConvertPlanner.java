package org.lines4j.internal.planner;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.lines4j.Convert;
import org.lines4j.error.InputException;
import org.lines4j.error.Option;
import org.lines4j.error.Remedy;
import org.lines4j.error.Shown;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.Encoding;
import org.lines4j.format.OutputFormat;
import org.lines4j.format.StoredTensor;
import org.lines4j.internal.companions.Sidecars;
import org.lines4j.internal.companions.WeightNames;
import org.lines4j.internal.output.Destination;
import org.lines4j.internal.work.OutputShard;
import org.lines4j.internal.work.PlannedRun;
import org.lines4j.internal.work.PlannedTensor;
import org.lines4j.internal.work.SidecarChanges;
import org.lines4j.internal.work.Source;
import org.lines4j.internal.work.Work;
import org.lines4j.layers.LayerMap;
import org.lines4j.layers.LayerOptions;
import org.lines4j.layers.Place;
import org.lines4j.quantised.Quantisation;
import org.lines4j.storage.Location;
import org.lines4j.tensor.DType;

/// Plans a conversion: every tensor a copy, whose type may be another.
public final class ConvertPlanner {
  private final Convert convert;
  private final Checkpoint model;
  private final List<String> notices = new ArrayList<>();

  private ConvertPlanner(Convert convert) {
    this.convert = convert;
    this.model = convert.model();
  }

  /// The plan of `convert` with its output at `out`.
  public static PlannedRun plan(Convert convert, Location out) throws IOException {
    Destination destination = Destination.of(out);
    destination.check(List.of(convert.model()), convert.force());
    return new ConvertPlanner(convert).plan(destination);
  }

  private PlannedRun plan(Destination destination) throws IOException {
    if (model.tensors().isEmpty()) {
      throw new InputException(
          model.location(), "holds no tensors, so there is nothing to convert");
    }
    if (convert.dtype().isPresent()) {
      notices.addAll(Quantisation.refuse(List.of(model)));
    } else {
      noteCodes();
    }
    OutputFormat format = destination.format().like(model);
    if (format.equals(destination.format())) { // it keeps nothing but tensors
      notices.addAll(Remarks.of(List.of(model)));
      notices.addAll(Remarks.unread(List.of(model)));
    }
    StoredForm form = new StoredForm(format, convert.dtype());
    LayerMap layers = LayerSearch.detect(model.infos(), LayerOptions.defaults());
    List<PlannedTensor> tensors = new ArrayList<>();
    for (StoredTensor tensor : model.tensors()) {
      Source source = new Source(model, tensor);
      Place place = layers.place(tensor.name());
      Work copy = new Work.Copy(source);
      tensors.add(form.planned(tensor.name(), source, place, OptionalDouble.empty(), copy));
      checkKept(source, tensors.getLast());
    }
    Optional<Checkpoint> sidecars =
        destination.isFile() || !model.isFolder() ? Optional.empty() : Optional.of(model);
    WeightNames names = WeightNames.of(sidecars);
    List<OutputShard> shards =
        OutputLayout.of(tensors, model, names, destination, format, convert.shardSize());
    SidecarChanges changes =
        OutputFolder.describing(SidecarChanges.none(), tensors, sidecars, model);
    OutputFolder.checkSpace(destination, shards, sidecars, changes, notices);
    if (destination.isFile()) {
      noteLeftBehind();
    }
    if (!format.hasMetadata()) {
      noteMetadata();
    }
    return new PlannedRun(
        destination.location(),
        shards,
        tensors,
        layers.stacks(),
        Map.of("model", model),
        settings(format),
        notices,
        sidecars,
        changes,
        convert.force(),
        "the model's own weights, in other files.",
        Optional.empty());
  }

  /// Codes are kept as they are, or given up where that was asked for.
  private void checkKept(Source source, PlannedTensor planned) {
    Encoding stored = source.tensor().encoding();
    if (convert.dtype().isEmpty()
        && !(stored instanceof Encoding.Plain)
        && !stored.equals(planned.encoding())) {
      throw new InputException(
              source.file(),
              "tensor %s is stored as %s, codes that the output cannot hold as they are"
                  .formatted(source.name(), stored.name()))
          .withTensor(source.name())
          .withRemedy(Remedy.of("say what to store it as with ", Option.DTYPE));
    }
  }

  private void noteCodes() throws IOException {
    Quantisation.of(model)
        .filter(found -> !found.isPlain() && !found.isRead())
        .ifPresent(
            found -> notices.add(found.file() + ": " + found.inWords() + ", copied as codes"));
  }

  private void noteMetadata() {
    Set<String> lost = new TreeSet<>();
    model.shards().forEach(shard -> lost.addAll(shard.metadata().keySet()));
    lost.remove("format");
    if (!lost.isEmpty()) {
      notices.add(
          "the output has no place for metadata, which stays behind: "
              + lost.stream().map(Shown::of).collect(Collectors.joining(", ")));
    }
  }

  /// One file has no room for what lies beside a folder's weights.
  private void noteLeftBehind() throws IOException {
    List<String> files = model.isFolder() ? Sidecars.of(model).files() : List.of();
    if (!files.isEmpty()) {
      notices.add(
          "the output is a single file, so what lies beside the weights stays behind: %s"
              .formatted(String.join(", ", files)));
    }
  }

  private Map<String, String> settings(OutputFormat format) {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("format", "%s → %s".formatted(model.format(), format.name()));
    settings.put("dtype", convert.dtype().map(DType::torchName).orElse("as stored"));
    return settings;
  }
}
