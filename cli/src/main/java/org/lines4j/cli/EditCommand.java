package org.lines4j.cli;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.lines4j.AdapterEdit;
import org.lines4j.Edit;
import org.lines4j.error.InputException;
import org.lines4j.error.RequestException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.Formats;
import org.lines4j.layers.DepthProfile;
import org.lines4j.layers.LayerScaling.Outside;
import org.lines4j.plan.Plan;
import org.lines4j.plan.RunResult;
import org.lines4j.storage.Location;
import org.lines4j.storage.Storages;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `lines edit`.
@Command(
    name = "edit",
    header = "Scale each layer's fine-tuning with its depth.",
    customSynopsis = "lines edit [--base=PATH] --tuned=PATH --out=PATH [OPTIONS]",
    description = {
      "Writes base + lambda * (tuned - base), where lambda grows with depth, from",
      "alpha in the first layer to alpha + beta in the last. In layer l of L:",
      "",
      "  lambda = alpha + beta * (l - 1) / (L - 1)",
      "",
      "alpha 0, beta 0 gives the base; alpha 1, beta 0 the tuned model.",
      "PATH is a file of safetensors, PyTorch or GGUF, a Hugging Face model folder,",
      "a model of the Hub (org/name[@revision]) or an address (https://...); of tuned",
      "also a LoRA adapter, or MODEL+ADAPTER. Without a base, an adapter is made of",
      "an adapter."
    },
    footer = {
      "%nExample: mostly forget in early layers, keep all of the last layer's change:",
      "  lines edit --base llama --tuned llama-medical --out edited --alpha 0.1"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the required options
final class EditCommand implements Callable<Integer>, Again.Command {
  @Option(
      names = "--base",
      paramLabel = "PATH",
      description = "The pre-trained model. May be left out where tuned is an adapter.")
  private @Nullable Location base;

  @Option(
      names = "--tuned",
      paramLabel = "PATH",
      required = true,
      description = "The fine-tuned model.")
  private Location tuned;

  @Spec private CommandSpec spec;

  @Option(names = "--out", paramLabel = "PATH", required = true, description = OutputMixin.OUT)
  private Location out;

  /// What an edit makes.
  enum Made {
    /// A whole model.
    MODEL,
    /// A LoRA adapter.
    ADAPTER
  }

  @Option(
      names = "--as",
      paramLabel = "WHAT",
      converter = Choice.Mades.class,
      completionCandidates = Choice.Mades.class,
      description = {
        "What to make where tuned is an adapter: ${COMPLETION-CANDIDATES} (default: a model where"
            + " there is a base)."
      })
  private @Nullable Made made;

  @Option(
      names = "--alpha",
      paramLabel = "A",
      defaultValue = "0.1",
      converter = NumberConverter.class,
      description = "Lambda of the first layer (default ${DEFAULT-VALUE}).")
  private double alpha;

  @Option(
      names = "--beta",
      paramLabel = "B",
      converter = NumberConverter.class,
      description = "What the last layer's lambda has more (default 1 - alpha).")
  private @Nullable Double beta;

  @Option(
      names = "--outside",
      paramLabel = "WHERE",
      converter = Choice.Outsides.class,
      completionCandidates = Choice.Outsides.class,
      description = {
        "Lambda of tensors outside the layers. alpha: alpha (default). depth: alpha before the"
            + " layers, alpha + beta after them. Give it to edit a model without layers."
      })
  private @Nullable Outside outside;

  @Option(
      names = "--profile",
      paramLabel = "SHAPE",
      defaultValue = "lines",
      converter = Choice.Profiles.class,
      completionCandidates = Choice.Profiles.class,
      description = {
        "How lambda goes from alpha to alpha + beta: ${COMPLETION-CANDIDATES} (default"
            + " ${DEFAULT-VALUE}). uniform is alpha everywhere."
      })
  private DepthProfile profile = DepthProfile.LINES;

  @Mixin private LayerMixin layers;

  @Option(
      names = "--only",
      paramLabel = "REGEX",
      converter = RegexConverter.class,
      description = "Scale only tensors in whose names it is found; the others stay as tuned.")
  private @Nullable Pattern only;

  @Option(
      names = "--skip",
      paramLabel = "REGEX",
      converter = RegexConverter.class,
      description = "Leave tensors in whose names it is found as tuned.")
  private @Nullable Pattern skip;

  @Mixin private RenameMixin names;
  @Mixin private MismatchMixin mismatch;
  @Mixin private DtypeMixin dtype;
  @Mixin private OutputMixin output;
  @Mixin private WorkMixin work;
  @Mixin private ClusterMixin cluster;
  @Mixin private RunMixin run;

  EditCommand() {}

  @Override
  public Integer call() throws IOException {
    OutputName.check(out);
    cluster.check(output);
    checkDepth();
    try (ClusterMixin _ = cluster;
        Again edit = planned(out)) {
      carryOut(edit.plan());
    }
    return 0;
  }

  @Override
  public Again planAgain(Asked asked) throws IOException {
    return planned(Storages.elsewhere(out));
  }

  /// What only depth gives a meaning.
  private void checkDepth() {
    boolean isSloped = beta != null && beta != 0;
    if (profile == DepthProfile.UNIFORM && (isSloped || outside == Outside.DEPTH)) {
      throw new RequestException(
              "%s has no effect with --profile uniform, whose lambda is alpha everywhere"
                  .formatted(isSloped ? "--beta" : "--outside depth"))
          .withRemedy("leave it out, or choose another profile");
    }
  }

  private double slope() {
    return beta == null ? 1 - alpha : beta;
  }

  /// A plan with its models open.
  private Again planned(Location place) throws IOException {
    List<Closeable> models = new ArrayList<>();
    try {
      Plan plan =
          made == Made.ADAPTER || (made == null && base == null)
              ? adapterEdit(models).plan(place)
              : modelEdit(models).plan(place);
      return new Again(plan, models);
    } catch (IOException | RuntimeException e) {
      for (Closeable model : models.reversed()) {
        model.close();
      }
      throw e;
    }
  }

  private Location base() {
    if (base == null) {
      throw new RequestException("a model is made of a model and its base; give --base");
    }
    return base;
  }

  private Edit modelEdit(List<Closeable> models) throws IOException {
    Location start = base();
    ModelPair pair = open(() -> ModelPair.open(start, tuned));
    models.add(pair);
    return edit(pair.base(), pair.tuned());
  }

  private AdapterEdit adapterEdit(List<Closeable> models) throws IOException {
    if (!Formats.isAdapter(tuned)) {
      // what is no model either, such as the folder of a run, is told of as that
      Checkpoint.open(tuned).close();
      throw new RequestException(
          "%s is no LoRA adapter of PEFT, so %s"
              .formatted(
                  tuned,
                  made == null
                      ? "its base must be known; give --base"
                      : "no adapter can be made of it"));
    }
    Checkpoint adapter = Checkpoint.openParts(tuned);
    models.add(adapter);
    if (base == null) {
      return AdapterEdit.like(edit(adapter, adapter), adapter, Optional.empty());
    }
    Location start = base;
    Checkpoint from = open(() -> Checkpoint.open(start));
    models.add(from);
    return AdapterEdit.like(edit(from, adapter), adapter, Optional.of(from));
  }

  private void carryOut(Plan plan) throws IOException {
    PlanReport report =
        new PlanReport(plan, OptionalDouble.of(alpha), OptionalDouble.of(slope()), run)
            .with(cluster);
    report.notices();
    if (output.isDryRun()) {
      report.dryRun();
    } else {
      report.done(run(plan));
    }
  }

  @FunctionalInterface
  private interface Opening<T> {
    T open() throws IOException;
  }

  /// Tells of pipelines how to edit their parts.
  private <T> T open(Opening<T> models) throws IOException {
    try {
      return models.open();
    } catch (InputException e) {
      throw PipelineHint.of(base(), tuned, out, spec.commandLine().getParseResult())
          .map(hint -> e.withDetails("\n  " + hint))
          .orElse(e);
    }
  }

  private RunResult run(Plan plan) throws IOException {
    try (ProgressDisplay progress = run.progress();
        Interruption _ = run.interruption(progress, plan.out())) {
      return cluster.run(plan, work.options(progress), "", 0);
    }
  }

  private Edit edit(Checkpoint from, Checkpoint to) throws IOException {
    Edit edit =
        Edit.of(from, to)
            .withScaling(profile.between(alpha, slope(), outside == null ? Outside.ALPHA : outside))
            .withLayers(layers.options());
    edit = only == null ? edit : edit.withOnly(only);
    edit = skip == null ? edit : edit.withSkip(skip);
    edit = outside == null ? edit : edit.withStackless();
    edit = edit.withMismatch(mismatch.answer()).withRenames(names.renames());
    return output.applyTo(dtype.applyTo(edit));
  }
}
