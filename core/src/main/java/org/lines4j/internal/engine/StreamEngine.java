package org.lines4j.internal.engine;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import org.lines4j.internal.engine.Units.Part;
import org.lines4j.internal.work.Facts;
import org.lines4j.internal.work.OutputShard;
import org.lines4j.internal.work.PlannedRun;
import org.lines4j.internal.work.PlannedTensor;
import org.lines4j.internal.work.Survey;
import org.lines4j.plan.NotFinite;
import org.lines4j.plan.PlannedPass;
import org.lines4j.plan.Progress;
import org.lines4j.plan.RunOptions;
import org.lines4j.run.Runner;
import org.lines4j.storage.Sink;
import org.lines4j.storage.Sinks;

/// Writes the files of a plan ([WritePass]).
///
/// In this JVM, some tensors at a time are measured and then written, while the system's cache
/// still holds them.
public final class StreamEngine {
  private final List<OutputShard> planned;
  private final RunOptions options;
  private final Runner runner;
  private long bytesRead;

  private StreamEngine(List<OutputShard> shards, RunOptions options, Runner runner) {
    this.planned = List.copyOf(shards);
    this.options = options;
    this.runner = runner;
  }

  /// What came of writing files.
  ///
  /// @param bytesRead of tensors: those of all inputs, once more if a guessed majority was wrong,
  ///   and what it took to measure tensors
  /// @param notFinite tensors that hold NaN or infinity
  /// @param withoutUpdate models that are the base in all that was scaled or merged
  public record Written(long bytesRead, List<NotFinite> notFinite, List<String> withoutUpdate) {
    /// Copies its lists.
    public Written {
      notFinite = List.copyOf(notFinite);
      withoutUpdate = List.copyOf(withoutUpdate);
    }
  }

  /// Writes every file of a plan and syncs it.
  ///
  /// @param plan with nothing left to measure over whole models
  public static Written write(PlannedRun plan, Sinks sinks, RunOptions options, Runner runner)
      throws IOException {
    Facts facts = plan.survey().map(Survey::facts).orElse(Facts.none());
    return new StreamEngine(plan.shards(), options, runner).write(facts, sinks);
  }

  /// Writes files on this machine's threads and syncs them.
  public static Written write(List<OutputShard> shards, Sinks sinks, RunOptions options)
      throws IOException {
    Runner threads = new LocalRunner(options);
    return new StreamEngine(shards, options, threads).write(Facts.none(), sinks);
  }

  private Written write(Facts before, Sinks sinks) throws IOException {
    List<PlannedTensor> tensors =
        planned.stream().flatMap(shard -> shard.tensors().stream()).toList();
    Majority.Elected<WritePass.Seen> elected =
        Majority.elect(tensors, before, facts -> attempt(facts, sinks));
    WritePass.Seen seen = elected.result();
    return new Written(bytesRead, seen.notFinite().in(planned), seen.updates().lacking());
  }

  /// One whole pass: files that are written once more begin anew. What waits for the phase to begin
  /// finds no file yet.
  private WritePass.Seen attempt(Facts facts, Sinks sinks) throws IOException {
    if (runner.isLocal()) {
      long size = planned.stream().mapToLong(OutputShard::size).sum();
      long bytes = size + tensors(PlannedTensor::bytesToMeasure);
      options.progress().start(PlannedPass.Kind.WRITE.title(), bytes);
    }
    List<Sink> files = opened(sinks);
    try {
      List<OutputShard> shards = planned.stream().map(shard -> shard.with(facts::applyTo)).toList();
      WritePass.Seen seen =
          runner.isLocal()
              ? writeHere(shards, facts, files)
              : runner.run(WritePass.all(shards, facts, files, options.chunkBytes()));
      for (int i = 0; i < files.size(); i++) {
        SealedSink.seal(i, planned.get(i), files.get(i), seen.checksums());
        files.get(i).sync();
      }
      bytesRead += tensors(PlannedTensor::inputBytes);
      if (!runner.isLocal()) {
        bytesRead += tensors(PlannedTensor::bytesToMeasure);
      }
      return seen;
    } finally {
      for (Sink file : files) {
        file.close();
      }
    }
  }

  private List<Sink> opened(Sinks sinks) throws IOException {
    List<Sink> files = new ArrayList<>();
    try {
      for (OutputShard shard : planned) {
        files.add(sinks.open(shard.fileName(), shard.size()));
      }
      return files;
    } catch (IOException | RuntimeException e) {
      for (Sink file : files) {
        file.close();
      }
      throw e;
    }
  }

  private WritePass.Seen writeHere(List<OutputShard> shards, Facts facts, List<Sink> files)
      throws IOException {
    Progress phase = new Within(options.progress());
    LocalRunner threads = new LocalRunner(options.withProgress(phase));
    WritePass.Seen seen = new WritePass.Seen();
    for (List<Part> window : Units.windows(shards)) {
      List<OutputShard> known = measured(shards, window);
      seen.add(
          threads.run(
              new WritePass(
                  known,
                  facts,
                  Units.of(known, window, options.chunkBytes()),
                  files,
                  options.chunkBytes())));
    }
    return seen;
  }

  /// The files with what was measured of a window's tensors and of no others, for that may be a
  /// number for each of a tensor's rows.
  private List<OutputShard> measured(List<OutputShard> shards, List<Part> window)
      throws IOException {
    List<OutputShard> known = new ArrayList<>(shards);
    for (Part part : window) {
      List<PlannedTensor> tensors =
          shards.get(part.shard()).tensors().subList(part.from(), part.to());
      if (tensors.stream().anyMatch(PlannedTensor::isToBeMeasured)) {
        Measuring.Known found = Measuring.measure(tensors, options);
        bytesRead += found.bytesRead();
        known.set(part.shard(), known.get(part.shard()).with(part.from(), found.tensors()));
      }
    }
    return known;
  }

  private long tensors(ToLongFunction<PlannedTensor> bytes) {
    return planned.stream().flatMap(shard -> shard.tensors().stream()).mapToLong(bytes).sum();
  }

  /// A part of a phase that has begun.
  private record Within(Progress phase) implements Progress {
    @Override
    public void start(String phase, long totalBytes) {}

    @Override
    public void advance(long bytes) {
      phase.advance(bytes);
    }
  }
}
