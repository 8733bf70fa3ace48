package org.lines4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// What the launcher runs once after a build, so that the JVM's AOT cache holds the classes that
/// commands start with.
final class AotTraining {
  private static final String HEADER =
      """
      {"__metadata__":{"format":"pt"},\
      "model.layers.0.w":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},\
      "model.layers.1.w":{"dtype":"F32","shape":[1,2],"data_offsets":[8,16]}}\
      """;

  /// A survey and a write, by way of most of what a recipe may say.
  private static final String RECIPE =
      """
      merge_method: ties
      base_model: base.safetensors
      models:
        - model: tuned.safetensors
          parameters:
            weight: [0.3, 0.4]
            density: 0.5
      parameters:
        trim_scope: model
        lambda:
          - filter: w
            value: 0.5
          - value: 1
      dtype: float32
      """;

  private AotTraining() {}

  /// Runs commands on next to nothing, and shows nothing.
  public static void main(String[] args) throws IOException {
    Path folder = Files.createTempDirectory("lines");
    Path base = folder.resolve("base.safetensors");
    Path tuned = folder.resolve("tuned.safetensors");
    Path recipe = folder.resolve("recipe.yml");
    Path edited = folder.resolve("edited.safetensors");
    Path merged = folder.resolve("merged.safetensors");
    try {
      byte[] header = HEADER.getBytes(StandardCharsets.UTF_8);
      ByteBuffer bytes =
          ByteBuffer.allocate(Long.BYTES + header.length + 16).order(ByteOrder.LITTLE_ENDIAN);
      byte[] model = bytes.putLong(header.length).put(header).array();
      Files.write(base, model);
      Files.write(tuned, model);
      Files.writeString(recipe, RECIPE);
      run("--version");
      run("help");
      run("help", "inspect");
      run("inspect", "--quiet", base);
      run("inspect", "--json", base);
      run("edit", "--base", base, "--tuned", tuned, "--out", edited);
      run("merge", recipe, merged);
    } finally {
      for (Path file : List.of(base, tuned, recipe, edited, merged, folder)) {
        Files.deleteIfExists(file);
      }
    }
  }

  private static void run(Object... words) {
    String[] args = Arrays.stream(words).map(Object::toString).toArray(String[]::new);
    PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
    int code = Main.run(args, nowhere, nowhere);
    if (code != 0) {
      throw new IllegalStateException(String.join(" ", args) + " exited with " + code);
    }
  }
}
