package org.lines4j.internal.lora;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.CheckpointView;
import org.lines4j.format.Companions;
import org.lines4j.format.Shard;
import org.lines4j.format.StoredTensor;
import org.lines4j.format.TensorSource;
import org.lines4j.internal.source.RenamedTensor;
import org.lines4j.storage.Location;
import org.lines4j.storage.Storages;

/// A base with an adapter, as one model: the base's tensors in their order, those that the adapter
/// changes as they come of both. Its files are the base's and, without tensors of its own, the
/// adapter's. Closing it closes the adapter's alone.
final class AdaptedModel extends CheckpointView {
  private final Adapter adapter;
  private final Companions companions;
  private final Map<String, TensorSource> changed;
  private final Map<String, LayerKeys> layers;
  private final Map<String, String> wholes;
  private final List<String> remarks;
  private final List<Shard> shards;

  /// @param changed by the base's names
  /// @param layers by the base's names, what the adapter calls the factors of those that it changes
  ///   by products
  /// @param wholes by the base's names, what the adapter calls those that it replaces
  /// @param remarks what users should know of the two together
  AdaptedModel(
      Checkpoint base,
      Adapter adapter,
      Map<String, TensorSource> changed,
      Map<String, LayerKeys> layers,
      Map<String, String> wholes,
      List<String> remarks)
      throws IOException {
    super(base, shown(base, changed));
    this.adapter = adapter;
    this.companions =
        base.isFolder()
            ? AdaptedCompanions.of(
                base.companions(), Companions.of(Storages.of(adapter.folder()), adapter.folder()))
            : base.companions();
    this.changed = Map.copyOf(changed);
    this.layers = Map.copyOf(layers);
    this.wholes = Map.copyOf(wholes);
    this.remarks = List.copyOf(remarks);
    List<Shard> files = new ArrayList<>(super.shards());
    for (Shard file : adapter.weights().shards()) {
      files.add(new Shard(file.file(), file.metadata(), List.of()));
    }
    this.shards = List.copyOf(files);
  }

  private static List<ShownTensor> shown(Checkpoint base, Map<String, TensorSource> changed) {
    List<ShownTensor> tensors = new ArrayList<>();
    for (StoredTensor tensor : base.tensors()) {
      TensorSource source = changed.get(tensor.name());
      tensors.add(
          source == null ? ShownTensor.of(base, tensor) : new ShownTensor(source, tensor.shard()));
    }
    return tensors;
  }

  /// What it was opened on.
  Checkpoint base() {
    return shown() instanceof UntiedModel untied ? untied.tied() : shown();
  }

  /// Why no other adapter has the base that this one, or one below it, changes; empty where nothing
  /// stands against it.
  Optional<String> baseOfItsOwn() {
    return switch (shown()) {
      case UntiedModel _ ->
          Optional.of("replaces the head or the embedding of a model which has one for both");
      case HeadedModel _ -> Optional.of("brings a head that its model lacks");
      case AdaptedModel below -> below.baseOfItsOwn();
      default -> Optional.empty();
    };
  }

  Adapter adapter() {
    return adapter;
  }

  /// What this adapter, or one below it, calls the factors of a tensor of the base.
  Optional<LayerKeys> layer(String tensor) {
    LayerKeys own = layers.get(tensor);
    return own == null && base() instanceof AdaptedModel below
        ? below.layer(tensor)
        : Optional.ofNullable(own);
  }

  /// What this adapter, or one below it, calls a tensor of the base that it replaces.
  Optional<String> whole(String tensor) {
    String own = wholes.get(tensor);
    return own == null && base() instanceof AdaptedModel below
        ? below.whole(tensor)
        : Optional.ofNullable(own);
  }

  /// Whether a tensor changes with another that it is one with.
  boolean isTied(String tensor) {
    return changed.get(tensor) instanceof RenamedTensor;
  }

  @Override
  public String format() {
    return PeftFormat.NAME;
  }

  @Override
  public Location location() {
    return adapter.folder();
  }

  @Override
  public List<Location> places() {
    return Stream.concat(super.places().stream(), Stream.of(location())).toList();
  }

  @Override
  public List<Shard> shards() {
    return shards;
  }

  @Override
  public Companions companions() {
    return companions;
  }

  @Override
  public Optional<String> remark() {
    return remarkWith(Stream.concat(adapter.remark().stream(), remarks.stream()));
  }

  @Override
  public void checkUnchanged() throws IOException {
    super.checkUnchanged();
    adapter.weights().checkUnchanged();
  }

  @Override
  public void close() throws IOException {
    adapter.weights().close();
  }
}
