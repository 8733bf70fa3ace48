package org.lines4j.tune.record;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lines4j.error.InputException;
import org.lines4j.error.RequestException;
import org.lines4j.tune.Trial;

/// `trials.jsonl`: every finished trial, a line each, only ever appended to.
///
/// A line is written in one piece that ends with its line end, and synced before the search goes
/// on. A kill can thus only tear the last line, which then has no end: it is dropped when the
/// journal is opened again.
public final class Journal implements Closeable {
  private final Path file;
  private final FileChannel channel;
  private final SearchIdentity identity;
  private final Map<String, Trial> trials = new LinkedHashMap<>();

  private Journal(Path file, FileChannel channel, SearchIdentity identity) {
    this.file = file;
    this.channel = channel;
    this.identity = identity;
  }

  /// Opens the journal of a search, or begins it.
  ///
  /// @throws RequestException if it holds trials of another search; the message says what differs
  /// @throws InputException if it is no journal
  public static Journal open(Path file, SearchIdentity identity) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    Journal journal = new Journal(file, channel, identity);
    try {
      journal.load();
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
    return journal;
  }

  private void load() throws IOException {
    if (channel.size() > Integer.MAX_VALUE / 2) {
      throw new InputException(file, "too large for a journal of trials");
    }
    ByteBuffer bytes = ByteBuffer.allocate((int) channel.size());
    while (bytes.hasRemaining() && channel.read(bytes) >= 0) {}
    String text = new String(bytes.array(), StandardCharsets.ISO_8859_1);
    int complete = text.lastIndexOf('\n') + 1;
    if (complete < text.length()) {
      channel.truncate(complete); // torn by a kill; its trial is done again
    }
    channel.position(complete);
    byte[] whole = new byte[complete];
    bytes.get(0, whole);
    int number = 0;
    for (String line : new String(whole, StandardCharsets.UTF_8).split("\n", -1)) {
      number++;
      if (!line.isEmpty()) {
        add(line, number);
      }
    }
  }

  private void add(String text, int number) {
    JournalLine line;
    try {
      line = JournalLine.parse(text);
    } catch (IllegalArgumentException e) {
      throw new InputException(
          file,
          "line %d is no trial (%s); remove that line, or choose another folder"
              .formatted(number, e.getMessage()));
    }
    List<String> differences = line.identity().differences(identity);
    if (!differences.isEmpty()) {
      throw new RequestException(
          file
              + ": holds trials of another search, which cannot be compared; choose another folder,"
              + " or remove the file. What differs:\n  "
              + String.join("\n  ", differences));
    }
    trials.put(line.trial().key(), line.trial());
  }

  /// The trial of that key, the last one if there are several.
  public synchronized Optional<Trial> find(String key) {
    return Optional.ofNullable(trials.get(key));
  }

  /// How many models have been tried.
  public synchronized int size() {
    return trials.size();
  }

  /// Writes a trial down; when this returns, it is on the disk.
  public synchronized void append(Trial trial) throws IOException {
    String line = new JournalLine(identity, trial).json() + "\n";
    ByteBuffer bytes = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    channel.force(true);
    trials.put(trial.key(), trial);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
