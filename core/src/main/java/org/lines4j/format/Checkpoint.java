package org.lines4j.format;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lines4j.error.InputException;
import org.lines4j.internal.safetensors.HeaderReader;
import org.lines4j.internal.safetensors.ModelFolder;
import org.lines4j.tensor.TensorInfo;

/// A model's weights on disk, opened for reading: headers are read and checked, bytes stay where
/// they are until asked for.
///
/// Reads are positional, so any number of threads may share one checkpoint.
public final class Checkpoint implements Closeable {
  private final Path path;
  private final List<Shard> shards;
  private final List<FileChannel> channels;
  private final List<FileState> states;
  private final Map<String, StoredTensor> tensors;
  private final List<StoredTensor> inOrder;

  private Checkpoint(
      Path path, List<Shard> shards, List<FileChannel> channels, List<FileState> states) {
    this.path = path;
    this.shards = List.copyOf(shards);
    this.channels = List.copyOf(channels);
    this.states = List.copyOf(states);
    Map<String, StoredTensor> byName = new LinkedHashMap<>();
    for (Shard shard : shards) {
      shard.tensors().forEach(tensor -> byName.put(tensor.name(), tensor));
    }
    this.tensors = Collections.unmodifiableMap(byName);
    this.inOrder = List.copyOf(byName.values());
  }

  /// Opens a `.safetensors` file, or a folder that holds one (`model.safetensors`) or an index
  /// (`model.safetensors.index.json`) with its shards, and checks every header.
  ///
  /// @throws InputException if a file is missing, special, malformed, or contradicts the index
  /// @throws IOException if reading fails
  public static Checkpoint open(Path path) throws IOException {
    if (!Files.exists(path)) {
      throw new InputException(path, "there is no such file or folder");
    }
    if (!Files.isDirectory(path)) {
      return openFiles(path, List.of(path));
    }
    ModelFolder folder = ModelFolder.read(path);
    Checkpoint checkpoint = openFiles(path, folder.files());
    try {
      folder.check(checkpoint.shards());
    } catch (RuntimeException e) {
      checkpoint.close();
      throw e;
    }
    return checkpoint;
  }

  private static Checkpoint openFiles(Path path, List<Path> files) throws IOException {
    List<FileChannel> channels = new ArrayList<>();
    try {
      List<Shard> shards = new ArrayList<>();
      List<FileState> states = new ArrayList<>();
      Map<String, Shard> seen = new HashMap<>();
      for (Path file : files) {
        if (!Files.isRegularFile(file)) {
          throw new InputException(
              file, Files.exists(file) ? "not a regular file" : "there is no such file");
        }
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        channels.add(channel);
        states.add(FileState.of(file));
        Shard shard = HeaderReader.read(file, channel, shards.size());
        checkNamesOnce(shard, seen);
        shards.add(shard);
      }
      return new Checkpoint(path, shards, channels, states);
    } catch (IOException | RuntimeException e) {
      closeAll(channels);
      throw e;
    }
  }

  /// After each shard, so that memory stays bounded however many there are.
  private static void checkNamesOnce(Shard shard, Map<String, Shard> seen) {
    for (StoredTensor tensor : shard.tensors()) {
      Shard other = seen.put(tensor.name(), shard);
      if (other != null) {
        throw new InputException(
            shard.file(), "tensor " + tensor.name() + " is also in " + other.file().getFileName());
      }
    }
    if (seen.size() > HeaderReader.MAX_TENSORS) {
      throw new InputException(
          shard.file(),
          "with it, the model has more than " + HeaderReader.MAX_TENSORS + " tensors");
    }
  }

  /// The file or folder that was opened.
  public Path path() {
    return path;
  }

  /// Whether [#path()] is a model folder.
  public boolean isFolder() {
    return Files.isDirectory(path);
  }

  /// The files, in the order of their names in the index.
  public List<Shard> shards() {
    return shards;
  }

  /// All tensors, shard after shard, each in the order of its bytes.
  public List<StoredTensor> tensors() {
    return inOrder;
  }

  /// What the headers say of all tensors, in the same order.
  public List<TensorInfo> infos() {
    return tensors.values().stream().map(StoredTensor::info).toList();
  }

  /// The tensor of that name.
  public Optional<StoredTensor> find(String name) {
    return Optional.ofNullable(tensors.get(name));
  }

  /// The file that holds a tensor.
  public Path fileOf(StoredTensor tensor) {
    return shards.get(tensor.shard()).file();
  }

  /// The bytes of all tensors together.
  public long byteSize() {
    return tensors.values().stream().mapToLong(StoredTensor::byteSize).sum();
  }

  /// Fills `target` with a tensor's bytes from byte `from` on.
  ///
  /// @throws EOFException if the file has become shorter since it was opened
  public void read(StoredTensor tensor, long from, MemorySegment target) throws IOException {
    ByteBuffer buffer = target.asByteBuffer();
    FileChannel channel = channels.get(tensor.shard());
    long position = tensor.offset() + from;
    while (buffer.hasRemaining()) {
      int count = read(channel, buffer, position, tensor);
      if (count < 0) {
        throw new EOFException(
            "%s: tensor %s: the file ended at byte %d while it was read; it had %d when opened"
                .formatted(
                    fileOf(tensor), tensor.name(), position, shards.get(tensor.shard()).size()));
      }
      position += count;
    }
  }

  private int read(FileChannel channel, ByteBuffer buffer, long position, StoredTensor tensor)
      throws IOException {
    try {
      return channel.read(buffer, position);
    } catch (ClosedChannelException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException(
          "%s: tensor %s: reading failed at byte %d: %s"
              .formatted(fileOf(tensor), tensor.name(), position, e.getMessage()),
          e);
    }
  }

  /// Checks that the files still are what they were when they were opened, so that what was read of
  /// them is of one piece.
  ///
  /// @throws IOException if one was written to, replaced or removed
  public void checkUnchanged() throws IOException {
    for (int i = 0; i < shards.size(); i++) {
      Path file = shards.get(i).file();
      if (!Files.exists(file) || !FileState.of(file).equals(states.get(i))) {
        throw new IOException(file + ": changed while it was read; run again when it is complete");
      }
    }
  }

  @Override
  public void close() throws IOException {
    closeAll(channels);
  }

  private static void closeAll(List<FileChannel> channels) throws IOException {
    for (FileChannel channel : channels) {
      channel.close();
    }
  }
}
