package org.lines4j.merge;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.lines4j.error.InputException;
import org.lines4j.error.RequestException;
import org.lines4j.format.Checkpoint;

/// The models that a recipe names, each opened once, however often and under whatever names it
/// occurs.
public final class ModelSet implements Closeable {
  private final Map<String, Checkpoint> byName = new LinkedHashMap<>();
  private final Map<Path, Checkpoint> byPath = new LinkedHashMap<>();

  private ModelSet() {}

  /// Opens models.
  ///
  /// @param names as the recipe gives them
  /// @param folder what relative names start from: the recipe's
  /// @throws InputException if a model is missing or malformed
  public static ModelSet open(Collection<String> names, Path folder) throws IOException {
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

  private void add(String name, Path folder) throws IOException {
    Path path;
    try {
      path = folder.resolve(name);
    } catch (InvalidPathException e) {
      throw new RequestException("'" + name + "' is not a path to a model: " + e.getReason());
    }
    if (!Files.exists(path)) {
      throw new InputException(path, "there is no such model" + hint(name, folder));
    }
    Path real = path.toRealPath();
    Checkpoint checkpoint = byPath.get(real);
    if (checkpoint == null) {
      checkpoint = Checkpoint.open(path);
      byPath.put(real, checkpoint);
    }
    byName.put(name, checkpoint);
  }

  private static String hint(String name, Path folder) {
    int plus = name.lastIndexOf('+');
    if (plus > 0 && Files.exists(folder.resolve(name.substring(0, plus)))) {
      return "; adapters (MODEL+LORA) are not merged here: merge the adapter into its model first";
    }
    return name.matches("[\\w.-]+/[\\w.-]+")
        ? "; a recipe names folders and files relative to itself: download a model of the Hugging"
            + " Face hub first, with: hf download "
            + name
            + " --local-dir "
            + name
        : "";
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
    byName.forEach(
        (name, checkpoint) -> {
          if (!models.containsValue(checkpoint)) {
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
    for (Checkpoint checkpoint : byPath.values()) {
      checkpoint.close();
    }
  }
}
