package org.lines4j.quantised;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lines4j.error.InputException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.Companions;
import org.lines4j.format.Shard;
import org.lines4j.format.StoredTensor;
import org.lines4j.format.TensorSource;
import org.lines4j.storage.Location;

/// A checkpoint whose codes and scales are weights in float32, as one tensor each, which says how
/// it is stored. Closing it closes the checkpoint that it shows.
final class DequantisedCheckpoint implements Checkpoint {
  private final Checkpoint stored;
  private final Map<String, Weights> weights = new HashMap<>();
  private final List<StoredTensor> inOrder;
  private final List<Shard> shards;

  /// A tensor, and how it is read.
  private record Weights(StoredTensor tensor, TensorSource source) {}

  private DequantisedCheckpoint(Checkpoint stored, CodedTensors.Found found) {
    this.stored = stored;
    List<List<StoredTensor>> content = new ArrayList<>();
    stored.shards().forEach(_ -> content.add(new ArrayList<>()));
    List<StoredTensor> tensors = new ArrayList<>();
    for (StoredTensor tensor : stored.tensors()) {
      if (found.taken().contains(tensor.name())) {
        continue;
      }
      TensorSource coded = found.codes().get(tensor.name());
      TensorSource source = coded == null ? stored.source(tensor) : coded;
      StoredTensor own = coded == null ? tensor : new StoredTensor(source.info(), tensor.shard());
      weights.put(own.name(), new Weights(own, source));
      tensors.add(own);
      content.get(tensor.shard()).add(own);
    }
    this.inOrder = List.copyOf(tensors);
    List<Shard> files = new ArrayList<>();
    for (int i = 0; i < content.size(); i++) {
      Shard file = stored.shards().get(i);
      files.add(new Shard(file.file(), file.metadata(), content.get(i)));
    }
    this.shards = List.copyOf(files);
  }

  /// The checkpoint with its codes as weights; as it is where it has none, or some that cannot be
  /// computed with.
  ///
  /// @throws InputException if there may be codes, and a configuration beside them that is not JSON
  static Checkpoint of(Checkpoint stored) throws IOException {
    if (!CodedTensors.mayHold(stored)) {
      return stored;
    }
    QuantisationConfig.check(stored.companions());
    Optional<QuantisationConfig> config = QuantisationConfig.read(stored.companions());
    try {
      CodedTensors.Found found = CodedTensors.find(stored, config);
      if (found.codes().isEmpty()) {
        return stored;
      }
      DequantisedCheckpoint view = new DequantisedCheckpoint(stored, found);
      boolean isWhole = new CompanionTensors(view, config).find().isEmpty();
      return isWhole ? view : stored;
    } catch (InputException _) {
      return stored; // whoever would compute with it is told
    }
  }

  /// The codes and scales themselves.
  Checkpoint stored() {
    return stored;
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
  public Optional<String> unread() {
    return stored.unread();
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
    return Optional.ofNullable(weights.get(name)).map(Weights::tensor);
  }

  @Override
  public Companions companions() {
    return stored.companions();
  }

  @Override
  public TensorSource source(StoredTensor tensor) {
    Weights found = weights.get(tensor.name());
    if (found == null) {
      throw new IllegalArgumentException(location() + ": no tensor of this is " + tensor.name());
    }
    return found.source;
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
