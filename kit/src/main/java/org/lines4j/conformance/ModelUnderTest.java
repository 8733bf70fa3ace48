package org.lines4j.conformance;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.TreeMap;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.InputFormat;
import org.lines4j.format.StoredTensor;
import org.lines4j.storage.Location;

/// A model in memory, as a format sees it.
final class ModelUnderTest implements AutoCloseable {
  /// What a model is called that is one file: not what its format would call it.
  private static final String ONE_FILE = "model.of-some-kind";

  private static final WatchedFiles STORAGE = new WatchedFiles();

  private final InputFormat format;
  private final Map<String, byte[]> content;
  private final WatchedFiles.Model files;

  /// @param content by name; under the empty name that of a model that is one file
  ModelUnderTest(InputFormat format, Map<String, byte[]> content) {
    this.format = format;
    this.content = content;
    Map<String, byte[]> named = new TreeMap<>();
    content.forEach((name, bytes) -> named.put(name.isEmpty() ? ONE_FILE : name, bytes));
    this.files = new WatchedFiles.Model(named);
  }

  /// This model with another content of a file.
  ModelUnderTest with(String name, byte[] bytes) {
    Map<String, byte[]> changed = new TreeMap<>(content);
    changed.put(name, bytes);
    return new ModelUnderTest(format, changed);
  }

  boolean isFolder() {
    return !content.containsKey("");
  }

  Location location() {
    return files.at(isFolder() ? "" : ONE_FILE);
  }

  Map<String, byte[]> content() {
    return content;
  }

  WatchedFiles.Model files() {
    return files;
  }

  boolean isRecognised() throws IOException {
    return format.recognises(STORAGE, location());
  }

  Checkpoint open() throws IOException {
    return format.open(STORAGE, location());
  }

  /// All of a tensor.
  byte[] content(Checkpoint checkpoint, String name) throws IOException {
    StoredTensor tensor = checkpoint.find(name).orElseThrow();
    byte[] bytes = new byte[Math.toIntExact(tensor.byteSize())];
    checkpoint.source(tensor).read(0, MemorySegment.ofArray(bytes));
    return bytes;
  }

  @Override
  public void close() {
    files.close();
  }
}
