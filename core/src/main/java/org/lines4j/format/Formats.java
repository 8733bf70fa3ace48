package org.lines4j.format;

import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import org.lines4j.error.InputException;
import org.lines4j.internal.foreign.HubName;
import org.lines4j.storage.Location;
import org.lines4j.storage.Storage;
import org.lines4j.storage.Storage.Kind;
import org.lines4j.storage.Storages;

/// The formats that there are: ours, and those that jars on the module or class path provide as
/// services of [InputFormat] and [OutputFormat].
public final class Formats {
  /// The one that says what is wrong where no format recognises a file or folder.
  private static final String USUAL = "safetensors";

  private static final List<InputFormat> INPUTS =
      ServiceLoader.load(InputFormat.class, Formats.class.getClassLoader()).stream()
          .map(ServiceLoader.Provider::get)
          .sorted(Comparator.comparing((InputFormat format) -> format.name().equals(USUAL)))
          .toList();

  private static final List<OutputFormat> OUTPUTS =
      ServiceLoader.load(OutputFormat.class, Formats.class.getClassLoader()).stream()
          .map(ServiceLoader.Provider::get)
          .toList();

  private Formats() {}

  /// The format of an output that is one file, by the ending of its name; empty for a folder.
  public static Optional<OutputFormat> ofFile(String name) {
    return OUTPUTS.stream().filter(format -> format.isFile(name)).findFirst();
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
    return location.isLocal() ? HubName.advice(location.text(), Location.parse("")) : "";
  }

  /// Opens a model, whatever its format. Where there is no file or folder of that name, what
  /// follows its last `#` is the part that is meant of a file with several models.
  static Checkpoint open(Location location) throws IOException {
    Storage storage = Storages.of(location);
    int hash = location.text().lastIndexOf('#');
    if (hash > 0 && storage.kind(location) == Kind.ABSENT) {
      Location file = Location.parse(location.text().substring(0, hash));
      if (storage.kind(file) != Kind.ABSENT) {
        return open(storage, file, location.text().substring(hash + 1));
      }
    }
    return open(storage, location, "");
  }

  private static Checkpoint open(Storage storage, Location location, String part)
      throws IOException {
    switch (storage.kind(location)) {
      case ABSENT ->
          throw new InputException(location, "there is no such file or folder")
              .withRemedy(advice(location));
      case SPECIAL -> throw new InputException(location, "not a regular file");
      case FILE, FOLDER -> {}
    }
    for (InputFormat format : INPUTS) {
      if (format.name().equals(USUAL) || format.recognises(storage, location)) {
        return format.open(storage, location, part);
      }
    }
    throw new IllegalStateException("the library comes without the format " + USUAL);
  }
}
