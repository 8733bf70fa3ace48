package org.lines4j.testing;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.lines4j.internal.safetensors.HeaderWriter;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

/// Small models with layers, and what lies in a folder.
public final class Models {
  private Models() {}

  /// A float32 model of `layers` layers with `elements` elements each, embedding and head beside
  /// them.
  public static Path file(Path file, int layers, int elements, long seed) throws IOException {
    List<TensorInfo> tensors = new ArrayList<>();
    tensors.add(new TensorInfo("model.embed_tokens.weight", DType.F32, Shape.of(4, 8)));
    for (int i = 0; i < layers; i++) {
      tensors.add(tensor("model.layers." + i + ".mlp.weight", elements));
    }
    tensors.add(new TensorInfo("lm_head.weight", DType.F32, Shape.of(4, 8)));
    write(file, tensors, seed);
    return file;
  }

  private static TensorInfo tensor(String name, int elements) {
    return new TensorInfo(name, DType.F32, Shape.of(elements));
  }

  private static void write(Path file, List<TensorInfo> tensors, long seed) throws IOException {
    Random random = new Random(seed);
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
      out.write(HeaderWriter.write(Map.of("format", "pt"), tensors));
      for (TensorInfo tensor : tensors) {
        ByteBuffer bytes =
            ByteBuffer.allocate(Math.toIntExact(tensor.byteSize())).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
          bytes.putFloat(random.nextFloat() - 0.5f);
        }
        out.write(bytes.array());
      }
    }
  }

  /// A folder with such a model in one file, and its configuration.
  public static Path folder(Path folder, int layers, int elements, long seed) throws IOException {
    Files.createDirectories(folder);
    file(folder.resolve("model.safetensors"), layers, elements, seed);
    Files.writeString(
        folder.resolve("config.json"),
        "{\n  \"model_type\": \"llama\",\n  \"dtype\": \"float32\",\n  \"seed\": "
            + seed
            + "\n}\n");
    return folder;
  }

  /// A folder with such a model in a shard per layer, and one for the rest.
  public static Path sharded(Path folder, int layers, int elements, long seed) throws IOException {
    Files.createDirectories(folder);
    StringBuilder index = new StringBuilder("{\"metadata\":{},\"weight_map\":{");
    for (int i = 0; i <= layers; i++) {
      String file = "model-%05d-of-%05d.safetensors".formatted(i + 1, layers + 1);
      String name = i < layers ? "model.layers." + i + ".mlp.weight" : "model.norm.weight";
      write(folder.resolve(file), List.of(tensor(name, elements)), seed + i);
      index.append(i == 0 ? "" : ",").append("\"%s\":\"%s\"".formatted(name, file));
    }
    Files.writeString(folder.resolve("model.safetensors.index.json"), index + "}}");
    return folder;
  }

  /// What a file or folder holds: relative path → SHA-256, folders and links by what they are.
  public static Map<String, String> content(Path root) throws IOException {
    Map<String, String> content = new TreeMap<>();
    try (Stream<Path> walk = Files.walk(root)) {
      walk.forEach(path -> content.put(root.relativize(path).toString(), describe(path)));
    }
    return content;
  }

  private static String describe(Path path) {
    try {
      if (Files.isSymbolicLink(path)) {
        return "link to " + Files.readSymbolicLink(path);
      }
      return Files.isDirectory(path) ? "folder" : sha256(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A file's SHA-256 in hexadecimal.
  public static String sha256(Path file) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(Files.readAllBytes(file)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /// The names of what lies in a folder, hidden files too.
  public static List<String> names(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  /// Deletes a file, or a folder with all that it holds.
  public static void delete(Path root) throws IOException {
    try (Stream<Path> walk = Files.walk(root)) {
      for (Path path : walk.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
