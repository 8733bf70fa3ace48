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
/// other. Its configuration says that they are two. Closing it closes nothing.
public final class UntiedModel implements Checkpoint {
  private final Checkpoint tied;
  private final Companions companions;
  private final Map<String, TensorSource> heads = new LinkedHashMap<>();
  private final List<StoredTensor> inOrder;
  private final List<Shard> shards;

  /// @param heads name of each head, which may be stored as well → its embedding's in `tied`
  UntiedModel(Checkpoint tied, Map<String, String> heads) {
    this.tied = tied;
    this.companions = tied.isFolder() ? new UntiedCompanions(tied.companions()) : tied.companions();
    List<StoredTensor> added = new ArrayList<>();
    heads.forEach(
        (name, embedding) -> {
          StoredTensor stored = tied.find(embedding).orElseThrow();
          TensorSource head = RenamedTensor.of(name, tied.source(stored));
          this.heads.put(name, head);
          if (tied.find(name).isEmpty()) {
            added.add(new StoredTensor(head.info(), stored.shard()));
          }
        });
    List<StoredTensor> all = new ArrayList<>(tied.tensors());
    all.addAll(added);
    this.inOrder = List.copyOf(all);
    this.shards = shards(added);
  }

  /// A model with the heads of its own that another stores; the model itself where it stores them,
  /// or has none.
  ///
  /// @param other under the same names
  public static Checkpoint with(Checkpoint model, Checkpoint other) throws IOException {
    Map<String, String> heads = new LinkedHashMap<>();
    RunningNames.of(model)
        .ties()
        .forEach(
            (name, embedding) -> {
              if (BaseTensors.isHead(name)
                  && model.find(embedding).orElseThrow().info().shape().rank() > 1
                  && other.find(name).isPresent()) {
                heads.put(name, embedding);
              }
            });
    return heads.isEmpty() ? model : new UntiedModel(model, heads);
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
      added.stream().filter(head -> head.shard() == number).forEach(own::add);
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
    return heads.containsKey(name)
        ? inOrder.stream().filter(tensor -> tensor.name().equals(name)).findFirst()
        : tied.find(name);
  }

  @Override
  public Companions companions() {
    return companions;
  }

  @Override
  public TensorSource source(StoredTensor tensor) {
    TensorSource head = heads.get(tensor.name());
    return head == null ? tied.source(tensor) : head;
  }

  @Override
  public Optional<String> remark() {
    return Optional.of(
        "makes the head differ from the embedding that it is one with (%s), so both are stored, and tie_word_embeddings is false"
            .formatted(String.join(", ", heads.keySet())));
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
