package org.lines4j.check;

import java.io.IOException;
import java.util.List;
import org.lines4j.error.Option;
import org.lines4j.format.Checkpoint;
import org.lines4j.layers.LayerOptions;
import org.lines4j.layers.Place;
import org.lines4j.layers.Rename;
import org.lines4j.layers.Stack;
import org.lines4j.plan.RunOptions;

/// Whether models were tuned from one base, are whole, and can be edited and merged.
///
/// @param models the tuned ones, in the order asked for
/// @param stacks that layers belong to
/// @param layers by place: outside before, each stack by depth, outside after; without tensors that
///   hold NaN or infinity, or that some model lacks
/// @param findings problems first
public record Check(
    List<Tuned> models, List<Stack> stacks, List<Layer> layers, List<Finding> findings) {
  /// Copies its lists.
  public Check {
    models = List.copyOf(models);
    stacks = List.copyOf(stacks);
    layers = List.copyOf(layers);
    findings = List.copyOf(findings);
  }

  /// A tuned model beside the base.
  ///
  /// @param name where it lies
  /// @param relative ‖τ‖/‖θ0‖ over all tensors that can be compared; NaN if none can
  /// @param likeness the cosine of the angle between a matrix of the base and the model's: the
  ///   median over all matrices; NaN if there are none
  public record Tuned(String name, double relative, double likeness) {}

  /// A layer, or what lies outside the stacks on one side.
  ///
  /// @param relative of each model, ‖τ‖/‖θ0‖
  /// @param cosines between each two models' updates; NaN where one of them is zero
  public record Layer(Place place, List<Double> relative, List<List<Double>> cosines) {
    /// Copies its lists.
    public Layer {
      relative = List.copyOf(relative);
      cosines = cosines.stream().map(List::copyOf).toList();
    }
  }

  /// Reads all models and looks them over. The result does not depend on the number of threads.
  ///
  /// @param renames what the tuned models' tensors are called in the base, where that is not found
  /// @throws org.lines4j.error.InputException if the base cannot be computed with
  public static Check of(
      Checkpoint base,
      List<Checkpoint> tuned,
      List<Rename> renames,
      LayerOptions layers,
      RunOptions run)
      throws IOException {
    return new Examination(base, tuned, renames, layers, run).check();
  }

  /// Whether nothing stands in the way.
  public boolean isFit() {
    return findings.stream().noneMatch(Finding::isProblem);
  }

  /// What to do with these models, in a sentence.
  public String verdict() {
    long problems = findings.stream().filter(Finding::isProblem).count();
    long remarks = findings.size() - problems;
    String what = models.size() == 1 ? "this model" : "these %d models".formatted(models.size());
    if (problems > 0 && findings.stream().noneMatch(Check::concernsEdits)) {
      return "%s were tuned from this base and can be edited, but not merged as they are: %s."
          .formatted(upper(what), findings.getFirst().problem().summary(Option::word));
    }
    if (problems > 0) {
      return "%s should not be edited or merged as %s: %s"
              .formatted(
                  upper(what),
                  models.size() == 1 ? "it is" : "they are",
                  findings.getFirst().problem().summary(Option::word))
          + (problems > 1 ? ", and %d more".formatted(problems - 1) : "")
          + ".";
    }
    return "%s %s tuned from this base and can be edited%s%s."
        .formatted(
            upper(what),
            models.size() == 1 ? "was" : "were",
            models.size() == 1 ? "" : " and merged",
            remarks == 0 ? "" : remarks == 1 ? "; one remark" : "; %d remarks".formatted(remarks));
  }

  private static boolean concernsEdits(Finding finding) {
    return finding.isProblem() && finding.kind() != Finding.Kind.MERGE;
  }

  private static String upper(String text) {
    return Character.toUpperCase(text.charAt(0)) + text.substring(1);
  }
}
