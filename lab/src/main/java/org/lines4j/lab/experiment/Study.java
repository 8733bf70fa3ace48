package org.lines4j.lab.experiment;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.lines4j.lab.experiment.Editing.OfTask;
import org.lines4j.lab.experiment.Editing.Scope;
import org.lines4j.lab.image.Split;

/// Experiment 5, when it does not pay: the same measurements where one thing differs at a time.
public record Study(List<Row> rows) {
  /// Copies the list.
  public Study {
    rows = List.copyOf(rows);
  }

  /// The levels of normalised target accuracy at which LiNeS and uniform scaling are compared.
  private static final double STRICT = 0.99;

  private static final double LOOSE = 0.95;

  /// Paths in fifths are enough to compare by.
  private static final int STEPS = 5;

  private static final int GROUPS = 4;

  /// A variant. Accuracies are means over its tasks, on test data; those of control tasks are
  /// normalised by the base's.
  ///
  /// @param axis what differs, such as `depth`
  /// @param value how
  /// @param base accuracy of the base on the target tasks
  /// @param tuned accuracy of the fine-tuned models on them
  /// @param control what fine-tuning left of the control tasks
  /// @param linesStrict control where 99 % of the target is kept, with LiNeS, and
  /// @param uniformStrict with uniform scaling
  /// @param linesLoose control where 95 % of the target is kept, with LiNeS, and
  /// @param uniformLoose with uniform scaling
  /// @param blocks share of the target's gain (from the base to the fine-tuned model) that the
  ///   update of each quarter of the blocks gives alone, first to last
  /// @param arithmetic accuracy of task arithmetic over the tasks, normalised, and
  /// @param arithmeticLines with LiNeS
  public record Row(
      String axis,
      String value,
      double base,
      double tuned,
      double control,
      double linesStrict,
      double uniformStrict,
      double linesLoose,
      double uniformLoose,
      List<Double> blocks,
      double arithmetic,
      double arithmeticLines) {
    /// Copies the list.
    public Row {
      blocks = List.copyOf(blocks);
    }
  }

  static Study measure(Workbench bench, List<SeedModels.Variant> variants, LabSettings settings)
      throws IOException {
    List<Row> rows = new ArrayList<>();
    for (SeedModels.Variant variant : variants) {
      Family family = variant.family();
      Editing editing =
          Editing.measure(
              bench, family, new Scope(family.tasks(), STEPS, List.of(GROUPS), Split.TEST));
      Merging merging = Merging.taskArithmetic(bench, family);
      rows.add(row(variant, editing.tasks(), merging));
    }
    return new Study(rows);
  }

  private static Row row(SeedModels.Variant variant, List<OfTask> tasks, Merging merging) {
    List<Score> lines = Frontier.mean(tasks, OfTask::lines);
    List<Score> uniform = Frontier.mean(tasks, OfTask::uniform);
    double base = Score.mean(tasks.stream().map(OfTask::base).toList()).target();
    Score tuned = Score.mean(tasks.stream().map(OfTask::tuned).toList());
    List<Double> blocks = new ArrayList<>();
    for (int i = 0; i < GROUPS; i++) {
      int group = i;
      double target = Score.mean(tasks.stream().map(t -> t.blocks().get(group)).toList()).target();
      blocks.add((target - base) / (tuned.target() - base));
    }
    return new Row(
        variant.axis(),
        variant.value(),
        base,
        tuned.target(),
        tuned.controlNormalised(),
        Frontier.controlAt(lines, STRICT),
        Frontier.controlAt(uniform, STRICT),
        Frontier.controlAt(lines, LOOSE),
        Frontier.controlAt(uniform, LOOSE),
        blocks,
        normalised(merging, false),
        normalised(merging, true));
  }

  private static double normalised(Merging merging, boolean lines) {
    return merging.results().stream()
        .filter(result -> result.lines() == lines && !result.parameters().isEmpty())
        .findFirst()
        .orElseThrow()
        .normalised();
  }
}
