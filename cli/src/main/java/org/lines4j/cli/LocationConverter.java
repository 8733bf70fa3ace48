package org.lines4j.cli;

import java.nio.file.Path;
import org.lines4j.storage.Location;
import picocli.CommandLine.ITypeConverter;

/// Where a model lies or goes: a path, or an address such as `s3://bucket/model`.
final class LocationConverter implements ITypeConverter<Location> {
  LocationConverter() {}

  @Override
  public Location convert(String value) {
    return value.contains("://")
        ? Location.parse(value)
        : Location.of(Path.of(value)); // whose error tells of locales
  }
}
