package org.lines4j.format;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import org.lines4j.error.InputException;
import org.lines4j.internal.foreign.MeantPath;
import org.lines4j.storage.Location;
import org.lines4j.storage.Storage;
import org.lines4j.storage.Storages;

/// The formats that there are: ours, and those that jars on the module or class path provide as
/// services of [InputFormat] and [OutputFormat].
public final class Formats {
  /// The one that says what is wrong where no format recognises a file or folder.
  private static final String USUAL = "safetensors";

  private static final List<InputFormat> INPUTS =
      ServiceLoader.load(InputFormat.class, Formats.class.getClassLoader()).stream()
          .map(ServiceLoader.Provider::get)
          .sorted((a, b) -> Integer.compare(rank(a), rank(b)))
          .toList();

  private static final List<OutputFormat> OUTPUTS =
      ServiceLoader.load(OutputFormat.class, Formats.class.getClassLoader()).stream()
          .map(ServiceLoader.Provider::get)
          .toList();

  private Formats() {}

  /// An adapter's file may be of a model's format, too; the usual one takes what is left.
  private static int rank(InputFormat format) {
    return format.holdsAdapters() ? 0 : format.name().equals(USUAL) ? 2 : 1;
  }

  /// The format of an output that is one file, by the ending of its name; empty for a folder.
  public static Optional<OutputFormat> ofFile(String name) {
    return OUTPUTS.stream().filter(format -> format.isFile(name)).findFirst();
  }

  /// What the name of an output ends in that is what some models are: nothing, for a folder, if any
  /// of them is one; else the first one's ending if files of their format are written.
  public static String endingLike(Checkpoint first, Collection<Checkpoint> models) {
    if (models.stream().anyMatch(Checkpoint::isFolder)) {
      return "";
    }
    String name = first.location().name();
    boolean isOwn =
        ofFile(name)
            .map(OutputFormat::name)
            .filter(format -> models.stream().allMatch(model -> model.format().equals(format)))
            .isPresent();
    return isOwn ? name.substring(name.lastIndexOf('.')) : "." + USUAL;
  }

  /// The format of the files in an output folder.
  public static OutputFormat ofFolder() {
    return OUTPUTS.stream()
        .filter(format -> format.name().equals(USUAL))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("the library comes without " + USUAL));
  }

  /// Whether a file or folder holds a model of a known format.
  public static boolean isModel(Location location) throws IOException {
    Storage storage = Storages.of(location);
    for (InputFormat format : INPUTS) {
      if (format.recognises(storage, location)) {
        return true;
      }
    }
    return false;
  }

  private static String advice(Location location) {
    if (!location.isLocal()) {
      return "";
    }
    return MeantPath.advice(location.text(), Location.parse(""));
  }

  /// In words, what was probably meant by a path of this machine that leads nowhere, for those who
  /// look for it elsewhere; empty where nothing is near.
  public static String meant(Path path) {
    return MeantPath.near(path);
  }

  /// Whether a file or folder holds an adapter: what changes a model and is none.
  public static boolean isAdapter(Location name) throws IOException {
    Location location = Storages.find(name);
    Storage storage = Storages.of(location);
    return switch (storage.kind(location)) {
      case ABSENT, SPECIAL -> false;
      case FILE, FOLDER -> of(storage, location).holdsAdapters();
    };
  }

  /// Opens a model, whatever its format. Where there is no file or folder of that name, what
  /// follows its last `#` is the part that is meant of a file with several models, and what follows
  /// a `+` an adapter that changes it.
  static Checkpoint open(Location location) throws IOException {
    ModelName name = ModelName.of(location);
    Storage storage = Storages.of(name.model());
    Checkpoint model = format(storage, name.model()).open(storage, name.model(), name.part());
    List<Checkpoint> owned = new ArrayList<>();
    try {
      for (Location adapter : name.adapters()) {
        owned.add(model);
        model = adapted(model, adapter);
      }
      return owned.isEmpty() ? model : new OwnedModel(model, owned);
    } catch (IOException | RuntimeException e) {
      for (Checkpoint open : owned.reversed()) {
        open.close();
      }
      throw e;
    }
  }

  static Checkpoint openParts(Location location) throws IOException {
    ModelName name = ModelName.of(location);
    if (!name.adapters().isEmpty()) {
      return open(location);
    }
    Storage storage = Storages.of(name.model());
    return format(storage, name.model()).openParts(storage, name.model(), name.part());
  }

  static Checkpoint openOn(Checkpoint base, Location location) throws IOException {
    return isAdapter(location) ? adapted(base, location) : open(location);
  }

  private static Checkpoint adapted(Checkpoint base, Location name) throws IOException {
    Location adapter = Storages.find(name);
    Storage storage = Storages.of(adapter);
    return format(storage, adapter).openOn(base, storage, adapter);
  }

  /// Opens a file for the tensors in it, even where what lies beside it says that they are an
  /// adapter's.
  ///
  /// @throws InputException as [Checkpoint#open(Location)]
  public static Checkpoint openTensors(Storage storage, Location file) throws IOException {
    for (InputFormat format : INPUTS) {
      if (!format.holdsAdapters() && format.recognises(storage, file)) {
        return format.open(storage, file);
      }
    }
    return usual().open(storage, file);
  }

  private static InputFormat usual() {
    return INPUTS.stream()
        .filter(format -> format.name().equals(USUAL))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("the library comes without " + USUAL));
  }

  /// The format of what lies there.
  private static InputFormat format(Storage storage, Location location) throws IOException {
    switch (storage.kind(location)) {
      case ABSENT -> {
        if (storage.isLink(location)) {
          throw new InputException(location, "is a link to nothing");
        }
        throw new InputException(location, "there is no such file or folder")
            .withRemedy(advice(location));
      }
      case SPECIAL -> throw new InputException(location, "not a regular file");
      case FILE, FOLDER -> {}
    }
    return of(storage, location);
  }

  private static InputFormat of(Storage storage, Location location) throws IOException {
    for (InputFormat format : INPUTS) {
      if (format.recognises(storage, location)) {
        return format;
      }
    }
    return usual(); // it says what is wrong
  }
}
