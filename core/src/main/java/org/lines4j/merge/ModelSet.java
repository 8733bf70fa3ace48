package org.lines4j.merge;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.lines4j.error.InputException;
import org.lines4j.format.Checkpoint;
import org.lines4j.internal.foreign.HubName;
import org.lines4j.storage.Location;
import org.lines4j.storage.Storage;
import org.lines4j.storage.Storage.Kind;
import org.lines4j.storage.Storages;

/// The models that a recipe names, each opened once, however often and under whatever names it
/// occurs.
public final class ModelSet implements Closeable {
  private final Map<String, Checkpoint> byName = new LinkedHashMap<>();
  private final Map<Location, Checkpoint> byPlace = new LinkedHashMap<>();

  private ModelSet() {}

  /// Opens models.
  ///
  /// @param names as the recipe gives them
  /// @param folder what relative names start from: the recipe's
  /// @throws InputException if a model is missing or malformed
  public static ModelSet open(Collection<String> names, Path folder) throws IOException {
    return open(names, Location.of(folder));
  }

  /// Opens models, wherever they lie.
  ///
  /// @param names as the recipe gives them
  /// @param folder what relative names start from: the recipe's
  /// @throws InputException if a model is missing or malformed
  public static ModelSet open(Collection<String> names, Location folder) throws IOException {
    ModelSet models = new ModelSet();
    try {
      for (String name : names) {
        models.add(name, folder);
      }
    } catch (IOException | RuntimeException e) {
      models.close();
      throw e;
    }
    return models;
  }

  private void add(String name, Location folder) throws IOException {
    Location location = folder.resolve(name);
    Storage storage = Storages.of(location);
    if (storage.kind(location) == Kind.ABSENT) {
      throw new InputException(location, "there is no such model").withRemedy(advice(name, folder));
    }
    Location real = storage.real(location);
    Checkpoint checkpoint = byPlace.get(real);
    if (checkpoint == null) {
      checkpoint = Checkpoint.open(location);
      byPlace.put(real, checkpoint);
    }
    byName.put(name, checkpoint);
  }

  private static String advice(String name, Location folder) throws IOException {
    int plus = name.lastIndexOf('+');
    if (plus > 0 && isThere(folder.resolve(name.substring(0, plus)))) {
      return "adapters (MODEL+LORA) are not merged here: merge the adapter into its model first";
    }
    return HubName.advice(name, folder);
  }

  private static boolean isThere(Location location) throws IOException {
    return Storages.of(location).kind(location) != Kind.ABSENT;
  }

  /// The model of that name.
  ///
  /// @throws IllegalArgumentException if it is not among those opened
  public Checkpoint get(String name) {
    Checkpoint checkpoint = byName.get(name);
    if (checkpoint == null) {
      throw new IllegalArgumentException("not opened: " + name);
    }
    return checkpoint;
  }

  /// Each model once, by the first of its names.
  public Map<String, Checkpoint> distinct() {
    Map<String, Checkpoint> models = new LinkedHashMap<>();
    Set<Checkpoint> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    byName.forEach(
        (name, checkpoint) -> {
          if (seen.add(checkpoint)) {
            models.put(name, Objects.requireNonNull(checkpoint));
          }
        });
    return Collections.unmodifiableMap(models);
  }

  /// These models under the same names, each as `view` shows it. They stay this set's to close.
  public ModelSet viewed(Function<Checkpoint, Checkpoint> view) {
    ModelSet views = new ModelSet();
    Map<Checkpoint, Checkpoint> made = new HashMap<>();
    byName.forEach(
        (name, checkpoint) -> views.byName.put(name, made.computeIfAbsent(checkpoint, view)));
    return views;
  }

  @Override
  public void close() throws IOException {
    for (Checkpoint checkpoint : byPlace.values()) {
      checkpoint.close();
    }
  }
}
