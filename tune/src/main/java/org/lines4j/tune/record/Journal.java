package org.lines4j.tune.record;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lines4j.error.InputException;
import org.lines4j.error.RequestException;
import org.lines4j.files.LineJournal;
import org.lines4j.tune.Metric;
import org.lines4j.tune.Trial;

/// `trials.jsonl`: every finished trial, a line each, only ever appended to ([LineJournal]). A
/// trial whose line a kill has torn is done again.
public final class Journal implements Closeable {
  private final Path file;
  private final LineJournal lines;
  private final SearchIdentity identity;
  private final Map<String, Trial> trials = new LinkedHashMap<>();
  private final Map<String, Metric.Better> directions = new LinkedHashMap<>();

  private Journal(Path file, LineJournal lines, SearchIdentity identity) {
    this.file = file;
    this.lines = lines;
    this.identity = identity;
  }

  /// Opens the journal of a search, or begins it.
  ///
  /// @throws RequestException if it holds trials of another search; the message says what differs
  /// @throws InputException if it is no journal
  public static Journal open(Path file, SearchIdentity identity) throws IOException {
    LineJournal lines = LineJournal.open(file);
    try {
      Journal journal = new Journal(file, lines, identity);
      int number = 0;
      for (String line : lines.lines()) {
        number++;
        if (!line.isEmpty()) {
          journal.add(line, number);
        }
      }
      return journal;
    } catch (RuntimeException e) {
      lines.close();
      throw e;
    }
  }

  private void add(String text, int number) {
    JournalLine line;
    try {
      line = JournalLine.parse(text);
    } catch (IllegalArgumentException e) {
      throw new InputException(file, "line %d is no trial (%s)".formatted(number, e.getMessage()))
          .withRemedy("remove that line, or choose another folder");
    }
    List<String> differences = line.identity().differences(identity);
    if (!differences.isEmpty() && line.trial().failure().isPresent()) {
      return; // as after a mistyped command, which has measured nothing
    }
    if (!differences.isEmpty()) {
      throw new RequestException(file, "holds trials of another search, which cannot be compared")
          .withRemedy("choose another folder, or remove the file")
          .withDetails(". What differs:\n  " + String.join("\n  ", differences));
    }
    keep(line);
  }

  private void keep(JournalLine line) {
    trials.put(line.trial().key(), line.trial());
    line.lowerIsBetter().forEach(metric -> directions.put(metric, Metric.Better.LOWER));
  }

  /// The trial of that key, the last one if there are several.
  public synchronized Optional<Trial> find(String key) {
    return Optional.ofNullable(trials.get(key));
  }

  /// How many models have been tried.
  public synchronized int size() {
    return trials.size();
  }

  /// Of which metrics lower is better, as the evaluator said when they were measured: a search that
  /// goes on may measure nothing that says so again.
  public synchronized Map<String, Metric.Better> directions() {
    return Map.copyOf(directions);
  }

  /// Writes a trial down; when this returns, it is on the disk.
  ///
  /// @param known which way the evaluator's metrics are better, as far as it has said
  public synchronized void append(Trial trial, Map<String, Metric.Better> known)
      throws IOException {
    List<String> lower =
        trial.metrics().keySet().stream()
            .filter(metric -> known.get(metric) == Metric.Better.LOWER)
            .toList();
    JournalLine line = new JournalLine(identity, trial, lower);
    lines.append(line.json());
    keep(line);
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
