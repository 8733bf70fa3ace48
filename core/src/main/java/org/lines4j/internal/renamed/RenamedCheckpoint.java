package org.lines4j.internal.renamed;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.Companions;
import org.lines4j.format.Shard;
import org.lines4j.format.StoredTensor;
import org.lines4j.format.TensorSource;
import org.lines4j.internal.source.RenamedTensor;
import org.lines4j.storage.Location;

/// A checkpoint whose tensors have other names: same files, same bytes. Closing it closes the
/// checkpoint that it shows.
final class RenamedCheckpoint implements Checkpoint {
  private final Checkpoint stored;
  private final Map<String, StoredTensor> tensors = new LinkedHashMap<>();
  private final Map<String, TensorSource> sources = new LinkedHashMap<>();
  private final List<StoredTensor> inOrder;
  private final List<Shard> shards;

  /// @param named by the name that each has here
  RenamedCheckpoint(Checkpoint stored, Map<String, NamedTensor> named) {
    this.stored = stored;
    List<List<StoredTensor>> content = new ArrayList<>();
    stored.shards().forEach(_ -> content.add(new ArrayList<>()));
    named.forEach(
        (name, tensor) -> {
          TensorSource source = RenamedTensor.of(name, tensor.source());
          StoredTensor own = new StoredTensor(source.info(), tensor.shard());
          sources.put(name, source);
          tensors.put(name, own);
          content.get(tensor.shard()).add(own);
        });
    this.inOrder = List.copyOf(tensors.values());
    List<Shard> files = new ArrayList<>();
    for (int i = 0; i < content.size(); i++) {
      Shard file = stored.shards().get(i);
      files.add(new Shard(file.file(), file.metadata(), content.get(i)));
    }
    this.shards = List.copyOf(files);
  }

  @Override
  public String format() {
    return stored.format();
  }

  @Override
  public Location location() {
    return stored.location();
  }

  @Override
  public boolean isFolder() {
    return stored.isFolder();
  }

  @Override
  public Companions companions() {
    return stored.companions();
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
      throw new IllegalArgumentException(location() + ": no tensor of this is " + tensor.name());
    }
    return source;
  }

  @Override
  public Optional<String> remark() {
    return stored.remark();
  }

  @Override
  public Optional<String> unread() {
    return stored.unread();
  }

  @Override
  public void checkUnchanged() throws IOException {
    stored.checkUnchanged();
  }

  @Override
  public void close() throws IOException {
    stored.close();
  }
}
