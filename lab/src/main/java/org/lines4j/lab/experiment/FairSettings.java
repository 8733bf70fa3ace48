package org.lines4j.lab.experiment;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;

/// What a lab of a base and its tasks trains and measures. One value decides everything but the
/// seed.
@JsonTypeInfo(use = JsonTypeInfo.Id.DEDUCTION)
@JsonSubTypes({@JsonSubTypes.Type(TextSettings.class), @JsonSubTypes.Type(IconSettings.class)})
public sealed interface FairSettings permits TextSettings, IconSettings {
  /// Every method with a base that merges any number of whole models.
  List<String> METHODS =
      List.of(
          "task_arithmetic",
          "ties",
          "consensus",
          "magmax",
          "metagpt",
          "pcb",
          "star",
          "tsv_m",
          "iso_c",
          "iso_cts",
          "dc_merge",
          "swudi",
          "svc",
          "dare_linear",
          "dare_ties",
          "della",
          "della_linear",
          "breadcrumbs",
          "breadcrumbs_ties",
          "sce",
          "model_stock",
          "multislerp",
          "ram",
          "ramplus_tl");

  /// How long a scaled update is, in mean updates of the fine-tuned models. LiNeS, whose mean λ is
  /// smaller than its last, and methods whose updates are near the sum of all need the far end.
  List<Double> SCALES = List.of(0.3, 0.5, 0.8, 1.3, 2.0, 3.2, 5.0, 8.0);

  /// Those that are fine-tuned on and measured, by name.
  List<String> tasks();

  /// All tasks that there are, whether the evidence is made with them or not.
  List<String> everyTask();

  /// The highest learning rates: each fine-tunes on every task.
  List<Double> rates();

  /// The methods of merging.
  List<String> methods();

  /// The grid of λ and β, in units of each method (see [ScaledMerges]).
  List<Double> scales();

  /// How many of the tasks' models are edited; all tasks are their controls.
  int editingTasks();

  /// The steps of a path: 5 for 1, 0.8 … 0.
  int editingSteps();

  /// A part of it: fewer tasks, rates or methods.
  FairSettings only(List<String> someTasks, List<Double> someRates, List<String> someMethods);
}
