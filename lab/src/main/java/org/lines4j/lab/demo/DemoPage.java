package org.lines4j.lab.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.lines4j.lab.demo.Demonstration.Outcome;
import org.lines4j.lab.result.Charts;
import org.lines4j.lab.result.Charts.Point;
import org.lines4j.lab.result.Charts.Series;
import org.lines4j.plan.Plan;
import org.lines4j.plan.TensorPlan;
import org.lines4j.report.Document;
import org.lines4j.report.Document.Figure;
import org.lines4j.report.Document.Section;
import org.lines4j.report.Document.Table;
import org.lines4j.report.Document.Text;
import org.lines4j.report.DocumentPage;

/// The demo as a page.
///
/// @param outcomes base, fine-tuned, edited
/// @param lines models over γ, from 1 to 0
/// @param uniform models over the same λ for all layers, from 1 to 0
/// @param plan of the edited model
public record DemoPage(
    List<Outcome> outcomes, List<Outcome> lines, List<Outcome> uniform, Plan plan) {
  /// Copies the lists.
  public DemoPage {
    outcomes = List.copyOf(outcomes);
    lines = List.copyOf(lines);
    uniform = List.copyOf(uniform);
  }

  /// One HTML file that needs no other.
  public String html() {
    return DocumentPage.html(
        new Document(
            "LiNeS on a really trained pair",
            "A small vision transformer, fine-tuned on %s, and what an edit by depth gives back."
                .formatted(Demonstration.TARGET),
            List.of(
                new Section("Accuracy", List.of(accuracy())),
                new Section("What is kept, what is won back", List.of(figure(), note())),
                new Section("Scaling by layer", List.of(lambdas())))));
  }

  private Table accuracy() {
    List<String> header = new ArrayList<>(List.of("model"));
    header.addAll(outcomes.getFirst().accuracy().keySet());
    header.add("mean of controls");
    return new Table(
        "Percent of freshly rendered images classified rightly; the first task is the target",
        header,
        outcomes.stream()
            .map(
                outcome -> {
                  List<String> row = new ArrayList<>(List.of(outcome.model()));
                  outcome.accuracy().values().forEach(x -> row.add(percent(x)));
                  row.add(percent(outcome.control()));
                  return row;
                })
            .toList());
  }

  private Figure figure() {
    return new Figure(
        "path",
        "From the fine-tuned model (lower right) towards the base. Up and to the right is better. A"
            + " ring: the edited model.",
        Charts.lines(
            "Control against target accuracy",
            "target accuracy (" + Demonstration.TARGET + ")",
            "mean accuracy on the control tasks",
            List.of(
                new Series("LiNeS, γ 1 … 0", points(lines), Optional.of(point(outcomes.getLast()))),
                new Series("uniform, λ 1 … 0", points(uniform)))));
  }

  private static List<Point> points(List<Outcome> path) {
    return path.stream().map(DemoPage::point).toList();
  }

  private static Point point(Outcome outcome) {
    return new Point(outcome.target(), outcome.control());
  }

  private static Text note() {
    return new Text(
        "LiNeS with α = γ and β = 1 − γ scales the first block's update by γ and the last one's by"
            + " 1; uniform scaling takes the same λ everywhere. One task and one seed: docs/results"
            + " has all of them.");
  }

  private Table lambdas() {
    return new Table(
        "λ of each tensor",
        List.of("tensor", "λ"),
        plan.tensors().stream().map(tensor -> List.of(tensor.name(), lambda(tensor))).toList());
  }

  private static String lambda(TensorPlan tensor) {
    return tensor.lambda().isPresent() ? "%.4f".formatted(tensor.lambda().getAsDouble()) : "–";
  }

  private static String percent(double accuracy) {
    return "%.1f".formatted(100 * accuracy);
  }
}
