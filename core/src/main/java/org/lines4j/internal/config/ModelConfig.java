package org.lines4j.internal.config;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Consumer;
import org.lines4j.error.InputException;
import org.lines4j.format.Companion;
import org.lines4j.internal.work.SidecarChanges;
import org.lines4j.internal.work.SidecarChanges.VocabularySize;
import org.lines4j.tensor.DType;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.TokenStreamContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;

/// `config.json` and `generation_config.json`, of which only the weights' type, the number of
/// layers with what is listed for each, the size of the vocabulary, the numbers of tokens, whether
/// the head is the embedding and what is said of quantisation are ever changed.
public final class ModelConfig {
  private static final long LONGEST = 10_000_000;

  /// Where quantisation is described: today, and by compressed-tensors before.
  private static final List<String> QUANTISATION =
      List.of("quantization_config", "compression_config");

  /// Which file holds the weights, where it is not the usual one, as it is of every output.
  private static final String WEIGHTS = "transformers_weights";

  /// Python writes NaN and Infinity, and some configurations have them.
  static final JsonFactory JSON =
      JsonFactory.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

  /// How JSON files of an output are written.
  public static final ObjectWriteContext INDENTED = new Indented();

  private final JsonParser in;
  private final JsonGenerator out;
  private final SidecarChanges changes;
  private final Map<String, LayerChange> layerChanges;
  private boolean countsTokens;
  private boolean saysTied;

  private ModelConfig(
      JsonParser in,
      JsonGenerator out,
      SidecarChanges changes,
      Map<String, LayerChange> layerChanges) {
    this.in = in;
    this.out = out;
    this.changes = changes;
    this.layerChanges = layerChanges;
  }

  /// The content of `file` with what changes: every `dtype` (and `torch_dtype`, its older name)
  /// that names a floating type, every count of layers and what else speaks of single layers, every
  /// `vocab_size` that is the number of embeddings, every `…_token_id` and `…_token_index`; null
  /// where the token is gone; what is said of quantisation.
  ///
  /// @throws InputException if it is not JSON, or says nowhere how many layers or tokens there are
  public static byte[] with(Companion file, SidecarChanges changes) throws IOException {
    Optional<LayerSettings> settings =
        changes.layers().isPresent()
            ? Optional.of(LayerSettings.read(file, changes.layers().get()))
            : Optional.empty();
    Map<String, LayerChange> layers = settings.map(LayerSettings::changes).orElse(Map.of());
    return rewritten(
        file,
        changes,
        layers,
        config -> {
          settings.ifPresent(found -> config.checkCounts(file, found));
          config.checkTokens(file);
        });
  }

