package org.lines4j.storage;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.lines4j.error.RequestException;

/// Where an output goes that another JVM makes. It has checked the place; whoever plans the same
/// run again, to do some of its units, has nothing to check there and nothing to make.
final class Elsewhere implements Storage {
  static final String SCHEME = "elsewhere";

  /// What stands for an output here: its name says what format it has.
  static Location of(Location out) {
    return new Location(SCHEME, SCHEME + "://" + out.name());
  }

  @Override
  public String scheme() {
    return SCHEME;
  }

  @Override
  public Kind kind(Location location) {
    return Kind.ABSENT;
  }

  @Override
  public List<Entry> list(Location folder) {
    return List.of();
  }

  @Override
  public ByteSource open(Location file) throws IOException {
    throw new FileNotFoundException(file + ": is made by another process");
  }

  @Override
  public Location real(Location location) {
    return location;
  }

  @Override
  public boolean contains(Location outer, Location inner) {
    return false;
  }

  @Override
  public Optional<String> obstacle(Location location) {
    return Optional.empty();
  }

  @Override
  public OptionalLong room(Location location, boolean folder, long wanted) {
    return OptionalLong.empty();
  }

  @Override
  public Draft draft(Location location, boolean folder) {
    throw new RequestException(location, "is made by another process");
  }
}
