package org.lines4j.internal.lora;

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
import org.lines4j.internal.renamed.RunningNames;
import org.lines4j.internal.source.RenamedTensor;
import org.lines4j.storage.Location;

/// A model whose head is its embedding, as one that stores both, so that one may change without the
/// other, and whatever else is one. Its configuration says that they are two. Closing it closes
/// nothing.
public final class UntiedModel implements Checkpoint {
  private final Checkpoint tied;
  private final Companions companions;
  private final Map<String, TensorSource> twins = new LinkedHashMap<>();
  private final List<StoredTensor> inOrder;
  private final List<Shard> shards;

  /// @param names of what becomes a tensor of its own, which may be stored as well → what it is one
  ///   with in `tied`
  UntiedModel(Checkpoint tied, Map<String, String> names) {
    this.tied = tied;
    this.companions = tied.isFolder() ? new UntiedCompanions(tied.companions()) : tied.companions();
    List<StoredTensor> added = new ArrayList<>();
    names.forEach(
        (name, embedding) -> {
          StoredTensor stored = tied.find(embedding).orElseThrow();
          TensorSource twin = RenamedTensor.of(name, tied.source(stored));
          twins.put(name, twin);
          if (tied.find(name).isEmpty()) {
            added.add(new StoredTensor(twin.info(), stored.shard()));
          }
        });
    List<StoredTensor> all = new ArrayList<>(tied.tensors());
    all.addAll(added);
    this.inOrder = List.copyOf(all);
    this.shards = shards(added);
  }

  /// A model with all that is one in it and that another stores apart; the model itself where that
  /// is nothing.
  ///
  /// @param other under the same names
  public static Checkpoint with(Checkpoint model, Checkpoint other) throws IOException {
    Map<String, String> twins = new LinkedHashMap<>();
    RunningNames.of(model)
        .ties()
        .forEach(
            (name, embedding) -> {
              if (other.find(name).isPresent()) {
                twins.put(name, embedding);
              }
            });
    return twins.isEmpty() ? model : new UntiedModel(model, twins);
  }

  /// As it is stored.
  Checkpoint tied() {
    return tied;
  }

  private List<Shard> shards(List<StoredTensor> added) {
    List<Shard> files = new ArrayList<>();
    for (int i = 0; i < tied.shards().size(); i++) {
      int number = i;
      Shard file = tied.shards().get(i);
      List<StoredTensor> own = new ArrayList<>(file.tensors());
      added.stream().filter(twin -> twin.shard() == number).forEach(own::add);
      files.add(new Shard(file.file(), file.metadata(), own));
    }
    return List.copyOf(files);
  }

  @Override
  public String format() {
    return tied.format();
  }

  @Override
  public Location location() {
    return tied.location();
  }

  @Override
  public boolean isFolder() {
    return tied.isFolder();
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
    return twins.containsKey(name)
        ? inOrder.stream().filter(tensor -> tensor.name().equals(name)).findFirst()
        : tied.find(name);
  }

  @Override
  public Companions companions() {
    return companions;
  }

  @Override
  public TensorSource source(StoredTensor tensor) {
    TensorSource twin = twins.get(tensor.name());
    return twin == null ? tied.source(tensor) : twin;
  }

  @Override
  public Optional<String> remark() {
    return Optional.of(
        "makes the embedding and what is one with it differ (%s), so each is stored, and tie_word_embeddings is false"
            .formatted(String.join(", ", twins.keySet())));
  }

  @Override
  public Optional<String> unread() {
    return tied.unread();
  }

  @Override
  public void checkUnchanged() throws IOException {
    tied.checkUnchanged();
  }

  @Override
  public void close() {}
}
