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
import org.lines4j.error.RequestException;
import org.lines4j.plan.Progress;

/// Makes models and measures them, several side by side, each with one thread. What was measured
/// once is remembered, also by the next run.
public final class Workbench implements AutoCloseable {
  private final Path folder;
  private final Measuring measuring;
  private final Journal journal;
  private final ExecutorService workers;
  private final Progress progress;

  /// @param folder that models are named relative to
  /// @param measuring what they are measured by
  /// @param parallel how many models are measured at the same time
  /// @param progress of each series in which something is to be measured, in models
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
  /// @param models what they are, as progress calls them
  /// @throws IOException if a model cannot be made or read
  public List<Answers> ask(String models, List<Question> questions) throws IOException {
    int portions = questions.stream().mapToInt(q -> measuring.portions(q.probes()).size()).sum();
    Progress shown = questions.stream().allMatch(this::knows) ? Progress.SILENT : progress;
    shown.start("measuring " + models, portions);
    List<Future<Answers>> answers = new ArrayList<>();
    for (Question question : questions) {
      Callable<Answers> task = () -> answer(question, shown);
      answers.add(workers.submit(task));
    }
    List<Answers> result = new ArrayList<>();
    try {
      for (Future<Answers> answer : answers) {
        result.add(answer.get());
      }
    } catch (ExecutionException e) {
      answers.forEach(answer -> answer.cancel(false));
      if (e.getCause() instanceof RequestException wrong) {
        throw wrong;
      }
      String why =
          e.getCause() instanceof IOException io
              ? String.valueOf(io.getMessage())
              : String.valueOf(e.getCause());
      throw new IOException("a model could not be measured: " + why, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while models were measured", e);
    }
    return result;
  }

  private Answers answer(Question question, Progress shown) throws IOException {
    List<List<Probe>> open = new ArrayList<>();
    for (List<Probe> portion : measuring.portions(question.probes())) {
      List<Probe> unknown =
          portion.stream().filter(probe -> journal.find(question, probe).isEmpty()).toList();
      if (unknown.isEmpty()) {
        shown.advance(1);
      } else {
        open.add(unknown);
      }
    }
    if (!open.isEmpty()) {
      measure(question, open, shown);
    }
    Map<Probe, Double> inOrder = new LinkedHashMap<>(); // sums must not depend on the journal
    question
        .probes()
        .forEach(probe -> inOrder.put(probe, journal.find(question, probe).orElseThrow()));
    return new Answers(inOrder);
  }

  private void measure(Question question, List<List<Probe>> portions, Progress shown)
      throws IOException {
    try (ScratchFolder scratch = ScratchFolder.make()) {
      Path model = question.model().make(folder, scratch.path().resolve("model"));
      for (List<Probe> portion : portions) {
        journal.add(question, measuring.measure(model, question.heads(), portion));
        shown.advance(1);
      }
    }
  }

  @Override
  public void close() throws IOException {
    workers.shutdownNow();
    journal.close();
  }
}
