package org.lines4j.format;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lines4j.error.InputException;
import org.lines4j.storage.ByteSource;
import org.lines4j.storage.Location;
import org.lines4j.storage.Stamp;
import org.lines4j.storage.Storages;

/// A checkpoint whose headers have been read: files, and the tensors in each.
///
/// ```java
/// StoredCheckpoint.Builder builder = StoredCheckpoint.builder("numpy", location);
/// int shard = builder.file(source, Map.of());
/// builder.tensor(shard, new FileTensor(info, source, offset));
/// Checkpoint checkpoint = builder.build();
/// ```
///
/// It owns its files: closing it closes them.
public final class StoredCheckpoint implements Checkpoint {
  /// The most tensors of one checkpoint; the largest published models have under 100 000.
  public static final int MAX_TENSORS = 400_000;

  private final String format;
  private final Location location;
  private final boolean folder;
  private final List<Shard> shards;
  private final List<String> states;
  private final Map<String, TensorSource> sources;
  private final Map<String, StoredTensor> tensors;
  private final List<StoredTensor> inOrder;
  private final Optional<String> remark;
  private final Optional<String> unread;

  private StoredCheckpoint(Builder builder) {
    this.format = builder.format;
    this.location = builder.location;
    this.folder = builder.folder;
    this.states = List.copyOf(builder.states);
    this.sources = builder.sources;
    this.tensors = Collections.unmodifiableMap(builder.tensors);
    this.inOrder = List.copyOf(builder.tensors.values());
    this.shards = builder.shards();
    this.remark = builder.remark;
    this.unread = builder.unread;
  }

  /// Begins a checkpoint.
  ///
  /// @param format its name
  /// @param location the file or folder that a user named
  public static Builder builder(String format, Location location) {
    return new Builder(format, location);
  }

  @Override
  public String format() {
    return format;
  }

  @Override
  public Location location() {
    return location;
  }

  @Override
  public boolean isFolder() {
    return folder;
  }

  @Override
  public List<Shard> shards() {
    return shards;
  }

  @Override
  public List<StoredTensor> tensors() {
    return inOrder;
  }

  @Override
  public Optional<StoredTensor> find(String name) {
    return Optional.ofNullable(tensors.get(name));
  }

  @Override
  public TensorSource source(StoredTensor tensor) {
    TensorSource source = sources.get(tensor.name());
    if (source == null) {
      throw new IllegalArgumentException(location + ": no tensor of this is " + tensor.name());
    }
    return source;
  }

  @Override
  public Companions companions() {
    return folder ? Companions.of(Storages.of(location), location) : Companions.none(location);
  }

  @Override
  public Optional<String> remark() {
    return remark;
  }

  @Override
  public Optional<String> unread() {
    return unread;
  }

  @Override
  public void checkUnchanged() throws IOException {
    for (int i = 0; i < shards.size(); i++) {
      ByteSource file = shards.get(i).file();
      if (!isState(file, states.get(i))) {
        throw new IOException(
            file.location() + ": changed while it was read; run again when it is complete");
      }
    }
  }

  private static boolean isState(ByteSource file, String state) {
    try {
      return file.stamp().state().equals(state);
    } catch (IOException e) {
      return false; // it is gone
    }
  }

  @Override
  public void close() throws IOException {
    closeAll(shards.stream().map(Shard::file).toList());
  }

  private static void closeAll(List<? extends Closeable> files) throws IOException {
    for (Closeable file : files) {
      file.close();
    }
  }

  /// Takes files and tensors. Closed without [#build], it closes the files.
  public static final class Builder implements Closeable {
    private final String format;
    private final Location location;
    private final List<ByteSource> files = new ArrayList<>();
    private final List<String> states = new ArrayList<>();
    private final List<Map<String, String>> metadata = new ArrayList<>();
    private final List<List<StoredTensor>> content = new ArrayList<>();
    private final Map<String, TensorSource> sources = new LinkedHashMap<>();
    private final Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    private Optional<String> remark = Optional.empty();
    private Optional<String> unread = Optional.empty();
    private boolean folder;
    private boolean built;

    private Builder(String format, Location location) {
      this.format = format;
      this.location = location;
    }

    /// Says that the location is a folder.
    public Builder folder() {
      folder = true;
      return this;
    }

    /// Says what the files hold that is no tensor of the model ([Checkpoint#remark]).
    public void remark(String text) {
      remark = Optional.of(text);
    }

    /// Says which weights the files hold that are not read ([Checkpoint#unread]).
    public void unread(String text) {
      unread = Optional.of(text);
    }

    /// Adds a file, which the checkpoint then owns.
    ///
    /// @return its index, for [#tensor]
    public int file(ByteSource file, Map<String, String> text) throws IOException {
      files.add(file);
      states.add("");
      metadata.add(text);
      content.add(new ArrayList<>());
      Stamp stamp = file.stamp();
      states.set(files.size() - 1, stamp.state());
      return files.size() - 1;
    }

    /// Says what text a file's header has, once it is read.
    public void metadata(int file, Map<String, String> text) {
      metadata.set(file, text);
    }

    /// Adds a tensor of a file, in the order of the files and of the bytes in each.
    ///
    /// @throws InputException if there is one of that name, or there are too many
    public void tensor(int file, TensorSource source) {
      String name = source.info().name();
      StoredTensor tensor = new StoredTensor(source.info(), file);
      StoredTensor other = tensors.put(name, tensor);
      if (other != null) {
        throw new InputException(
                files.get(file).location(),
                "tensor %s is also in %s"
                    .formatted(name, files.get(other.shard()).location().name()))
            .withTensor(name);
      }
      if (tensors.size() > MAX_TENSORS) {
        throw new InputException(
            files.get(file).location(),
            "with it, the model has more than " + MAX_TENSORS + " tensors");
      }
      sources.put(name, source);
      content.get(file).add(tensor);
    }

    /// What there is so far.
    public List<Shard> shards() {
      List<Shard> shards = new ArrayList<>();
      for (int i = 0; i < files.size(); i++) {
        shards.add(new Shard(files.get(i), metadata.get(i), content.get(i)));
      }
      return List.copyOf(shards);
    }

    /// The checkpoint.
    public StoredCheckpoint build() {
      built = true;
      return new StoredCheckpoint(this);
    }

    @Override
    public void close() throws IOException {
      if (!built) {
        closeAll(files);
      }
    }
  }
}
