package org.lines4j.internal.gguf;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.lines4j.error.Shown;
import org.lines4j.format.Checkpoint;
import org.lines4j.storage.ByteCursor;
import org.lines4j.storage.ByteSource;

/// What GGUF models say otherwise than the one whose metadata count: weights that come of models
/// which differ in it were trained for different computations, and rows of embeddings that are
/// paired by their numbers belong to different tokens.
public final class MetadataDifferences {
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

  /// So many differences are told of a model.
  private static final int SHOWN = 8;

  private static final int MOST_LIST = 1 << 16;
  private static final int MOST_TOKEN = 1 << 10;

  private MetadataDifferences() {}

  /// A model's first file and what its header says.
  private record Stored(Checkpoint model, ByteSource file, GgufHeader header) {
    static Stored of(Checkpoint model) throws IOException {
      ByteSource file = model.shards().getFirst().file();
      return new Stored(model, file, HeaderReader.read(file));
    }

    Optional<Entry> entry(String key) {
      return Optional.ofNullable(header.entries().get(key));
    }

    /// Stands where an entry's value begins.
    ByteCursor value(Entry entry) {
      int key = entry.key().getBytes(StandardCharsets.UTF_8).length;
      return new ByteCursor(file, entry.from() + Long.BYTES + key + Integer.BYTES, entry.to());
    }
  }

  /// A setting's value, in words.
  ///
  /// @param exact the same only where the values are
  private record Value(String words, String exact) {
    static Value of(String words) {
      return new Value(words, words);
    }
  }

  /// In words, which settings of other models are not those of `described`.
  ///
  /// @param described whose metadata count
  public static List<String> settings(Checkpoint described, Collection<Checkpoint> models)
      throws IOException {
    List<String> notices = new ArrayList<>();
    for (Checkpoint model : others(described, models)) {
      Map<String, Value> own = settings(Stored.of(described));
      Map<String, Value> other = settings(Stored.of(model));
      List<String> differences = differences(own, other);
      if (!differences.isEmpty()) {
        int more = differences.size() - SHOWN;
        notices.add(
            "%s: trained with other settings than %s, whose metadata count: %s"
                .formatted(
                    model.location(),
                    described.location(),
                    String.join(", ", differences.stream().limit(SHOWN).toList())
                        + (more > 0 ? ", and " + more + " more" : "")));
      }
    }
    return notices;
  }

  /// In words, which models number tokens otherwise than `described`.
  ///
  /// @param done what is done with embeddings, in a word
  public static List<String> tokens(
      Checkpoint described, Collection<Checkpoint> models, String done) throws IOException {
    List<String> notices = new ArrayList<>();
    for (Checkpoint model : others(described, models)) {
      otherTokens(Stored.of(described), Stored.of(model), done).ifPresent(notices::add);
    }
    return notices;
  }

  private static List<Checkpoint> others(Checkpoint described, Collection<Checkpoint> models) {
    return models.stream()
        .filter(model -> isGguf(described) && isGguf(model))
        .filter(model -> !model.location().equals(described.location()))
        .distinct()
        .toList();
  }

  private static boolean isGguf(Checkpoint model) {
    return model.format().equals(GgufFormat.NAME);
  }

  private static List<String> differences(Map<String, Value> own, Map<String, Value> other) {
    Set<String> names = new TreeSet<>(own.keySet());
    names.addAll(other.keySet());
    List<String> differences = new ArrayList<>();
    for (String name : names) {
      Optional<Value> here = value(own, name);
      Optional<Value> there = value(other, name);
      if (here.isPresent()
          && there.isPresent()
          && !here.get().exact().equals(there.get().exact())) {
        differences.add(
            here.get().words().equals(there.get().words())
                ? "%s is %s, but another".formatted(name, here.get().words())
                : "%s is %s there and %s here"
                    .formatted(name, there.get().words(), here.get().words()));
      }
    }
    return differences;
  }

  private static Optional<Value> value(Map<String, Value> settings, String name) {
    return Optional.ofNullable(settings.get(name))
        .or(() -> Optional.ofNullable(LEFT_OUT.get(name)).map(Value::of));
  }

  /// The values by their keys, without the architecture that these begin with.
  private static Map<String, Value> settings(Stored stored) throws IOException {
    Map<String, Value> settings = new TreeMap<>();
    String prefix = stored.header().text(ARCHITECTURE).orElse("") + ".";
    for (Entry entry : stored.header().entries().values()) {
      String key = entry.key();
      String name = key.startsWith(prefix) ? key.substring(prefix.length()) : key;
      boolean isOfModel = key.startsWith(prefix) && !UNCOUNTED.contains(name);
      if (isOfModel || key.equals(ARCHITECTURE) || OTHERS.contains(key)) {
        settings.put(Shown.of(name), value(stored, entry));
      }
    }
    return settings;
  }

  private static Value value(Stored stored, Entry entry) throws IOException {
    ByteCursor cursor = stored.value(entry);
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

  private static Optional<String> otherTokens(Stored own, Stored other, String done)
      throws IOException {
    Optional<Entry> here = own.entry(TOKENS).filter(entry -> entry.type() == ValueType.ARRAY);
    Optional<Entry> there = other.entry(TOKENS).filter(entry -> entry.type() == ValueType.ARRAY);
    if (here.isEmpty() || there.isEmpty()) {
      return Optional.empty();
    }
    ByteCursor mine = own.value(here.get());
    ByteCursor theirs = other.value(there.get());
    int text = ValueType.STRING.number();
    int first = mine.i32();
    boolean areTexts = theirs.i32() == text && first == text;
    long count = Math.min(mine.i64(), theirs.i64());
    long differing = 0;
    String example = "";
    for (long i = 0; areTexts && i < count; i++) {
      byte[] a = token(mine);
      byte[] b = token(theirs);
      if (!Arrays.equals(a, b) && differing++ == 0) {
        example = "token %d is %s there and %s here".formatted(i, shown(b), shown(a));
      }
    }
    return differing == 0
        ? Optional.empty()
        : Optional.of(
            "%s: embeddings are %s row by row, though %d rows are of other tokens than in %s: %s"
                .formatted(
                    other.model().location(), done, differing, own.model().location(), example));
  }

  /// The beginning of one that is longer than any.
  private static byte[] token(ByteCursor cursor) throws IOException {
    long length = cursor.i64();
    byte[] bytes = cursor.bytes((int) Math.min(length, MOST_TOKEN));
    cursor.skip(length - bytes.length);
    return bytes;
  }

  private static String shown(byte[] token) {
    return "'" + Shown.of(new String(token, StandardCharsets.UTF_8)) + "'";
  }
}
