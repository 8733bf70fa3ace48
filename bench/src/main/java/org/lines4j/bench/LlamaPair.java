package org.lines4j.bench;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.lines4j.internal.kernel.Kernels;
import org.lines4j.internal.kernel.ScalarKernels;
import org.lines4j.internal.safetensors.HeaderWriter;
import org.lines4j.tensor.DType;
import org.lines4j.tensor.Shape;
import org.lines4j.tensor.TensorInfo;

/// Makes models of Llama's shape (2048 wide, 22 blocks: 2.2 GB in bfloat16) with random weights: a
/// base, and tuned ones that differ from it by a hundredth. The same arguments give the same bytes.
public final class LlamaPair {
  private static final int WIDTH = 2048;
  private static final int INNER = 5632;
  private static final int VOCABULARY = 32_000;
  private static final int BLOCK = 1 << 20;

  private LlamaPair() {}

  /// Writes `DIR/base`, and `DIR/tuned` or `DIR/tuned1`, `DIR/tuned2` … .
  ///
  /// @param args DIR, blocks, type, number of tuned models
  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]);
    int blocks = Integer.parseInt(args[1]);
    DType type = DType.valueOf(args[2]);
    int tuned = Integer.parseInt(args[3]);
    write(folder.resolve("base"), blocks, type, 0);
    for (int i = 1; i <= tuned; i++) {
      write(folder.resolve(tuned == 1 ? "tuned" : "tuned" + i), blocks, type, i);
    }
  }

  private static List<TensorInfo> tensors(int blocks, DType type) {
    List<TensorInfo> tensors = new ArrayList<>();
    add(tensors, type, "lm_head.weight", VOCABULARY, WIDTH);
    add(tensors, type, "model.embed_tokens.weight", VOCABULARY, WIDTH);
    for (int i = 0; i < blocks; i++) {
      String block = "model.layers." + i + ".";
      add(tensors, type, block + "input_layernorm.weight", WIDTH);
      add(tensors, type, block + "mlp.down_proj.weight", WIDTH, INNER);
      add(tensors, type, block + "mlp.gate_proj.weight", INNER, WIDTH);
      add(tensors, type, block + "mlp.up_proj.weight", INNER, WIDTH);
      add(tensors, type, block + "post_attention_layernorm.weight", WIDTH);
      add(tensors, type, block + "self_attn.k_proj.weight", 256, WIDTH);
      add(tensors, type, block + "self_attn.o_proj.weight", WIDTH, WIDTH);
      add(tensors, type, block + "self_attn.q_proj.weight", WIDTH, WIDTH);
      add(tensors, type, block + "self_attn.v_proj.weight", 256, WIDTH);
    }
    add(tensors, type, "model.norm.weight", WIDTH);
    return tensors;
  }

  private static void add(List<TensorInfo> tensors, DType type, String name, long... dims) {
    tensors.add(new TensorInfo(name, type, Shape.of(dims)));
  }

  private static void write(Path folder, int blocks, DType type, int variant) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(
        folder.resolve("config.json"),
        """
        {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": %d,
         "intermediate_size": %d, "vocab_size": %d, "num_hidden_layers": %d,
         "num_attention_heads": 32, "num_key_value_heads": 4, "torch_dtype": "%s"}
        """
            .formatted(WIDTH, INNER, VOCABULARY, blocks, type.torchName()));
    List<TensorInfo> tensors = tensors(blocks, type);
    byte[] header = HeaderWriter.write(Map.of("format", "pt"), tensors);
    long elements = tensors.stream().mapToLong(TensorInfo::elements).sum();
    try (FileChannel file =
        FileChannel.open(
            folder.resolve("model.safetensors"),
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      file.write(ByteBuffer.wrap(header), 0);
      IntStream.range(0, Math.toIntExact(Math.ceilDiv(elements, BLOCK)))
          .parallel()
          .forEach(block -> writeBlock(file, header.length, block, elements, type, variant));
    }
  }

  private static void writeBlock(
      FileChannel file, long start, int block, long elements, DType type, int variant) {
    int count = (int) Math.min(BLOCK, elements - (long) block * BLOCK);
    SplittableRandom base = new SplittableRandom(block);
    SplittableRandom update = new SplittableRandom(((long) variant << 32) + block);
    float[] tile = new float[Kernels.TILE];
    ByteBuffer bytes =
        ByteBuffer.allocateDirect(count * type.bytes()).order(ByteOrder.LITTLE_ENDIAN);
    MemorySegment target = MemorySegment.ofBuffer(bytes);
    Kernels kernels = new ScalarKernels();
    for (int from = 0; from < count; from += tile.length) {
      int length = Math.min(tile.length, count - from);
      for (int i = 0; i < length; i++) {
        float weight = (float) (0.04 * (base.nextDouble() - 0.5));
        float change = variant == 0 ? 0 : (float) (4e-4 * (update.nextDouble() - 0.5));
        tile[i] = weight + change;
      }
      kernels.encode(type, tile, target, (long) from * type.bytes(), length);
    }
    try {
      file.write(bytes, start + (long) block * BLOCK * type.bytes());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
