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
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.lines4j.error.InputException;
import org.lines4j.error.NearestName;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.Formats;
import org.lines4j.format.ModelName;
import org.lines4j.internal.foreign.MeantPath;
import org.lines4j.storage.Location;
import org.lines4j.storage.Storages;

/// The models that a recipe names, each opened once, however often and under whatever names it
/// occurs.
public final class ModelSet implements Closeable {
  private final Map<String, Checkpoint> byName = new LinkedHashMap<>();
  private final Map<Location, Checkpoint> byPlace = new LinkedHashMap<>();
  private final IdentityHashMap<Checkpoint, Map<Location, Checkpoint>> byBase =
      new IdentityHashMap<>();

  private final Location folder;
  private final Map<String, MadeModel> made;

  private ModelSet(Location folder, Map<String, MadeModel> made) {
    this.folder = folder;
    this.made = Map.copyOf(made);
  }

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
    return open(names, Optional.empty(), folder);
  }

  /// Opens models and adapters, each of these as the model that it makes of the base.
  ///
  /// @param base the name, as the recipe gives it, of the model that adapters change which are
  ///   named alone; empty where there is none, which makes such names errors
  /// @throws InputException if a model is missing or malformed, or an adapter does not fit
  public static ModelSet open(Collection<String> names, Optional<String> base, Location folder)
      throws IOException {
    return open(names, base, folder, Map.of());
  }

  /// The same, where earlier stages have made some of the models.
  ///
  /// @param made by their stages' names, which come before those of files and folders
  public static ModelSet open(
      Collection<String> names, Optional<String> base, Location folder, Map<String, MadeModel> made)
      throws IOException {
    ModelSet models = new ModelSet(folder, made);
    try {
      if (base.isPresent()) {
        models.byName.put(base.get(), models.model(base.get()));
      }
      for (String name : names) {
        models.byName.put(name, models.opened(name, base));
      }
    } catch (IOException | RuntimeException e) {
      models.close();
      throw e;
    }
    return models;
  }

  /// Models that are open, by the names that a recipe gives them. They stay their owner's to close.
  public static ModelSet of(Map<String, Checkpoint> models) {
    ModelSet set = new ModelSet(Location.of(Path.of("")), Map.of());
    set.byName.putAll(models);
    return set;
  }

  private Location place(String name) throws IOException {
    MadeModel stage = made.get(name);
    return stage == null ? Storages.find(name, folder) : stage.location();
  }

  private Checkpoint opened(String name, Optional<String> base) throws IOException {
    Location location = place(name);
    return base.isPresent() && !base.get().equals(name) && Formats.isAdapter(location)
        ? adapted(get(base.get()), location)
        : model(name);
  }

  private Checkpoint model(String name) throws IOException {
    ModelName parts = ModelName.of(name, this::place);
    if (!parts.exists()) {
      String stage = NearestName.meant(name, made.keySet());
      throw new InputException(parts.model(), "there is no such model")
          .withRemedy(stage.isEmpty() ? advice(name, parts.model()) : stage);
    }
    Location real = named(Storages.of(parts.model()).real(parts.model()), parts.part());
    Checkpoint checkpoint = byPlace.get(real);
    if (checkpoint == null) {
      checkpoint = Checkpoint.open(named(parts.model(), parts.part()));
      byPlace.put(real, checkpoint);
    }
    for (Location adapter : parts.adapters()) {
      checkpoint = adapted(checkpoint, adapter);
    }
    return checkpoint;
  }

  /// What may be meant by a name at which nothing is.
  private String advice(String name, Location place) {
    String meant = MeantPath.advice(name, folder);
    boolean isRelative = place.isLocal() && !Path.of(name).isAbsolute();
    boolean isFar = meant.isEmpty() || meant.startsWith(MeantPath.NO_FOLDER);
    return isFar && isRelative ? "paths in a recipe begin at the folder that it lies in" : meant;
  }

  private static Location named(Location file, String part) {
    return part.isEmpty() ? file : new Location(file.scheme(), file.text() + "#" + part);
  }

  private Checkpoint adapted(Checkpoint base, Location adapter) throws IOException {
    Location real = Storages.of(adapter).real(adapter);
    Map<Location, Checkpoint> made = byBase.computeIfAbsent(base, _ -> new LinkedHashMap<>());
    Checkpoint checkpoint = made.get(real);
    if (checkpoint == null) {
      checkpoint = Checkpoint.openOn(base, adapter);
      made.put(real, checkpoint);
    }
    return checkpoint;
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

  /// What earlier stages have made, by the stages' names, whether or not it is among these models.
  public Map<String, MadeModel> made() {
    return made;
  }

  /// These models under the same names, each as `view` shows it. They stay this set's to close.
  public ModelSet viewed(Function<Checkpoint, Checkpoint> view) {
    ModelSet views = new ModelSet(folder, made);
    Map<Checkpoint, Checkpoint> made = new HashMap<>();
    byName.forEach(
        (name, checkpoint) -> views.byName.put(name, made.computeIfAbsent(checkpoint, view)));
    return views;
  }

  @Override
  public void close() throws IOException {
    for (Map<Location, Checkpoint> adapted : byBase.values()) {
      for (Checkpoint checkpoint : adapted.values()) {
        checkpoint.close();
      }
    }
    for (Checkpoint checkpoint : byPlace.values()) {
      checkpoint.close();
    }
  }
}
