package org.lines4j.cli;

import java.nio.file.Files;
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
    check(value);
    return value.contains("://")
        ? Location.parse(value)
        : Location.of(folder.resolve(Path.of(value))); // whose error tells of locales
  }

  /// The same for what lies on this machine alone.
  Path path(String value) {
    check(value);
    return folder.resolve(Path.of(value));
  }

  private void check(String value) {
    if (value.isBlank()) {
      // Java takes no name at all for the working folder, which nobody means by it
      throw WrongValue.of("a path", value, "is a variable of the shell not set?");
    }
    boolean isHome = value.equals("~") || value.startsWith("~/");
    if (isHome && !Files.exists(folder.resolve("~"))) {
      // an output would be written into a folder of this name, which few dare to remove again
      throw WrongValue.of(
          "a path",
          value,
          "the shell takes ~ for the home folder only at a word's beginning: write "
              + System.getProperty("user.home", "")
              + value.substring(1));
    }
  }
}
