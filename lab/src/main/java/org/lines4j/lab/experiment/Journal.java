package org.lines4j.lab.experiment;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// What was measured already, kept in a file of lines, so that a lab that was interrupted goes on
/// where it was. A line that a kill has torn is measured again.
final class Journal implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.shared();

  /// A question and its answers by probe.
  private record Line(String question, Map<String, Double> accuracy) {}

  private final Map<String, Map<String, Double>> known = new ConcurrentHashMap<>();
  private final FileChannel file;

  private Journal(FileChannel file) {
    this.file = file;
  }

  /// Reads what is there and goes on behind it.
  static Journal open(Path path) throws IOException {
    Files.createDirectories(path.toAbsolutePath().getParent());
    Journal journal =
        new Journal(
            FileChannel.open(
                path,
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE));
    journal.read(path);
    return journal;
  }

  private void read(Path path) throws IOException {
    byte[] bytes = Files.readAllBytes(path);
    int start = 0;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == '\n') {
        try {
          remember(JSON.readValue(bytes, start, i - start, Line.class));
        } catch (JacksonException e) {
          throw new IOException(
              "%s: byte %d is not in a line of a journal; delete the file to measure anew"
                  .formatted(path, start),
              e);
        }
        start = i + 1;
      }
    }
    file.truncate(start);
    file.position(start);
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
    ByteBuffer bytes =
        ByteBuffer.wrap((JSON.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      file.write(bytes);
    }
    remember(line);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