  /// @param check what is asked of all that was found
  private static byte[] rewritten(
      Companion file,
      SidecarChanges changes,
      Map<String, LayerChange> layers,
      Consumer<ModelConfig> check)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonParser in = parser(file);
        JsonGenerator out = JSON.createGenerator(INDENTED, bytes)) {
      ModelConfig config = new ModelConfig(in, out, changes, layers);
      config.copy();
      check.accept(config);
    } catch (JacksonException e) {
      throw malformed(file, e);
    }
    bytes.write('\n');
    return bytes.toByteArray();
  }

  /// The content of a `generation_config.json` with the tokens' numbers and the layers that change;
  /// empty where nothing does.
  ///
  /// @throws InputException if it is not JSON
  public static byte[] ofGeneration(Companion file, SidecarChanges changes) throws IOException {
    Map<String, LayerChange> layers =
        changes.layers().isPresent()
            ? AlignmentHeads.changes(file, changes.layers().get())
            : Map.of();
    if (layers.isEmpty() && changes.tokenNumbers().isEmpty()) {
      return new byte[0];
    }
    SidecarChanges own = SidecarChanges.none().withTokenNumbers(changes.tokenNumbers());
    return rewritten(file, own, layers, _ -> {});
  }

  /// The content of a `params.json`, as Mistral's own loader has it beside weights, with the layers
  /// that change; empty where nothing does, or it says nothing of layers.
  ///
  /// @throws InputException if it is not JSON, or cannot say what the new layers are
  public static byte[] ofParams(Companion file, SidecarChanges changes) throws IOException {
    Map<String, LayerChange> layers =
        changes.layers().isPresent()
            ? LayerSettings.read(file, changes.layers().get()).changes()
            : Map.of();
    return layers.isEmpty() ? new byte[0] : rewritten(file, SidecarChanges.none(), layers, _ -> {});
  }

  /// The content of `file` with a head that is not the embedding; empty if it is not JSON.
  public static Optional<byte[]> untied(Companion file) throws IOException {
    return mistake(file).isPresent()
        ? Optional.empty()
        : Optional.of(with(file, SidecarChanges.none().untied()));
  }

  /// Whether a configuration says which file holds the weights; not if it is malformed.
  public static boolean namesWeights(Companion file) throws IOException {
    try {
      return ConfigTree.read(file).objects().getOrDefault("", Map.of()).containsKey(WEIGHTS);
    } catch (InputException e) {
      return false; // whoever copies the file will say so
    }
  }

  /// What is wrong with a configuration, in words: the file, and that it is no JSON object.
  public static Optional<String> mistake(Companion file) throws IOException {
    try (JsonParser in = parser(file)) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        return Optional.of(file + ": expected a JSON object, found something else");
      }
      in.skipChildren();
      return Optional.empty();
    } catch (JacksonException e) {
      return Optional.of(String.valueOf(malformed(file, e).getMessage()));
    } catch (InputException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    }
  }

  static JsonParser parser(Companion file) throws IOException {
    return JSON.createParser(ObjectReadContext.empty(), file.bytes(LONGEST));
  }

  static InputException malformed(Companion file, JacksonException e) {
    return new InputException(file, "malformed JSON: " + e.getOriginalMessage());
  }

  private void checkCounts(Companion file, LayerSettings settings) {
    if (!hasLayerCount(settings.counts()) && !settings.isCountedByLists()) {
      throw new InputException(
          file,
          "expected a number of layers that is %d, to change it to %d, under one of %s"
              .formatted(
                  changes.layers().orElseThrow().before(),
                  changes.layers().orElseThrow().origins().size(),
                  settings.counts().stream().sorted().toList()));
    }
  }

  private void checkTokens(Companion file) {
    if (changes.vocabulary().isPresent() && !countsTokens) {
      throw new InputException(
          file,
          "expected a vocab_size of %d, which is how many embeddings there are, to change it to %d"
              .formatted(changes.vocabulary().get().before(), changes.vocabulary().get().after()));
    }
  }

  private void copy() {
    for (JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
      if (isGone(token)
          || namesWeights(token)
          || (changes.quantisation().isPresent() && namesQuantisation(token))) {
        in.nextToken();
        in.skipChildren();
      } else if (changes.dtype().isPresent() && namesDtype(token)) {
        out.writeString(changes.dtype().get().torchName());
      } else if (layerChange(token).isPresent()) {
        write(layerChange(token).get());
      } else if (changes.vocabulary().isPresent()
          && countsTokens(token, changes.vocabulary().get())) {
        countsTokens = true;
        out.writeNumber(changes.vocabulary().get().after());
      } else if (changes.tokenNumbers().isPresent() && numbersToken(token)) {
        writeNumber(changes.tokenNumbers().get().of(in.getLongValue()));
      } else if (changes.isUntied() && saysTied(token)) {
        saysTied = true;
        out.writeBoolean(false);
      } else {
        if (changes.isUntied() && !saysTied && isEnd(token)) {
          out.writeBooleanProperty(TiedEmbeddings.NAME, false); // the default is true
        }
        if (isEnd(token)) {
          changes.quantisation().filter(json -> !json.isEmpty()).ifPresent(this::writeQuantisation);
        }
        copy(in, out);
      }
    }
  }

  /// Writes what was read, fractions as they are written there, NaN too.
  static void copy(JsonParser in, JsonGenerator out) {
    if (in.currentToken() == JsonToken.VALUE_NUMBER_FLOAT) {
      out.writeNumber(in.getString());
    } else {
      out.copyCurrentEventExact(in);
    }
  }

  private boolean isGone(JsonToken token) {
    return token == JsonToken.PROPERTY_NAME
        && layerChanges.get(in.streamReadContext().pathAsPointer().toString())
            instanceof LayerChange.Gone;
  }

  private boolean namesWeights(JsonToken token) {
    return token == JsonToken.PROPERTY_NAME
        && in.currentName().equals(WEIGHTS)
        && in.streamReadContext().getParent().inRoot();
  }

  private boolean namesQuantisation(JsonToken token) {
    return token == JsonToken.PROPERTY_NAME && QUANTISATION.contains(in.currentName());
  }

  private void writeQuantisation(String json) {
    out.writeName(QUANTISATION.getFirst());
    out.writeRawValue(json);
  }

  /// What a configuration says of quantisation, as JSON; empty where it says nothing, or is none.
  public static Optional<String> quantisation(Companion file) throws IOException {
    try (JsonParser in = parser(file)) {
      for (JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
        if (token == JsonToken.PROPERTY_NAME && QUANTISATION.contains(in.currentName())) {
          return in.nextToken() == JsonToken.START_OBJECT
              ? Optional.of(ConfigTree.json(in))
              : Optional.empty();
        }
      }
      return Optional.empty();
    } catch (JacksonException e) {
      throw malformed(file, e);
    }
  }

  private boolean saysTied(JsonToken token) {
    return token.isBoolean() && TiedEmbeddings.NAME.equals(in.currentName());
  }

  private boolean isEnd(JsonToken token) {
    return token == JsonToken.END_OBJECT && in.streamReadContext().inRoot();
  }

  private boolean namesDtype(JsonToken token) {
    String name = in.currentName();
    return token == JsonToken.VALUE_STRING
        && ("dtype".equals(name) || "torch_dtype".equals(name))
        && DType.ofTorchName(in.getString()).isPresent();
  }

  private boolean countsTokens(JsonToken token, VocabularySize size) {
    return token == JsonToken.VALUE_NUMBER_INT
        && "vocab_size".equals(in.currentName())
        && in.getLongValue() == size.before();
  }

  /// A number of a token, or one in a list of such.
  private boolean numbersToken(JsonToken token) {
    if (token != JsonToken.VALUE_NUMBER_INT || in.getLongValue() < 0) {
      return false;
    }
    TokenStreamContext place = in.streamReadContext();
    String name =
        String.valueOf(place.inArray() ? place.getParent().currentName() : place.currentName());
    return name.endsWith("_token_id") || name.endsWith("_token_index");
  }

  private void writeNumber(OptionalInt number) {
    if (number.isPresent()) {
      out.writeNumber(number.getAsInt());
    } else if (!in.streamReadContext().inArray()) {
      out.writeNull();
    }
  }

  private boolean hasLayerCount(Set<String> counts) {
    return layerChanges.keySet().stream()
        .anyMatch(pointer -> counts.contains(pointer.substring(pointer.lastIndexOf('/') + 1)));
  }

  private Optional<LayerChange> layerChange(JsonToken token) {
    if (layerChanges.isEmpty() || !(token.isScalarValue() || token.isStructStart())) {
      return Optional.empty();
    }
    TokenStreamContext place = in.streamReadContext();
    TokenStreamContext own = token.isStructStart() ? place.getParent() : place;
    if (own == null) {
      return Optional.empty();
    }
    return Optional.ofNullable(layerChanges.get(own.pathAsPointer().toString()));
  }

  private void write(LayerChange change) {
    switch (change) {
      case LayerChange.Whole(long value) -> out.writeNumber(value);
      case LayerChange.Decimal(double value) -> out.writeNumber(value);
      case LayerChange.Text(String value) -> out.writeString(value);
      case LayerChange.Numbers(List<Integer> values) -> {
        in.skipChildren();
        list(values, out::writeNumber);
      }
      case LayerChange.Pairs(List<List<Integer>> values) -> {
        in.skipChildren();
        list(values, pair -> list(pair, out::writeNumber));
      }
      case LayerChange.Gone _ -> throw new IllegalStateException("not written");
      case LayerChange.Texts(List<String> values) -> {
        in.skipChildren();
        list(values, out::writeString);
      }
      case LayerChange.Group(List<String> kinds) -> {
        in.skipChildren();
        out.writeStartArray();
        out.writeStartArray();
        list(kinds, out::writeString);
        out.writeNumber(1);
        out.writeEndArray();
        out.writeEndArray();
      }
      case LayerChange.Order(List<Integer> origins) -> reorder(origins);
      case LayerChange.Renumbered(List<Integer> origins) -> renumber(origins);
    }
  }

  private <T> void list(List<T> values, Consumer<T> write) {
    out.writeStartArray();
    values.forEach(write);
    out.writeEndArray();
  }

  /// Makes a list of the entries of the layers that the output has.
  private void reorder(List<Integer> origins) {
    List<Entry> entries = new ArrayList<>();
    for (JsonToken token = in.nextToken();
        token != null && token != JsonToken.END_ARRAY;
        token = in.nextToken()) {
      entries.add(Entry.read(in, token));
    }
    out.writeStartArray();
    origins.forEach(i -> entries.get(i).write(out));
    out.writeEndArray();
  }

  /// Makes an object of the fields of the layers that the output has.
  private void renumber(List<Integer> origins) {
    Map<Integer, Entry> entries = new HashMap<>();
    while (in.nextToken() == JsonToken.PROPERTY_NAME) {
      int layer = Integer.parseInt(in.currentName());
      entries.put(layer, Entry.read(in, in.nextToken()));
    }
    out.writeStartObject();
    for (int k = 0; k < origins.size(); k++) {
      Entry entry = entries.get(origins.get(k));
      if (entry != null) {
        out.writeName(Integer.toString(k));
        entry.write(out);
      }
    }
    out.writeEndObject();
  }

  /// What a list or an object holds; objects and lists as JSON.
  private record Entry(JsonToken token, String text) {
    static Entry read(JsonParser in, JsonToken token) {
      return new Entry(token, token.isScalarValue() ? in.getString() : ConfigTree.json(in));
    }

    void write(JsonGenerator out) {
      switch (token) {
        case VALUE_STRING -> out.writeString(text);
        case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> out.writeNumber(text);
        case VALUE_TRUE, VALUE_FALSE -> out.writeBoolean(token == JsonToken.VALUE_TRUE);
        case VALUE_NULL -> out.writeNull();
        default -> out.writeRawValue(text);
      }
    }
  }

  /// Two blanks a level, as `transformers` writes it.
  private static final class Indented extends ObjectWriteContext.Base {
    @Override
    public PrettyPrinter getPrettyPrinter() {
      DefaultIndenter lines = new DefaultIndenter("  ", "\n");
      return new DefaultPrettyPrinter().withObjectIndenter(lines).withArrayIndenter(lines);
    }

    @Override
    public boolean hasPrettyPrinter() {
      return true;
    }
  }
}
