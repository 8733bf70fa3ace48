package org.lines4j.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.lines4j.AdapterPlan;
import org.lines4j.Extract;
import org.lines4j.error.RequestException;
import org.lines4j.lowrank.RankChoice;
import org.lines4j.plan.RunResult;
import org.lines4j.storage.Location;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `lines extract`.
@Command(
    name = "extract",
    header = "Make a LoRA adapter of a whole fine-tuned model.",
    customSynopsis = "lines extract --base=PATH --tuned=PATH --out=PATH (--rank=R | --energy=E)",
    description = {
      "Of each matrix that fine-tuning changed, keeps the strongest directions of the",
      "change, as lora_A and lora_B; and tells, layer by layer, how much of it they",
      "lack. Embeddings, norms and biases that changed go along whole. peft loads the",
      "result."
    },
    footer = {
      "%nExample:",
      "  lines extract --base llama --tuned llama-medical --rank 16 \\",
      "    --out llama-medical-lora"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the required options
final class ExtractCommand implements Callable<Integer> {
  @Option(
      names = "--base",
      paramLabel = "PATH",
      required = true,
      description = "The pre-trained model.")
  private Location base;

  @Option(
      names = "--tuned",
      paramLabel = "PATH",
      required = true,
      description = "The fine-tuned model.")
  private Location tuned;

  @Option(
      names = "--out",
      paramLabel = "PATH",
      required = true,
      description = "The adapter's folder to make.")
  private Location out;

  @Mixin private RankMixin rank;
  @Mixin private LayerMixin layers;

  @Option(names = "--force", description = "Replace an output that exists.")
  private boolean force;

  @Option(
      names = "--dry-run",
      description = "Find the directions and tell what they lack, write nothing.")
  private boolean dryRun;

  @Mixin private WorkMixin work;
  @Mixin private RunMixin run;

  ExtractCommand() {}

  @Override
  public Integer call() throws IOException {
    RankChoice choice =
        rank.choice()
            .orElseThrow(
                () -> new RequestException("how many directions? give --rank or --energy"));
    try (ModelPair models = ModelPair.open(base, tuned)) {
      Extract extract =
          Extract.of(models.base(), models.tuned(), choice).withLayers(layers.options());
      try (AdapterPlan plan = plan(force ? extract.withForce() : extract)) {
        AdapterReport report = new AdapterReport(plan, run);
        report.notices();
        if (dryRun) {
          report.dryRun();
        } else {
          report.done(run(plan));
        }
      }
    }
    return 0;
  }

  /// Finding directions is most of the work.
  private AdapterPlan plan(Extract extract) throws IOException {
    try (ProgressDisplay progress = run.progress();
        Interruption _ = run.interruption(progress, out)) {
      return extract.plan(out, work.options(progress));
    }
  }

  private RunResult run(AdapterPlan plan) throws IOException {
    try (ProgressDisplay progress = run.progress();
        Interruption _ = run.interruption(progress, plan.plan().out())) {
      return plan.plan().run(work.options(progress));
    }
  }
}
