package org.lines4j.internal.work;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.Shard;
import org.lines4j.storage.Location;

/// Where a plan stands among those that make one model together.
///
/// @param stages the plans that make some of its inputs, by their names
/// @param isStage whether its own output is only another's input: it gets no model card
public record Lineage(Map<String, PlannedRun> stages, boolean isStage) {
  /// Of a plan that stands alone.
  public static final Lineage NONE = new Lineage(Map.of(), false);

  /// Copies the map.
  public Lineage {
    stages = Collections.unmodifiableMap(new LinkedHashMap<>(stages));
  }

  /// All plans that come before, each once, behind those that it needs itself.
  public Map<String, PlannedRun> all() {
    Map<String, PlannedRun> all = new LinkedHashMap<>();
    addTo(all);
    return all;
  }

  private void addTo(Map<String, PlannedRun> all) {
    stages.forEach(
        (name, stage) -> {
          if (!all.containsKey(name)) {
            stage.lineage().addTo(all);
            all.put(name, stage);
          }
        });
  }

  /// The name of the stage that makes a file.
  public Optional<String> makerOf(Location file) {
    return stages.entrySet().stream()
        .filter(stage -> isWithin(file, stage.getValue().out()))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  private static boolean isWithin(Location file, Location output) {
    return (file.isLocal() && output.isLocal())
        ? file.absolute().path().startsWith(output.absolute().path())
        : file.equals(output) || file.text().startsWith(output.text() + "/");
  }

  /// The models that a plan and all before it read and that none of them makes.
  public static List<Checkpoint> originals(PlannedRun plan) {
    Collection<PlannedRun> before = plan.lineage().all().values();
    List<Checkpoint> originals = new ArrayList<>();
    Stream.concat(before.stream(), Stream.of(plan))
        .forEach(
            run ->
                run.inputs().values().stream()
                    .filter(input -> !run.lineage().makes(input))
                    .filter(input -> !originals.contains(input))
                    .forEach(originals::add));
    return originals;
  }

  private boolean makes(Checkpoint input) {
    return input.shards().stream().map(Shard::location).allMatch(f -> makerOf(f).isPresent());
  }
}
