package org.lines4j.lab.experiment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.lines4j.files.LineJournal;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// What was measured already, kept in a file of lines, so that a lab that was interrupted goes on
/// where it was. A line that a kill has torn is measured again.
final class Journal implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.shared();

  /// A question and its answers by probe.
  private record Line(String question, Map<String, Double> accuracy) {}

  private final Map<String, Map<String, Double>> known = new ConcurrentHashMap<>();
  private final LineJournal lines;

  private Journal(LineJournal lines) {
    this.lines = lines;
  }

  /// Reads what is there and goes on behind it.
  static Journal open(Path path) throws IOException {
    Files.createDirectories(path.toAbsolutePath().getParent());
    LineJournal lines = LineJournal.open(path);
    Journal journal = new Journal(lines);
    int number = 0;
    for (String line : lines.lines()) {
      number++;
      try {
        journal.remember(JSON.readValue(line, Line.class));
      } catch (JacksonException e) {
        lines.close();
        throw new IOException(
            "%s: line %d is not of a journal; delete the file to measure anew"
                .formatted(path, number),
            e);
      }
    }
    return journal;
  }

  private void remember(Line line) {
    known.computeIfAbsent(line.question(), _ -> new ConcurrentHashMap<>()).putAll(line.accuracy());
  }

  Optional<Double> find(Question question, Probe probe) {
    return Optional.ofNullable(known.getOrDefault(question.key(), Map.of()).get(probe.toString()));
  }

  synchronized void add(Question question, Map<Probe, Double> answers) throws IOException {
    Map<String, Double> accuracy = new TreeMap<>();
    answers.forEach((probe, value) -> accuracy.put(probe.toString(), value));
    Line line = new Line(question.key(), accuracy);
    lines.append(JSON.writeValueAsString(line));
    remember(line);
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
