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
import java.util.StringJoiner;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.lines4j.files.FolderTree;

/// What the launcher runs once after a build, so that the JVM's AOT cache holds the classes that
/// commands start with.
final class AotTraining {
  /// What lies in a block, so that the layers of names like people's own are found.
  private static final List<String> MODULES =
      List.of(
          "self_attn.q_proj",
          "self_attn.k_proj",
          "self_attn.o_proj",
          "mlp.up_proj",
          "mlp.down_proj",
          "input_layernorm");

  private static final int BLOCKS = 2;

  private static final int ELEMENTS = 2;

  /// A survey and a write, by way of most of what a recipe may say.
  private static final String RECIPE =
      """
      merge_method: ties
      base_model: base
      models:
        - model: tuned
          parameters:
            weight: [0.3, 0.4]
            density: 0.5
      parameters:
        trim_scope: model
        lambda:
          - filter: mlp
            value: 0.5
          - value: 1
      dtype: float32
      """;

  /// The shortest there is: what other methods come by is in the recipe above.
  private static final String SUM =
      """
      merge_method: task_arithmetic
      base_model: base
      models:
        - model: tuned
          parameters: {weight: 0.3}
      """;

  private AotTraining() {}

  /// Runs commands on next to nothing, and shows nothing.
  ///
  /// @param args `s3` for a cache that also holds what reads stores like S3: others would load that
  ///   for nothing
  public static void main(String[] args) throws IOException {
    VectorModule.rehearse();
    Path folder = Files.createTempDirectory("lines");
    try {
      Path base = model(folder.resolve("base"), "model-00001-of-00001.safetensors");
      Files.writeString(base.resolve("model.safetensors.index.json"), index());
      Path tuned = model(folder.resolve("tuned"), "model.safetensors");
      Path file = tuned.resolve("model.safetensors");
      Path recipe = Files.writeString(folder.resolve("recipe.yml"), RECIPE);
      run("--version");
      run("help");
      run("help", "inspect");
      run("inspect", base);
      run("inspect", "--json", tuned);
      run("inspect", "--quiet", file);
      run("diff", base, tuned);
      run("edit", "--base", base, "--tuned", tuned, "--out", folder.resolve("edited"));
      run("merge", recipe, folder.resolve("merged.safetensors"));
      Path sum = Files.writeString(folder.resolve("sum.yml"), SUM);
      run("merge", sum, folder.resolve("sum.safetensors"));
      run("convert", file, folder.resolve("converted.pt"));
      if (List.of(args).contains("s3")) {
        try (TrainingStore store = new TrainingStore(folder)) {
          store.lead();
          run("inspect", "s3://models/base");
        }
      }
    } finally {
      FolderTree.delete(folder);
    }
  }

  private static Path model(Path folder, String weights) throws IOException {
    Files.createDirectory(folder);
    Files.writeString(
        folder.resolve("config.json"), "{\"model_type\":\"llama\",\"num_hidden_layers\":2}");
    byte[] header = header().getBytes(StandardCharsets.UTF_8);
    int data = names().size() * ELEMENTS * Float.BYTES;
    ByteBuffer bytes =
        ByteBuffer.allocate(Long.BYTES + header.length + data).order(ByteOrder.LITTLE_ENDIAN);
    Files.write(folder.resolve(weights), bytes.putLong(header.length).put(header).array());
    return folder;
  }

  private static List<String> names() {
    Stream<String> blocks =
        IntStream.range(0, BLOCKS)
            .boxed()
            .flatMap(
                block ->
                    MODULES.stream()
                        .map(module -> "model.layers." + block + "." + module + ".weight"));
    return Stream.of(Stream.of("model.embed_tokens.weight"), blocks, Stream.of("lm_head.weight"))
        .flatMap(Function.identity())
        .toList();
  }

  private static String header() {
    StringJoiner header = new StringJoiner(",", "{\"__metadata__\":{\"format\":\"pt\"},", "}");
    int from = 0;
    for (String name : names()) {
      int to = from + ELEMENTS * Float.BYTES;
      header.add(
          "\"%s\":{\"dtype\":\"F32\",\"shape\":[1,%d],\"data_offsets\":[%d,%d]}"
              .formatted(name, ELEMENTS, from, to));
      from = to;
    }
    return header.toString();
  }

  private static String index() {
    return names().stream()
        .map(name -> "\"" + name + "\":\"model-00001-of-00001.safetensors\"")
        .collect(Collectors.joining(",", "{\"weight_map\":{", "}}"));
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
