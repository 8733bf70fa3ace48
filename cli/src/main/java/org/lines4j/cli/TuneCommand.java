package org.lines4j.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.lines4j.Methods;
import org.lines4j.error.RequestException;
import org.lines4j.files.AtomicFile;
import org.lines4j.merge.Recipe;
import org.lines4j.merge.Stage;
import org.lines4j.method.MethodType;
import org.lines4j.plan.Progress;
import org.lines4j.recipe.RecipeFile;
import org.lines4j.report.ContestPage;
import org.lines4j.report.TunePage;
import org.lines4j.storage.Location;
import org.lines4j.tune.Candidate;
import org.lines4j.tune.Contest;
import org.lines4j.tune.Evaluator;
import org.lines4j.tune.Results;
import org.lines4j.tune.Results.Point;
import org.lines4j.tune.Subject;
import org.lines4j.tune.Tuning;
import org.lines4j.tune.program.Evaluators;
import org.lines4j.tune.record.ResultFiles;
import org.lines4j.tune.record.ResultsJson;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `lines tune`.
@Command(
    name = "tune",
    header = "Choose alpha and beta by measuring candidates.",
    customSynopsis = {
      "lines tune RECIPE --evaluate=CMD --target=METRIC --out=DIR [OPTIONS]",
      "       lines tune --base=PATH --tuned=PATH --evaluate=CMD ... (for one model)"
    },
    description = {
      "Makes one candidate after the other, has CMD measure it, and says which is",
      "best: beside LiNeS the base, the tuned models, and uniform scaling, which has",
      "no depth, at the same number of evaluations.",
      "",
      "CMD is run with {model} replaced by the candidate's path. Its last line of",
      "output should be JSON, such as {\"acc\": 0.81, \"loss\": 1.9}; or it writes",
      "that, or lm-evaluation-harness its results, to {result}. The latter's metrics",
      "are called TASK/METRIC, such as arc_easy/acc. No shell runs CMD: put words",
      "with spaces in quotes, or give sh -c '...'. {fraction} becomes the part of its",
      "data that it should measure on, {repeat} which measurement of a model it is.",
      "",
      "No program is needed for perplexity:FILE, of language models on a text, whose",
      "metric is called NAME/perplexity by the file's name, and classify:FILE.tsv, of",
      "encoders on a table of texts and labels (NAME/accuracy): docs/evaluators.md.",
      "",
      "DIR gets trials.jsonl (every measurement; a killed search goes on there),",
      "best.yml (a recipe for 'lines merge'), results.json and report.html."
    },
    footer = {
      "%nExample, the paper's protocol for one model (gamma from 1.0 down to 0.0):",
      "  lines tune --base llama --tuned llama-medical --out chosen \\",
      "    --evaluate 'python eval.py {model}' --target medical --control general",
      "The same on two texts, without a program:",
      "    --evaluate perplexity:law.txt --evaluate perplexity:general.txt",
      "    --target law/perplexity --control general/perplexity",
      "With lm-evaluation-harness:",
      "    --evaluate 'lm_eval --model hf --model_args pretrained={model}",
      "      --tasks arc_easy,gsm8k --output_path {result}'"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the required options
final class TuneCommand implements Callable<Integer> {
  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "RECIPE",
      description = "What to merge; its lines, and its path, say what is searched.")
  private @Nullable Path recipe;

  @Option(names = "--base", paramLabel = "PATH", description = "The pre-trained model.")
  private @Nullable Location base;

  @Option(names = "--tuned", paramLabel = "PATH", description = "The fine-tuned model.")
  private @Nullable Location tuned;

  @Option(
      names = "--evaluate",
      paramLabel = "CMD",
      required = true,
      description = {
        "Measures the model at {model}; or perplexity:FILE, or classify:FILE.tsv. Several are"
            + " measured one after the other."
      })
  private List<String> evaluators;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = "Where results go; also where an earlier search goes on.")
  private Path out;

  @Mixin private SearchMixin search;
  @Mixin private ConductMixin conduct;
  @Mixin private RenameMixin names;
  @Mixin private MismatchMixin mismatch;
  @Mixin private LayerMixin layers;
  @Mixin private DtypeMixin dtype;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "Of random methods and of the optimiser (default ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--dry-run",
      description = "Check everything and list the candidates, make and measure none.")
  private boolean dryRun;

  @Mixin private WorkMixin work;
  @Mixin private RunMixin run;

  TuneCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    MethodJars.check();
    Evaluator evaluator = Evaluators.of(evaluators);
    if (search.isOverMethods()) {
      compareMethods(evaluator);
      return 0;
    }
    Tuning tuning = tuning(evaluator);
    if (dryRun) {
      show(tuning.preview(out));
      return 0;
    }
    Results results;
    try (Interruption _ = run.interruption(out)) {
      results = tuning.run(out, new TuneProgress(run));
    }
    AtomicFile.write(out.resolve(ResultFiles.REPORT), TunePage.html(ResultFiles.read(out)));
    if (run.isJson()) {
      run.out().print(ResultsJson.of(results));
      run.out().flush();
    } else {
      show(results);
    }
    run.say("wrote best.yml, results.json and report.html to " + out);
    return 0;
  }

  /// What is merged.
  ///
  /// @param variants its recipe with each value of its path; one where it has none
  private record Asked(Subject subject, List<Recipe> variants) {}

  private Asked asked() throws IOException {
    Subject subject;
    List<Recipe> variants;
    if (recipe != null && base == null && tuned == null) {
      RecipeFile file = RecipeFile.read(recipe);
      variants = file.variants().stream().map(RecipeFile.Variant::recipe).toList();
      List<Stage> earlier = file.stages().subList(0, file.stages().size() - 1);
      subject = Subject.of(variants.getFirst(), file.folder()).withEarlier(earlier);
      if (dtype.isGiven()) {
        throw new RequestException("--dtype is for --base and --tuned; a recipe has out_dtype");
      }
    } else if (recipe == null && base != null && tuned != null) {
      subject = Subject.edit(base, tuned, dtype.floating());
      variants = List.of(subject.recipe());
    } else {
      throw new RequestException("give either a recipe, or --base and --tuned");
    }
    return new Asked(
        subject
            .withLayers(layers.options())
            .withSeed(seed)
            .withMismatch(mismatch.answer())
            .withRenames(names.renames()),
        variants);
  }

  private Tuning tuning(Evaluator evaluator) throws IOException {
    Asked asked = asked();
    Optional<MethodType> method =
        Methods.all().stream()
            .filter(known -> known.name().equals(asked.subject().recipe().method()))
            .findFirst();
    method.ifPresent(known -> search.checkWords(List.of(known)));
    return tuning(asked.subject(), asked.variants(), method, evaluator);
  }

  private Tuning tuning(
      Subject subject, List<Recipe> variants, Optional<MethodType> method, Evaluator evaluator) {
    return new Tuning(
        subject,
        evaluator,
        search.goals(subject.isEdit() ? 1 : 2, evaluator),
        search.plan(subject, variants, method, evaluator, seed),
        conduct.conduct(work.options(Progress.SILENT)));
  }

  private void compareMethods(Evaluator evaluator) throws IOException, InterruptedException {
    TuneProgress progress = new TuneProgress(run);
    Contest contest =
        Contest.of(
            asked().subject(),
            search.methods(MethodJars.methods()),
            search.namesMethods(),
            (subject, method) ->
                tuning(subject, List.of(subject.recipe()), Optional.of(method), evaluator),
            out,
            progress);
    ContestReport report = new ContestReport(run);
    if (dryRun) {
      report.dryRun(contest, out);
      return;
    }
    try (Interruption _ = run.interruption(out)) {
      report.done(contest.run(out, progress));
    }
    AtomicFile.write(
        out.resolve(ResultFiles.REPORT), ContestPage.html(ResultFiles.readContest(out)));
    for (Tuning one : contest.searches()) {
      Path dir = out.resolve(one.subject().recipe().method());
      AtomicFile.write(dir.resolve(ResultFiles.REPORT), TunePage.html(ResultFiles.read(dir)));
    }
    run.say(
        "wrote best.yml, contest.json and report.html to %s, and a folder for each method"
            .formatted(out));
  }

  private void show(Tuning.Preview preview) {
    preview.notices().forEach(notice -> run.say("note: " + notice));
    if (run.isJson()) {
      Json.print(
          run.out(),
          json -> {
            json.writeBooleanProperty("dry_run", true);
            json.writeArrayPropertyStart("candidates");
            preview.candidates().forEach(candidate -> json.writeString(candidate.label()));
            json.writeEndArray();
            json.writeNumberProperty("most_trials", preview.mostTrials());
            json.writeNumberProperty("bytes", preview.bytes());
            json.writeBooleanProperty("in_memory", preview.inMemory());
          });
      return;
    }
    Table table = new Table("candidate", "alpha", "beta");
    for (Candidate candidate : preview.candidates()) {
      table.row(
          candidate.label(),
          candidate.lines().alpha().map(Table::lambda).orElse("auto"),
          Table.lambda(candidate.lines().beta()));
    }
    table.print(run.out());
    run.say(
        "dry run: nothing made; at most %d models would be measured, the base and the tuned ones with"
                .formatted(preview.mostTrials())
            + " them; "
            + (preview.bytes() == 0
                ? "candidates are computed as they are read"
                : "candidates take %,d bytes %s"
                    .formatted(preview.bytes(), preview.inMemory() ? "of memory" : "in " + out)));
  }

  private void show(Results results) {
    Table table = new Table("best of", "model", "alpha", "beta", "score");
    for (Point model : results.models()) {
      table.row("", model.label(), "", "", score(model.score()));
    }
    for (Results.ProfileResult profile : results.profiles()) {
      profile
          .bestPoint()
          .ifPresent(
              best ->
                  table.row(
                      profile.grading().title(),
                      best.label(),
                      Table.lambda(best.alpha().orElseThrow()),
                      Table.lambda(best.lines().beta()),
                      score(best.score())));
    }
    table.print(run.out());
    run.out().println();
    results.verdict().sentences().forEach(run::print);
    run.out().flush();
  }

  private static String score(OptionalDouble score) {
    return score.isPresent() ? "%.5g".formatted(score.getAsDouble()) : "failed";
  }
}
