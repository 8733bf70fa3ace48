package org.lines4j.internal.output;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.lines4j.error.Version;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.Shard;
import org.lines4j.internal.work.PlannedRun;
import org.lines4j.internal.work.PlannedTensor;
import org.lines4j.internal.work.Work;
import org.lines4j.layers.Place;
import org.lines4j.storage.Location;
import org.lines4j.storage.Storages;

/// The `README.md` of an output folder: what it was made from and how, so that anyone can make it
/// again. It holds no date, so that the same run writes the same bytes.
public final class ModelCard {
  private ModelCard() {}

  /// The card of a plan's output.
  ///
  /// @param hashes the SHA-256 of each input file, in hexadecimal
  /// @param inputCard what the tuned model's own card beside it is called, if there is one
  public static String write(
      PlannedRun plan, Map<Location, String> hashes, Optional<String> inputCard)
      throws IOException {
    StringBuilder card = new StringBuilder(FrontMatter.of(plan, isEdit(plan)));
    String name = plan.out().name();
    card.append("\n# ").append(Markdown.text(name)).append("\n\n");
    card.append(
        "Made by [LiNeS for Java](https://arxiv.org/abs/2410.17146) %s: %s\n"
            .formatted(Version.current(), Markdown.text(plan.description())));
    inputCard.ifPresent(
        own -> card.append("The input's own card is in `").append(own).append("`.\n"));
    Map<String, PlannedRun> stages = plan.lineage().all();
    if (!stages.isEmpty()) {
      String names = stages.keySet().stream().map(Markdown::text).collect(Collectors.joining(", "));
      card.append(
          "Some of the models that it was made from were made before it: %s.\n".formatted(names));
    }
    append(card, plan, hashes, "##");
    for (Map.Entry<String, PlannedRun> stage : stages.entrySet()) {
      String title = Markdown.text(stage.getKey());
      String description = Markdown.text(stage.getValue().description());
      card.append("\n## Stage %s\n\n%s\n".formatted(title, description));
      append(card, stage.getValue(), hashes, "###");
    }
    return card.toString();
  }

  /// @param level what headings begin with
  private static void append(
      StringBuilder card, PlannedRun plan, Map<Location, String> hashes, String level)
      throws IOException {
    card.append("\n%s Inputs\n\n".formatted(level));
    appendInputs(card, plan, hashes);
    card.append("\n%s Recipe\n\n".formatted(level));
    appendSettings(card, plan);
    if (!FrontMatter.isConversion(plan)) {
      card.append("\n%s λ by layer\n\n".formatted(level));
      appendLambdas(card, plan);
    }
    if (!plan.notices().isEmpty()) {
      card.append("\n%s Notices\n\n".formatted(level));
      plan.notices()
          .forEach(notice -> card.append("- ").append(Markdown.text(notice)).append('\n'));
    }
  }

  private static boolean isEdit(PlannedRun plan) {
    return plan.inputs().keySet().equals(Set.of("base", "tuned"))
        && !plan.settings().containsKey("merge_method");
  }

  private static void appendInputs(
      StringBuilder card, PlannedRun plan, Map<Location, String> hashes) throws IOException {
    card.append("| role | file | SHA-256 |\n|---|---|---|\n");
    for (Map.Entry<String, Checkpoint> input : plan.inputs().entrySet()) {
      for (Shard shard : input.getValue().shards()) {
        card.append(
            "| %s | %s | %s |\n"
                .formatted(
                    Markdown.text(input.getKey()),
                    Markdown.text(nameOf(input.getValue(), shard)),
                    origin(plan, shard, hashes)));
      }
    }
  }

  private static String origin(PlannedRun plan, Shard shard, Map<Location, String> hashes) {
    return plan.lineage()
        .makerOf(shard.location())
        .map(stage -> "made by stage " + Markdown.text(stage))
        .orElseGet(() -> "`%s`".formatted(hashes.getOrDefault(shard.location(), "")));
  }

  /// The folder's name and the file's: enough to know it by, without the way to it on this machine.
  /// Of the Hub, the whole address, with the commit.
  private static String nameOf(Checkpoint input, Shard shard) throws IOException {
    if (FrontMatter.isOfHub(shard.location())) {
      return Storages.of(shard.location()).real(shard.location()).text();
    }
    String file = shard.location().name();
    String folder = shard.location().sibling("").name();
    return input.isFolder() && !folder.isEmpty() ? folder + "/" + file : file;
  }

  private static void appendSettings(StringBuilder card, PlannedRun plan) {
    card.append("| setting | value |\n|---|---|\n");
    plan.settings()
        .forEach(
            (key, value) ->
                card.append("| %s | %s |\n".formatted(Markdown.text(key), Markdown.text(value))));
  }

  private static void appendLambdas(StringBuilder card, PlannedRun plan) {
    Map<String, List<PlannedTensor>> groups = new TreeMap<>();
    for (PlannedTensor tensor : plan.tensors()) {
      groups.computeIfAbsent(groupOf(tensor.place()), _ -> new ArrayList<>()).add(tensor);
    }
    card.append("| stack | layer | λ | tensors |\n|---|---|---|---|\n");
    groups.forEach(
        (group, tensors) ->
            card.append(
                "| %s | %s | %d |\n"
                    .formatted(
                        group.substring(group.indexOf('\t') + 1),
                        lambdas(tensors),
                        tensors.size())));
  }

  /// The first two cells of a row, behind a key that sorts rows by depth.
  private static String groupOf(Place place) {
    return switch (place) {
      case Place.InLayer(var stack, int layer) ->
          "1 %s %08d\t%s | %d of %d"
              .formatted(stack.name(), layer, Markdown.text(stack.name()), layer, stack.layers());
      case Place.Outside(Place.Side side) when side == Place.Side.BEFORE -> "0\t(outside) | before";
      case Place.Outside _ -> "2\t(outside) | after";
    };
  }

  private static String lambdas(List<PlannedTensor> tensors) {
    return tensors.stream()
        .map(
            tensor ->
                tensor.lambda().isPresent()
                    ? String.format(Locale.ROOT, "%.6g", tensor.lambda().getAsDouble())
                    : tensor.work() instanceof Work.Copy ? "copied" : "merged")
        .distinct()
        .sorted()
        .collect(Collectors.joining(", "));
  }
}
