package org.lines4j.lab.experiment;

import java.util.List;
import org.lines4j.Methods;
import org.lines4j.method.MethodType;
import org.lines4j.method.MethodType.BaseUse;

/// What is measured of published models, and by what. One value decides everything.
///
/// @param model the encoder, as open_clip calls it: `ViT-B-32`
/// @param published whose models
/// @param from where they lie: `hf://org/name@revision/folder`, or a folder of this machine
/// @param tasks that models were fine-tuned on; each is measured on all
/// @param evaluator the command that measures one model on one split of one task, see
///   [PaperMeasuring]
/// @param methods of merging
/// @param scales the grid of λ and β, see [ScaledMerges]
/// @param editingTasks how many of the models are edited
/// @param editingSteps of a path: 10 for 1, 0.9 … 0
public record PaperSettings(
    String model,
    PublishedModels published,
    String from,
    List<String> tasks,
    String evaluator,
    List<String> methods,
    List<Double> scales,
    int editingTasks,
    int editingSteps) {
  /// @throws org.lines4j.error.RequestException if there is no such model, or the evaluator's
  ///   command does not say where task and split go
  public PaperSettings {
    tasks = List.copyOf(tasks);
    methods = List.copyOf(methods);
    scales = List.copyOf(scales);
    String _ = PublishedModels.architecture(model);
    PaperMeasuring.check(evaluator);
  }

  /// Everything: γ by tenths, as the paper has it, and every method that takes part.
  public static PaperSettings full(
      String model, PublishedModels published, String from, int tasks, String evaluator) {
    return new PaperSettings(
        model,
        published,
        from,
        PublishedModels.tasks(tasks),
        evaluator,
        methods(tasks),
        List.of(0.3, 0.5, 0.8, 1.3, 2.0),
        tasks,
        10);
  }

  /// A look at everything: few methods, one edited model, coarse grids.
  public PaperSettings quick() {
    return new PaperSettings(
        model,
        published,
        from,
        tasks,
        evaluator,
        List.of("task_arithmetic", "ties", "tsv_m"),
        List.of(0.3, 0.8, 2.0),
        1,
        2);
  }

  /// With some merge methods alone.
  public PaperSettings only(List<String> someMethods) {
    return new PaperSettings(
        model, published, from, tasks, evaluator, someMethods, scales, editingTasks, editingSteps);
  }

  /// Every method that makes an update of a base from so many full models.
  private static List<String> methods(int models) {
    return Methods.all().stream()
        .filter(method -> method.baseUse() == BaseUse.REQUIRED)
        .filter(method -> method.fewestModels() <= models && models <= method.mostModels())
        .map(MethodType::name)
        .toList();
  }
}
