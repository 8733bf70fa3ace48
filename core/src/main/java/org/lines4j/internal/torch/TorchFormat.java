package org.lines4j.internal.torch;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lines4j.error.InputException;
import org.lines4j.error.Problem;
import org.lines4j.error.Shown;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.InputFormat;
import org.lines4j.format.StoredCheckpoint;
import org.lines4j.format.TensorSource;
import org.lines4j.internal.foreign.ForeignFiles;
import org.lines4j.internal.index.PickledWeights;
import org.lines4j.internal.index.WeightIndex;
import org.lines4j.internal.pickle.Value;
import org.lines4j.storage.ByteSource;
import org.lines4j.storage.Location;
import org.lines4j.storage.Storage;
import org.lines4j.storage.Storage.Entry;
import org.lines4j.storage.Storage.Kind;

/// Checkpoints of PyTorch, whatever they are called: state dicts, dictionaries that hold one, and
/// whole modules; and folders with `pytorch_model.bin`, or what other loaders call it, or its
/// index. Nothing of a pickle is ever called.
///
/// Where both lie in one folder, safetensors are read, as `transformers` does.
public final class TorchFormat implements InputFormat {
  static final String NAME = "pytorch";
  private static final int BEGINNING = 512;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean recognises(Storage storage, Location location) throws IOException {
    if (storage.kind(location) == Kind.FOLDER) {
      List<String> names = storage.list(location).stream().map(Entry::name).toList();
      return PickledWeights.in(names).isPresent()
          && names.stream()
              .noneMatch(
                  name -> name.endsWith(".safetensors") || name.contains(".safetensors.index."));
    }
    try (ByteSource file = storage.open(location)) {
      String start = start(file);
      return isPickle(start) || (start.startsWith("PK\3\4") && isArchive(file, start));
    }
  }

  /// An archive of `data.pkl`; one that is truncated begins with it.
  private static boolean isArchive(ByteSource file, String start) throws IOException {
    List<String> names = ZipRecords.names(file);
    return names.isEmpty()
        ? start.contains("/data.pkl") || start.contains("/.format_version")
        : names.stream().anyMatch(name -> name.endsWith("/data.pkl"));
  }

  /// Any pickle from protocol 2 on: what is none of PyTorch's is refused by [#open].
  private static boolean isPickle(String start) {
    return start.length() > 2
        && start.charAt(0) == 0x80
        && start.charAt(1) >= 2
        && start.charAt(1) <= 5
        && "\u0095\u008a}])(cKJMXV\u008c".indexOf(start.charAt(2)) >= 0;
  }

  private static String start(ByteSource file) throws IOException {
    byte[] bytes = new byte[(int) Math.min(file.size(), BEGINNING)];
    file.read(0, MemorySegment.ofArray(bytes));
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  @Override
  public Checkpoint open(Storage storage, Location location) throws IOException {
    return open(storage, location, "");
  }

  @Override
  public Checkpoint open(Storage storage, Location location, String part) throws IOException {
    if (storage.kind(location) != Kind.FOLDER) {
      return openFiles(storage, location, List.of(location), Optional.empty(), part);
    }
    List<String> names = storage.list(location).stream().map(Entry::name).toList();
    String weights = PickledWeights.in(names).orElseThrow();
    Optional<WeightIndex> index =
        PickledWeights.isIndex(weights)
            ? Optional.of(WeightIndex.read(storage, location, weights))
            : Optional.empty();
    List<Location> files =
        index.map(WeightIndex::files).orElse(List.of(weights)).stream()
            .map(location::child)
            .toList();
    return openFiles(storage, location, files, index, part);
  }

  private static Checkpoint openFiles(
      Storage storage,
      Location location,
      List<Location> files,
      Optional<WeightIndex> index,
      String part)
      throws IOException {
    boolean folder = !files.equals(List.of(location));
    try (StoredCheckpoint.Builder builder = StoredCheckpoint.builder(NAME, location)) {
      for (Location file : files) {
        ByteSource source = storage.openRegular(file);
        int shard = builder.file(source, Map.of("format", "pt"));
        StateDicts dicts = new StateDicts(source.location());
        for (TensorSource tensor : tensors(source, dicts, part)) {
          builder.tensor(shard, tensor);
        }
        dicts.remark().ifPresent(builder::remark);
      }
      if (folder) {
        builder.folder();
      }
      if (index.isPresent()) {
        index.get().check(builder.shards());
      }
      return builder.build();
    }
  }

  /// The tensors of a file, in the order of their bytes.
  static List<TensorSource> tensors(ByteSource file, StateDicts dicts, String part)
      throws IOException {
    TorchContent content = content(file);
    TensorRebuilder rebuilder = new TensorRebuilder(file, content.storages(), content.bigEndian());
    List<TensorSource> tensors = new ArrayList<>();
    for (Map.Entry<String, Value> entry : dicts.find(content.value(), part).entrySet()) {
      int odd = Shown.firstOdd(entry.getKey());
      if (odd >= 0) {
        throw new InputException(
            file.location(),
            "the name of tensor %s holds the control character U+%04X"
                .formatted(Shown.of(entry.getKey()), odd));
      }
      tensors.add(rebuilder.rebuild(entry.getKey(), entry.getValue()));
    }
    if (tensors.isEmpty()) {
      throw new InputException(file.location(), "a checkpoint of PyTorch without a tensor");
    }
    tensors.sort(Comparator.comparingLong(TorchFormat::first));
    return tensors;
  }

  private static long first(TensorSource tensor) {
    return tensor.ranges(0, tensor.info().byteSize()).getFirst().from();
  }

  static TorchContent content(ByteSource file) throws IOException {
    String start = start(file);
    if (start.isEmpty()) {
      throw new InputException(file.location(), "an empty file, not a checkpoint of PyTorch")
          .withRemedy("copy or download it again");
    }
    if (start.startsWith("PK")) {
      return ZipFile.read(file);
    }
    if (LegacyFile.begins(file)) {
      return LegacyFile.read(file);
    }
    if (isPickle(start)) {
      throw new InputException(file.location(), "a pickle, but none that torch.save has written")
          .withRemedy("save its tensors by name with torch.save or as safetensors");
    }
    Problem other =
        ForeignFiles.problem(file)
            .orElse(Problem.of("no checkpoint of PyTorch: neither a zip archive nor a pickle"));
    throw new InputException(other.in(file.location()));
  }
}
