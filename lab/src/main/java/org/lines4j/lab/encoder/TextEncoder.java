package org.lines4j.lab.encoder;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.lines4j.format.Checkpoint;

/// A sentence encoder that gives each text a unit vector.
///
/// On disk a folder: `model.safetensors` with tensors named as `transformers` names BERT's, and
/// `config.json`. Any number of threads may embed at the same time; each uses one core.
public final class TextEncoder implements AutoCloseable {
  /// Texts at a time, of about one length.
  private static final int BATCH = 32;

  private static final String WEIGHTS = "model.safetensors";

  private final TextConfig config;
  private final NDManager manager = Torch.manager();
  private final NDList views;

  TextEncoder(TextConfig config, float[] weights) {
    this.config = config;
    this.views =
        ForwardPass.views(TextLayout.of(config), Torch.array(manager, weights, weights.length));
  }

  /// One that was saved.
  ///
  /// @throws org.lines4j.error.InputException if a file is missing or malformed, or a tensor does
  ///   not fit
  public static TextEncoder load(Path folder, TextConfig config) throws IOException {
    return new TextEncoder(config, read(folder, config));
  }

  /// The same of an open model, which may be closed afterwards.
  public static TextEncoder of(Checkpoint model, TextConfig config) throws IOException {
    return new TextEncoder(config, FloatFile.read(model, TextLayout.of(config).tensors()));
  }

  static float[] read(Path folder, TextConfig config) throws IOException {
    return FloatFile.read(folder, TextLayout.of(config).tensors());
  }

  static void write(float[] weights, TextConfig config, Path folder) throws IOException {
    FloatFile.write(folder.resolve(WEIGHTS), TextLayout.of(config).tensors(), weights);
    Map<String, Object> entries = new LinkedHashMap<>();
    entries.put("architectures", List.of("BertModel"));
    entries.put("model_type", "bert");
    entries.put("hidden_act", "gelu");
    entries.put("hidden_size", config.width());
    entries.put("intermediate_size", config.hidden());
    entries.put("layer_norm_eps", 1e-12);
    entries.put("max_position_embeddings", config.positions());
    entries.put("num_attention_heads", config.heads());
    entries.put("num_hidden_layers", config.blocks());
    entries.put("torch_dtype", "float32");
    entries.put("type_vocab_size", 2);
    entries.put("vocab_size", config.vocabulary());
    Files.writeString(folder.resolve(ConfigFile.NAME), JsonText.of(entries));
  }

  /// The texts' unit vectors, one after the other.
  ///
  /// @param texts as numbers of tokens
  public float[] embed(List<int[]> texts) {
    float[] embeddings = new float[texts.size() * config.width()];
    List<Integer> byLength =
        IntStream.range(0, texts.size())
            .boxed()
            .sorted(Comparator.comparingInt(i -> texts.get(i).length))
            .toList();
    for (int from = 0; from < texts.size(); from += BATCH) {
      List<Integer> batch = byLength.subList(from, Math.min(from + BATCH, texts.size()));
      List<int[]> tokens = new ArrayList<>();
      batch.forEach(text -> tokens.add(texts.get(text)));
      try (NDManager scope = Torch.manager()) {
        TextForward.Input input = TextForward.Input.of(config, tokens, scope);
        float[] part = TextForward.run(config, views, input).toFloatArray();
        for (int i = 0; i < batch.size(); i++) {
          System.arraycopy(
              part, i * config.width(), embeddings, batch.get(i) * config.width(), config.width());
        }
      }
    }
    return embeddings;
  }

  /// Frees its memory.
  @Override
  public void close() {
    manager.close();
  }
}
