package org.lines4j.format;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.lines4j.error.InputException;
import org.lines4j.storage.ByteSource;
import org.lines4j.storage.Location;
import org.lines4j.tensor.TensorInfo;

/// A model's weights, opened for reading: headers are read and checked, bytes stay where they are
/// until asked for.
///
/// Any number of threads may share one. Formats make it ([InputFormat]); most are a
/// [StoredCheckpoint].
public interface Checkpoint extends Closeable {
  /// Opens a file or folder of this machine, whatever its format.
  ///
  /// @throws InputException if it is missing, special or malformed, or of no known format
  /// @throws IOException if reading fails
  static Checkpoint open(Path path) throws IOException {
    return open(Location.of(path));
  }

  /// Opens a model wherever it lies, whatever its format: `MODEL`, `MODEL#PART` or `MODEL+ADAPTER`.
  ///
  /// @throws InputException if it is missing, special or malformed, of no known format, or an
  ///   adapter without its model
  /// @throws IOException if reading fails
  static Checkpoint open(Location location) throws IOException {
    return Formats.open(location);
  }

  /// Opens a model, or an adapter as the model that it makes of `base`.
  ///
  /// @param base stays its owner's to close, and must stay open as long as what is returned
  /// @throws InputException as [#open(Location)], and if the adapter does not fit `base`
  /// @throws IOException if reading fails
  static Checkpoint openOn(Checkpoint base, Location location) throws IOException {
    return Formats.openOn(base, location);
  }

  /// Opens a model, or an adapter by its own tensors, to show what it holds.
  ///
  /// @throws InputException as [#open(Location)]
  /// @throws IOException if reading fails
  static Checkpoint openParts(Location location) throws IOException {
    return Formats.openParts(location);
  }

  /// The name of the format, such as `safetensors`.
  String format();

  /// The file or folder that was opened.
  Location location();

  /// What was named to open it, such as a model and the adapters that change it.
  default List<Location> places() {
    return List.of(location());
  }

  /// Whether [#location()] is a model folder.
  boolean isFolder();

  /// The files, in the order of their names in the index.
  List<Shard> shards();

  /// All tensors, shard after shard, each in the order of its bytes.
  List<StoredTensor> tensors();

  /// The tensor of that name.
  Optional<StoredTensor> find(String name);

  /// What lies beside the weights.
  Companions companions();

  /// The elements of a tensor.
  ///
  /// @param tensor one of [#tensors()]
  TensorSource source(StoredTensor tensor);

  /// What its files hold besides the tensors, which outputs of another format do not take over, in
  /// words: such as the classes of a module. Empty for most.
  default Optional<String> remark() {
    return Optional.empty();
  }

  /// Which weights its files hold that are none of the tensors, in words. Empty for most; where it
  /// is not, nobody should take the tensors for the whole model.
  default Optional<String> unread() {
    return Optional.empty();
  }

  /// Checks that the files still are what they were when they were opened, so that what was read of
  /// them is of one piece.
  ///
  /// @throws IOException if one was written to, replaced or removed
  void checkUnchanged() throws IOException;

  /// The files of several models, each once.
  static Set<ByteSource> files(Collection<Checkpoint> models) {
    return models.stream()
        .flatMap(model -> model.shards().stream())
        .map(Shard::file)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /// What reading gives of all tensors, in their order.
  default List<TensorInfo> infos() {
    return tensors().stream().map(StoredTensor::info).toList();
  }

  /// The bytes that reading all tensors gives.
  default long byteSize() {
    return tensors().stream().mapToLong(StoredTensor::byteSize).sum();
  }
}
