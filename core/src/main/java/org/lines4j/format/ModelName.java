package org.lines4j.format;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.lines4j.error.InputException;
import org.lines4j.storage.Location;
import org.lines4j.storage.Storage.Kind;
import org.lines4j.storage.Storages;

/// What a user calls a model: `MODEL`, `MODEL#PART` of a file with several, `MODEL+ADAPTER`, or
/// `MODEL+ADAPTER+ADAPTER`. A file or folder whose own name holds these signs comes first. What is
/// no path of this machine may be a name that a storage knows, such as `org/name`
/// ([Storages#find]).
///
/// @param model where it lies
/// @param part what the file calls it; empty for the only one
/// @param adapters that change it, in their order
public record ModelName(Location model, String part, List<Location> adapters) {
  private static final char PLUS = '+';

  /// Where names lead.
  @FunctionalInterface
  public interface Places {
    /// Where what is called so lies, or would.
    Location find(String name) throws IOException;
  }

  /// Copies the list.
  public ModelName {
    adapters = List.copyOf(adapters);
  }

  /// Takes a name apart by what there is.
  ///
  /// @param folder what relative names start from
  /// @throws InputException if there is a model but not its adapter
  public static ModelName of(String name, Location folder) throws IOException {
    return known(name, part -> Storages.find(part, folder))
        .orElse(new ModelName(folder.resolve(name), "", List.of()));
  }

  /// Takes a name apart by what there is.
  ///
  /// @param places where a part of the name lies, or would
  /// @throws InputException if there is a model but not its adapter
  public static ModelName of(String name, Places places) throws IOException {
    return known(name, places).orElse(new ModelName(places.find(name), "", List.of()));
  }

  /// The same of a name that is a location already.
  static ModelName of(Location location) throws IOException {
    return of(location.text(), Location.parse(""));
  }

  private static Optional<ModelName> known(String name, Places places) throws IOException {
    Location whole = places.find(name);
    if (isThere(whole)) {
      return Optional.of(new ModelName(whole, "", List.of()));
    }
    int hash = name.lastIndexOf('#');
    if (hash > 0) {
      Location file = places.find(name.substring(0, hash));
      if (isThere(file)) {
        return Optional.of(new ModelName(file, name.substring(hash + 1), List.of()));
      }
    }
    for (int plus = name.lastIndexOf(PLUS); plus > 0; plus = name.lastIndexOf(PLUS, plus - 1)) {
      Optional<ModelName> base = known(name.substring(0, plus), places);
      if (base.isPresent()) {
        return Optional.of(base.get().with(name.substring(plus + 1), places));
      }
    }
    return Optional.empty();
  }

  private ModelName with(String adapter, Places places) throws IOException {
    Location location = places.find(adapter);
    if (adapter.isEmpty() || !isThere(location)) {
      throw new InputException(
              location, "there is no such adapter for the model %s".formatted(model))
          .withRemedy("name a folder with adapter_config.json behind the +");
    }
    List<Location> all = new ArrayList<>(adapters);
    all.add(location);
    return new ModelName(model, part, all);
  }

  private static boolean isThere(Location location) throws IOException {
    return Storages.of(location).kind(location) != Kind.ABSENT;
  }

  /// Whether the model itself is there.
  public boolean exists() throws IOException {
    return isThere(model);
  }
}
