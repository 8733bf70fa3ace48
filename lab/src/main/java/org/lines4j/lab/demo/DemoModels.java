package org.lines4j.lab.demo;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.lines4j.error.RequestException;
import org.lines4j.files.AtomicFile;
import org.lines4j.lab.encoder.MiniLm;

/// The public base, and the two adapters and class vectors that come with the program, laid out in
/// a folder.
///
/// @param folder the user's, or a temporary one, which stays for its report
public record DemoModels(Path folder) {
  /// The task that the edited adapter was tuned on.
  public static final String TARGET = "emoji";

  /// The task of the other adapter, which is merged with it.
  public static final String OTHER = "languages";

  private static final String HEADS = "heads.safetensors";
  private static final List<String> FILES =
      List.of("adapter_config.json", "adapter_model.safetensors");

  /// Lays the models out.
  ///
  /// @param wanted an empty or missing folder, or that of an earlier demo; null for a temporary one
  /// @throws RequestException if there is something else already
  public static DemoModels unpack(@Nullable Path wanted) throws IOException {
    if (wanted != null) {
      checkFree(wanted);
      Files.createDirectories(wanted);
    }
    Path folder = wanted == null ? Files.createTempDirectory("lines-demo") : wanted;
    copy(HEADS, folder); // first: it tells that the folder is a demo's
    MiniLm.write(folder.resolve("base"));
    for (String adapter : List.of(TARGET, OTHER)) {
      Files.createDirectories(folder.resolve(adapter));
      for (String file : FILES) {
        copy(adapter + "/" + file, folder);
      }
    }
    DemoModels models = new DemoModels(folder);
    for (String method : List.of(Demonstration.SUM, Demonstration.SINGULAR)) {
      models.writeRecipe(method, 1);
    }
    return models;
  }

  private static void copy(String file, Path folder) throws IOException {
    AtomicFile.write(folder.resolve(file), shipped(file));
  }

  private static byte[] shipped(String file) throws IOException {
    try (InputStream in = DemoModels.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new FileNotFoundException(file + " is missing from this build of lines");
      }
      return in.readAllBytes();
    }
  }

  /// Writes the recipe of a merged model.
  void writeRecipe(String method, double lambda) throws IOException {
    AtomicFile.write(recipe(method), recipeOf(method, lambda));
  }

  private static String recipeOf(String method, double lambda) {
    return """
    merge_method: %s
    base_model: base
    models:
    - model: %s
    - model: %s
    parameters:
      lambda: %s
    """
        .formatted(method, TARGET, OTHER, lambda);
  }

  private static void checkFree(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    if (!Files.isDirectory(folder)) {
      throw new RequestException(folder + ": is a file; name a folder to make");
    }
    try (Stream<Path> entries = Files.list(folder)) {
      if (entries.findAny().isPresent() && !isDemo(folder)) {
        throw new RequestException(
            folder + ": is not empty, and no demo made what is in it; name a folder to make");
      }
    }
  }

  private static boolean isDemo(Path folder) throws IOException {
    Path heads = folder.resolve(HEADS);
    return Files.isRegularFile(heads) && Arrays.equals(Files.readAllBytes(heads), shipped(HEADS));
  }

  /// The public model.
  public Path base() {
    return folder.resolve("base");
  }

  /// The class vectors that all of them are read through.
  public Path heads() {
    return folder.resolve(HEADS);
  }

  /// An adapter, or a merged model.
  public Path named(String name) {
    return folder.resolve(name);
  }

  /// The recipe of a merged model.
  public Path recipe(String method) {
    return folder.resolve(method + ".yml");
  }
}
