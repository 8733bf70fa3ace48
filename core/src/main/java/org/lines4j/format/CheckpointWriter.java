package org.lines4j.format;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.lines4j.files.AtomicFile;
import org.lines4j.tensor.TensorInfo;

/// Writes tensors to one `.safetensors` file, which appears when it is complete and not before.
///
/// ```java
/// try (CheckpointWriter writer = CheckpointWriter.create(file, infos, Map.of("format", "pt"))) {
///   for (TensorInfo info : infos) {
///     writer.write(info.name(), bytesOf(info));
///   }
///   writer.publish();
/// }
/// ```
///
/// The file is made beside its place, as `.NAME.lines-partial`. Closed without [#publish()], the
/// writer removes it again and leaves what is in its place as it was. Not thread-safe.
public final class CheckpointWriter implements Closeable {
  private final AtomicFile file;
  private final Map<String, TensorInfo> missing = new HashMap<>();
  private final Map<String, Long> offsets = new HashMap<>();

  private CheckpointWriter(AtomicFile file) {
    this.file = file;
  }

  /// Starts a file of these tensors. They lie in it with the wider element types first, so that
  /// each is aligned, and in the order given otherwise.
  ///
  /// @param metadata the header's free text, written in the order of its keys; PyTorch's readers
  ///   like `format=pt`
  /// @throws IllegalArgumentException if two tensors have one name
  /// @throws IOException if the folder or the file cannot be made
  public static CheckpointWriter create(
      Path file, Collection<TensorInfo> tensors, Map<String, String> metadata) throws IOException {
    List<EncodedTensor> encoded = tensors.stream().map(EncodedTensor::of).toList();
    FileLayout layout = Formats.ofFolder().layout(new TreeMap<>(metadata), encoded);
    Path absolute = file.toAbsolutePath().normalize();
    Files.createDirectories(absolute.resolveSibling(""));
    CheckpointWriter writer = new CheckpointWriter(AtomicFile.create(absolute));
    try {
      writer.place(layout);
      for (FileLayout.Constant constant : layout.constants()) {
        writer.file.write(constant.bytes().asByteBuffer(), constant.start());
      }
      return writer;
    } catch (IOException | RuntimeException e) {
      writer.close();
      throw e;
    }
  }

  private void place(FileLayout layout) {
    for (FileLayout.Placed placed : layout.tensors()) {
      TensorInfo tensor = placed.tensor().info();
      if (missing.put(tensor.name(), tensor) != null) {
        throw new IllegalArgumentException(
            file.path() + ": two tensors are called " + tensor.name());
      }
      offsets.put(tensor.name(), placed.start());
    }
  }

  /// Writes all of one tensor's bytes: row-major, little-endian. Tensors come in any order, each
  /// once.
  ///
  /// @throws IllegalArgumentException if there is no such tensor left to write, or it has another
  ///   number of bytes
  public void write(String tensor, MemorySegment bytes) throws IOException {
    TensorInfo info = missing.get(tensor);
    Long offset = offsets.get(tensor);
    if (info == null || offset == null) {
      throw new IllegalArgumentException(
          "%s: tensor %s: %s"
              .formatted(
                  file.path(), tensor, offset == null ? "was not announced" : "is there already"));
    }
    if (info.byteSize() != bytes.byteSize()) {
      throw new IllegalArgumentException(
          "%s: tensor %s: %s takes %,d bytes, found %,d"
              .formatted(
                  file.path(), tensor, info.typeAndShape(), info.byteSize(), bytes.byteSize()));
    }
    long longest = 1 << 30;
    for (long from = 0; from < bytes.byteSize(); from += longest) {
      long length = Math.min(longest, bytes.byteSize() - from);
      file.write(bytes.asSlice(from, length).asByteBuffer(), offset + from);
    }
    missing.remove(tensor);
  }

  /// Syncs the file and moves it into place, over what is there.
  ///
  /// @throws IllegalStateException if tensors have not been written
  public void publish() throws IOException {
    if (!missing.isEmpty()) {
      throw new IllegalStateException(
          file.path() + ": not written yet: " + String.join(", ", new TreeSet<>(missing.keySet())));
    }
    file.publish();
  }

  /// Removes the file if it was not published.
  @Override
  public void close() throws IOException {
    file.close();
  }
}
