package org.lines4j.cli;

import java.nio.file.Path;
import org.lines4j.storage.Location;
import picocli.CommandLine.ITypeConverter;

/// Where a model lies or goes: a path, or an address such as `s3://bucket/model`.
final class LocationConverter implements ITypeConverter<Location> {
  private final Path folder;

  /// @param folder that relative paths start from; the empty path for the working folder
  LocationConverter(Path folder) {
    this.folder = folder;
  }

  @Override
  public Location convert(String value) {
    if (value.isBlank()) {
      throw empty(value);
    }
    return value.contains("://")
        ? Location.parse(value)
        : Location.of(folder.resolve(Path.of(value))); // whose error tells of locales
  }

  /// The same for what lies on this machine alone.
  Path path(String value) {
    if (value.isBlank()) {
      throw empty(value);
    }
    return folder.resolve(Path.of(value));
  }

  /// Java takes no name at all for the working folder, which nobody means by it.
  private static WrongValue empty(String value) {
    return WrongValue.of("a path", value, "is a variable of the shell not set?");
  }
}
