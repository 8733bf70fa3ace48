package org.lines4j.internal.gguf;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.lines4j.error.Shown;
import org.lines4j.format.Checkpoint;
import org.lines4j.storage.ByteCursor;
import org.lines4j.storage.ByteSource;

/// A GGUF model's first file and what its header says of the model: its settings, and its tokens.
public record StoredMetadata(Checkpoint model, ByteSource file, GgufHeader header) {
  private static final String ARCHITECTURE = "general.architecture";
  private static final String TOKENS = "tokenizer.ggml.tokens";

  /// Settings that do not begin with the architecture: how texts are cut.
  private static final Set<String> OTHERS = Set.of("tokenizer.ggml.model", "tokenizer.ggml.pre");

  /// How long texts may be, and what tensors' shapes say better.
  private static final Set<String> UNCOUNTED =
      Set.of("context_length", "vocab_size", "block_count");

  /// What llama.cpp takes where a setting is left out.
  private static final Map<String, String> LEFT_OUT =
      Map.of("rope.freq_base", "10000.0", "rope.scaling.type", "none");

  private static final int MOST_LIST = 1 << 16;
  private static final int MOST_TOKEN = 1 << 10;

  /// Reads the header.
  ///
  /// @param model of this format
  public static StoredMetadata of(Checkpoint model) throws IOException {
    ByteSource file = model.shards().getFirst().file();
    return new StoredMetadata(model, file, HeaderReader.read(file));
  }

  /// Whether a model is of this format.
  public static boolean isIn(Checkpoint model) {
    return model.format().equals(GgufFormat.NAME);
  }

  /// A setting's value, in words.
  ///
  /// @param exact the same only where the values are
  public record Value(String words, String exact) {
    static Value of(String words) {
      return new Value(words, words);
    }
  }

  /// The values by their keys, without the architecture that these begin with.
  public Map<String, Value> settings() throws IOException {
    Map<String, Value> settings = new TreeMap<>();
    String prefix = header.text(ARCHITECTURE).orElse("") + ".";
    for (Entry entry : header.entries().values()) {
      String key = entry.key();
      String name = key.startsWith(prefix) ? key.substring(prefix.length()) : key;
      boolean isOfModel = key.startsWith(prefix) && !UNCOUNTED.contains(name);
      if (isOfModel || key.equals(ARCHITECTURE) || OTHERS.contains(key)) {
        settings.put(Shown.of(name), value(entry));
      }
    }
    return settings;
  }

  /// What a setting is of those of a file; empty where it is left out, and nothing is taken then.
  ///
  /// @param settings as [#settings()] gives them
  public static Optional<Value> setting(Map<String, Value> settings, String name) {
    return Optional.ofNullable(settings.get(name))
        .or(() -> Optional.ofNullable(LEFT_OUT.get(name)).map(Value::of));
  }

  private Value value(Entry entry) throws IOException {
    ByteCursor cursor = cursor(entry);
    return switch (entry.type()) {
      case FLOAT32 -> Value.of(String.valueOf(Float.intBitsToFloat(cursor.i32())));
      case FLOAT64 -> Value.of(String.valueOf(Double.longBitsToDouble(cursor.i64())));
      case BOOL -> Value.of(cursor.u8() == 0 ? "false" : "true");
      case ARRAY -> list(cursor);
      case STRING -> Value.of(entry.text().map(Shown::of).orElse("a long text"));
      default -> Value.of(String.valueOf(entry.number().orElseThrow()));
    };
  }

  private static Value list(ByteCursor cursor) throws IOException {
    int size = (int) Math.min(cursor.left(), MOST_LIST);
    return new Value("a list", HexFormat.of().formatHex(cursor.bytes(size)));
  }

  /// Stands where an entry's value begins.
  private ByteCursor cursor(Entry entry) {
    int key = entry.key().getBytes(StandardCharsets.UTF_8).length;
    return new ByteCursor(file, entry.from() + Long.BYTES + key + Integer.BYTES, entry.to());
  }

  /// The tokens in the order of their numbers, of long ones the beginning; empty where the file
  /// says none.
  public List<String> tokens() throws IOException {
    Optional<Entry> list =
        Optional.ofNullable(header.entries().get(TOKENS))
            .filter(entry -> entry.type() == ValueType.ARRAY);
    List<String> tokens = new ArrayList<>();
    if (list.isPresent()) {
      ByteCursor cursor = cursor(list.get());
      boolean areTexts = cursor.i32() == ValueType.STRING.number();
      long count = cursor.i64();
      for (long i = 0; areTexts && i < count; i++) {
        long length = cursor.i64();
        byte[] bytes = cursor.bytes((int) Math.min(length, MOST_TOKEN));
        cursor.skip(length - bytes.length);
        tokens.add(new String(bytes, StandardCharsets.UTF_8));
      }
    }
    return tokens;
  }
}
