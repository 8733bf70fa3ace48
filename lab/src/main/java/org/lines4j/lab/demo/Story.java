package org.lines4j.lab.demo;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.lines4j.lab.demo.Demonstration.Changed;
import org.lines4j.lab.demo.Demonstration.Edited;

/// What was measured, and who won.
///
/// @param edited one adapter, scaled
/// @param other the second adapter by itself
/// @param merges of both
/// @param changed texts that were forgotten and won back
/// @param texts of each task that results are of
public record Story(
    Edited edited, Outcome other, List<Outcome> merges, List<Changed> changed, int texts) {
  /// Copies the lists.
  public Story {
    merges = List.copyOf(merges);
    changed = List.copyOf(changed);
  }

  private static final double TIE = 0.0075;

  /// Measures all of it.
  public static Story of(Demonstration demo, int texts) throws IOException {
    Edited edited = demo.edits();
    return new Story(
        edited,
        demo.other(),
        demo.merges(),
        demo.wonBack(edited.base(), edited.tuned(), edited.better()),
        texts);
  }

  /// What both tasks are measured of: the base, each adapter by itself, the merges.
  public List<Outcome> pairs() {
    List<Outcome> outcomes = new ArrayList<>();
    outcomes.add(edited.base());
    outcomes.add(edited.tuned().named(DemoModels.TARGET + " adapter"));
    outcomes.add(other);
    outcomes.addAll(merges);
    return outcomes;
  }

  /// One of [#pairs] as a row of a table: its name, its tasks, their mean.
  public static List<String> row(Outcome outcome) {
    return List.of(
        outcome.model(),
        percent(outcome.on(DemoModels.TARGET)),
        percent(outcome.on(DemoModels.OTHER)),
        percent(pair(outcome)));
  }

  /// In a sentence each.
  public List<String> verdict() {
    double lines = edited.score(edited.lines());
    double uniform = edited.score(edited.uniform());
    double tuned = edited.score(edited.tuned());
    String editing =
        Math.abs(lines - uniform) < TIE
            ? "Editing: no difference between LiNeS and uniform scaling"
            : "Editing: %s won".formatted(lines > uniform ? "LiNeS" : "uniform scaling");
    return List.of(
        "%s (2 x target + control, of what each was at its best: LiNeS %s, uniform %s, unedited %s)."
            .formatted(editing, percent(lines), percent(uniform), percent(tuned)),
        "Merging: %s.".formatted(merging()));
  }

  private String merging() {
    List<Outcome> order = new ArrayList<>(merges);
    order.sort(Comparator.comparingDouble(o -> -pair(o)));
    double ahead = pair(order.get(0)) - pair(order.get(1));
    if (ahead < TIE) {
      return "no difference between %s and %s, at %s %%"
          .formatted(order.get(0).model(), order.get(1).model(), percent(pair(order.get(0))));
    }
    return "%s won with %s %%, %s points before %s"
        .formatted(
            order.get(0).model(),
            percent(pair(order.get(0))),
            percent(ahead),
            order.get(1).model());
  }

  /// Mean accuracy on the tasks of both adapters.
  public static double pair(Outcome outcome) {
    return outcome.mean(Demonstration.PAIR);
  }

  /// A share.
  public static String percent(double share) {
    return "%.1f".formatted(100 * share);
  }

  /// The commands that make the same models, in the demo's folder.
  public List<String> commands() {
    String target = DemoModels.TARGET;
    return List.of(
        "lines edit --base base --tuned %s --alpha %s --out by-lines"
            .formatted(target, edited.lines().setting()),
        "lines edit --base base --tuned %s --alpha %s --beta 0 --out by-uniform"
            .formatted(target, edited.uniform().setting()),
        "lines merge %s.yml merged"
            .formatted(
                pair(merges.getFirst()) > pair(merges.getLast())
                    ? Demonstration.SUM
                    : Demonstration.SINGULAR));
  }
}
