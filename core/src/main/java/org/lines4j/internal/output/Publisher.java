package org.lines4j.internal.output;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lines4j.format.Checkpoint;
import org.lines4j.internal.companions.Sidecars;
import org.lines4j.internal.companions.WeightNames;
import org.lines4j.internal.config.ModelConfig;
import org.lines4j.internal.engine.Fetching;
import org.lines4j.internal.engine.FileHashes;
import org.lines4j.internal.engine.StreamEngine;
import org.lines4j.internal.engine.SurveyEngine;
import org.lines4j.internal.work.Lineage;
import org.lines4j.internal.work.OutputShard;
import org.lines4j.internal.work.PlannedRun;
import org.lines4j.internal.work.PlannedTensor;
import org.lines4j.internal.work.Survey;
import org.lines4j.plan.RunOptions;
import org.lines4j.plan.RunResult;
import org.lines4j.run.Runner;
import org.lines4j.storage.Draft;
import org.lines4j.storage.Location;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.json.JsonFactory;

/// Carries a plan out: weights, then what belongs beside them, then the move into place.
public final class Publisher {
  private static final JsonFactory JSON = new JsonFactory();

  private Publisher() {}

  /// Runs a plan. What has come to its output since it was made is treated as it would have been
  /// then.
  public static RunResult run(PlannedRun asked, RunOptions options, Runner passes)
      throws IOException {
    long start = System.nanoTime();
    Destination destination = Destination.of(asked.out());
    check(asked, destination);
    PlannedRun plan;
    StreamEngine.Written written;
    try (Draft draft = destination.draft()) {
      Fetching.fetch(asked.inputs().values(), options);
      plan = SurveyEngine.measure(asked, options, passes);
      written =
          destination.isFile()
              ? StreamEngine.write(plan, draft::create, options, passes)
              : writeFolder(plan, draft, options, passes);
      checkInputs(plan);
      check(plan, destination);
      draft.publish();
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    long surveyed = plan.survey().map(Survey::bytesRead).orElse(0L);
    return new RunResult(
        asked.out(),
        seconds,
        surveyed + written.bytesRead(),
        asked.bytesToWrite(),
        plan,
        written.notFinite(),
        written.withoutUpdate());
  }

  private static void checkInputs(PlannedRun plan) throws IOException {
    for (Checkpoint input : plan.inputs().values()) {
      input.checkUnchanged();
    }
  }

  private static void check(PlannedRun plan, Destination destination) throws IOException {
    destination.check(plan.inputs().values(), plan.force());
  }

  private static StreamEngine.Written writeFolder(
      PlannedRun plan, Draft draft, RunOptions options, Runner passes) throws IOException {
    boolean hasCard = !plan.lineage().isStage();
    List<Checkpoint> hashed = hasCard ? Lineage.originals(plan) : List.of();
    try (FileHashes hashes = FileHashes.of(hashed, passes)) {
      StreamEngine.Written written = StreamEngine.write(plan, draft::create, options, passes);
      checkInputs(plan);
      Optional<String> inputCard = writeBeside(plan, draft);
      if (!hasCard) {
        return written;
      }
      Map<Location, String> digests = hashes.await();
      String card = ModelCard.write(plan, digests, inputCard);
      draft.write(Sidecars.CARD, card.getBytes(StandardCharsets.UTF_8));
      return written;
    }
  }

  /// Writes what lies beside the weights but the card.
  ///
  /// @return what the card of the model that it comes from is called there
  static Optional<String> writeBeside(PlannedRun plan, Draft draft) throws IOException {
    if (plan.shards().size() > 1) {
      writeIndex(plan, draft);
    }
    if (plan.sidecarsFrom().isEmpty()) {
      Sidecars.write(plan.sidecarChanges(), draft);
      return Optional.empty();
    }
    Sidecars sidecars = Sidecars.of(plan.sidecarsFrom().get());
    sidecars.copyTo(draft, plan.sidecarChanges());
    return sidecars.inputCard();
  }

  private static void writeIndex(PlannedRun plan, Draft draft) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(ModelConfig.INDENTED, bytes)) {
      json.writeStartObject();
      json.writeObjectPropertyStart("metadata");
      long total =
          plan.shards().stream()
              .flatMap(shard -> shard.layout().tensors().stream())
              .mapToLong(placed -> placed.tensor().byteSize())
              .sum();
      json.writeNumberProperty("total_size", total);
      json.writeEndObject();
      json.writeObjectPropertyStart("weight_map");
      for (OutputShard shard : plan.shards()) {
        for (PlannedTensor tensor : shard.tensors()) {
          json.writeStringProperty(tensor.name(), shard.fileName());
        }
      }
      json.writeEndObject();
      json.writeEndObject();
    }
    bytes.write('\n');
    String name = WeightNames.index(plan.shards().getFirst().fileName());
    draft.write(name, bytes.toByteArray());
  }
}
