package org.lines4j.format;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.lines4j.storage.Location;

/// A checkpoint that shows the files of another with tensors of its own: under other names,
/// decoded, changed by an adapter. What it does not override is the other's; closing it closes the
/// other.
public abstract class CheckpointView implements Checkpoint {
  private final Checkpoint shown;
  private final Map<String, ShownTensor> tensors = new LinkedHashMap<>();
  private final List<StoredTensor> inOrder;
  private final List<Shard> shards;

  /// One of its tensors.
  ///
  /// @param source its elements, and what it is called
  /// @param shard index into the files of the checkpoint that is shown
  public record ShownTensor(TensorSource source, int shard) {
    /// All tensors of a checkpoint, as they are.
    public static List<ShownTensor> of(Checkpoint model) {
      return model.tensors().stream().map(tensor -> of(model, tensor)).toList();
    }

    /// A tensor of a checkpoint, as it is.
    public static ShownTensor of(Checkpoint model, StoredTensor tensor) {
      return new ShownTensor(model.source(tensor), tensor.shard());
    }

    /// What it is called.
    public String name() {
      return source.info().name();
    }

    private StoredTensor stored() {
      return new StoredTensor(source.info(), shard);
    }
  }

  /// Shows all tensors of a checkpoint as they are.
  protected CheckpointView(Checkpoint shown) {
    this(shown, ShownTensor.of(shown));
  }

  /// Shows these tensors in the files of a checkpoint.
  ///
  /// @param tensors no two of one name
  protected CheckpointView(Checkpoint shown, Collection<ShownTensor> tensors) {
    this.shown = shown;
    List<List<StoredTensor>> content = new ArrayList<>();
    shown.shards().forEach(_ -> content.add(new ArrayList<>()));
    List<StoredTensor> all = new ArrayList<>();
    for (ShownTensor tensor : tensors) {
      if (this.tensors.put(tensor.name(), tensor) != null) {
        throw new IllegalArgumentException("two tensors are " + tensor.name());
      }
      all.add(tensor.stored());
      content.get(tensor.shard()).add(tensor.stored());
    }
    this.inOrder = List.copyOf(all);
    List<Shard> files = new ArrayList<>();
    for (int i = 0; i < content.size(); i++) {
      Shard file = shown.shards().get(i);
      files.add(new Shard(file.file(), file.metadata(), content.get(i)));
    }
    this.shards = List.copyOf(files);
  }

  /// The view of a kind that a checkpoint is, or one that it shows the files of.
  public static <V extends CheckpointView> Optional<V> beneath(
      Checkpoint checkpoint, Class<V> kind) {
    Checkpoint at = checkpoint;
    while (at instanceof CheckpointView view && !kind.isInstance(view)) {
      at = view.shown;
    }
    return Optional.of(at).filter(kind::isInstance).map(kind::cast);
  }

  /// The checkpoint whose files these are.
  protected final Checkpoint shown() {
    return shown;
  }

  @Override
  public String format() {
    return shown.format();
  }

  @Override
  public Location location() {
    return shown.location();
  }

  @Override
  public List<Location> places() {
    return shown.places();
  }

  @Override
  public boolean isFolder() {
    return shown.isFolder();
  }

  @Override
  public List<Shard> shards() {
    return shards;
  }

  @Override
  public final List<StoredTensor> tensors() {
    return inOrder;
  }

  @Override
  public final Optional<StoredTensor> find(String name) {
    return Optional.ofNullable(tensors.get(name)).map(ShownTensor::stored);
  }

  @Override
  public Companions companions() {
    return shown.companions();
  }

  @Override
  public final TensorSource source(StoredTensor tensor) {
    ShownTensor found = tensors.get(tensor.name());
    if (found == null) {
      throw new IllegalArgumentException(location() + ": no tensor of this is " + tensor.name());
    }
    return found.source();
  }

  @Override
  public Optional<String> remark() {
    return shown.remark();
  }

  /// What the other's remark says, and these.
  protected final Optional<String> remarkWith(Stream<String> own) {
    String all = Stream.concat(shown.remark().stream(), own).collect(Collectors.joining("; "));
    return all.isEmpty() ? Optional.empty() : Optional.of(all);
  }

  @Override
  public Optional<String> unread() {
    return shown.unread();
  }

  @Override
  public void checkUnchanged() throws IOException {
    shown.checkUnchanged();
  }

  @Override
  public void close() throws IOException {
    shown.close();
  }
}
