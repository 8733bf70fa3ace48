package org.lines4j.lab.experiment;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.lines4j.files.FolderTree;
import org.lines4j.plan.Progress;

/// Makes models and measures them, several side by side, each with one thread. What was measured
/// once is remembered, also by the next run.
public final class Workbench implements AutoCloseable {
  private static final int WORTH_SHOWING = 20;

  private final Path folder;
  private final Measuring measuring;
  private final Journal journal;
  private final ExecutorService workers;
  private final Progress progress;

  /// @param folder that models are named relative to
  /// @param measuring what they are measured by
  /// @param parallel how many models are measured at the same time
  /// @param progress of longer series, in models
  public Workbench(Path folder, Measuring measuring, int parallel, Progress progress)
      throws IOException {
    this.folder = folder;
    this.measuring = measuring;
    this.progress = progress;
    this.journal = Journal.open(folder.resolve("evaluations.jsonl"));
    this.workers = Executors.newFixedThreadPool(parallel);
  }

  /// The folder that models are named relative to.
  Path folder() {
    return folder;
  }

  /// Whether all of it was measured before.
  boolean knows(Question question) {
    return question.probes().stream().allMatch(probe -> journal.find(question, probe).isPresent());
  }

  /// The fraction of inputs classified rightly, for each question in turn and each of its probes.
  ///
  /// @throws IOException if a model cannot be made or read
  public List<Answers> ask(List<Question> questions) throws IOException {
    Progress shown = questions.size() < WORTH_SHOWING ? Progress.SILENT : progress;
    shown.start("measuring", questions.size());
    List<Future<Answers>> answers = new ArrayList<>();
    for (Question question : questions) {
      Callable<Answers> task =
          () -> {
            Answers answer = answer(question);
            shown.advance(1);
            return answer;
          };
      answers.add(workers.submit(task));
    }
    List<Answers> result = new ArrayList<>();
    try {
      for (Future<Answers> answer : answers) {
        result.add(answer.get());
      }
    } catch (ExecutionException e) {
      answers.forEach(answer -> answer.cancel(false));
      throw new IOException("a model could not be measured: " + e.getCause(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while models were measured", e);
    }
    return result;
  }

  private Answers answer(Question question) throws IOException {
    Map<Probe, Double> answers = new LinkedHashMap<>();
    List<Probe> open = new ArrayList<>();
    for (Probe probe : question.probes()) {
      journal
          .find(question, probe)
          .ifPresentOrElse(x -> answers.put(probe, x), () -> open.add(probe));
    }
    if (!open.isEmpty()) {
      Map<Probe, Double> measured = measure(question, open);
      journal.add(question, measured);
      answers.putAll(measured);
    }
    Answers unordered = new Answers(answers);
    Map<Probe, Double> inOrder = new LinkedHashMap<>(); // sums must not depend on the journal
    question.probes().forEach(probe -> inOrder.put(probe, unordered.on(probe)));
    return new Answers(inOrder);
  }

  private Map<Probe, Double> measure(Question question, List<Probe> probes) throws IOException {
    Path scratch = ScratchFolder.make();
    try {
      Path model = question.model().make(folder, scratch.resolve("model"));
      return measuring.measure(model, question.heads(), probes);
    } finally {
      FolderTree.delete(scratch);
    }
  }

  @Override
  public void close() throws IOException {
    workers.shutdownNow();
    journal.close();
  }
}
