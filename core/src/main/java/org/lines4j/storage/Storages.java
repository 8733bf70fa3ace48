package org.lines4j.storage;

import java.io.IOException;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.lines4j.error.RequestException;

/// The storages that there are: this machine's disks, and those that jars on the module or class
/// path provide as services of [Storage].
public final class Storages {
  private static final List<Storage> ALL =
      ServiceLoader.load(Storage.class, Storages.class.getClassLoader()).stream()
          .map(ServiceLoader.Provider::get)
          .toList();

  private static final Storage ELSEWHERE = new Elsewhere();

  private Storages() {}

  /// The place to name where a run is planned again whose output another JVM makes: nothing is
  /// checked there, nothing can be made there.
  ///
  /// @param out where that JVM makes it
  public static Location elsewhere(Location out) {
    return Elsewhere.of(out);
  }

  /// Where a name leads: to itself, if something lies there or it is an address; else to what a
  /// storage finds by it. A path of this machine wins.
  ///
  /// @param folder what relative names start from
  public static Location find(String name, Location folder) throws IOException {
    Location place = folder.resolve(name);
    if (!place.isLocal() || of(place).kind(place) != Storage.Kind.ABSENT) {
      return place;
    }
    return ALL.stream().flatMap(storage -> storage.find(name).stream()).findFirst().orElse(place);
  }

  /// The same of a name that is a location already.
  public static Location find(Location name) throws IOException {
    return find(name.text(), Location.parse(""));
  }

  /// The one that reaches `location`.
  ///
  /// @throws RequestException if there is none
  public static Storage of(Location location) {
    if (location.scheme().equals(Elsewhere.SCHEME)) {
      return ELSEWHERE;
    }
    return ALL.stream()
        .filter(storage -> storage.scheme().equals(location.scheme()))
        .findFirst()
        .orElseThrow(
            () ->
                new RequestException(
                        "%s: nothing here can read or write %s:// (known are %s)"
                            .formatted(
                                location,
                                location.scheme(),
                                ALL.stream()
                                    .map(Storage::scheme)
                                    .distinct()
                                    .collect(Collectors.joining(", "))))
                    .withRemedy("add the jar of a storage that can to the class path"));
  }
}
