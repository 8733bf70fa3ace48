package org.lines4j.internal.config;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.lines4j.error.InputException;
import org.lines4j.plan.SidecarChanges;
import org.lines4j.plan.SidecarChanges.Layers;
import org.lines4j.plan.SidecarChanges.VocabularySize;
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
/// layers with what is listed for each, the size of the vocabulary and the numbers of tokens are
/// ever changed.
public final class ModelConfig {
  private static final long LONGEST = 10_000_000;

  /// Python writes NaN and Infinity, and some configurations have them.
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

  private static final Set<String> LAYER_COUNTS =
      Set.of("num_hidden_layers", "num_layers", "n_layer", "n_layers", "depth");

  /// How JSON files of an output are written.
  public static final ObjectWriteContext INDENTED = new Indented();

  private final JsonParser in;
  private final JsonGenerator out;
  private final SidecarChanges changes;
  private boolean countsLayers;
  private boolean countsTokens;

  private ModelConfig(JsonParser in, JsonGenerator out, SidecarChanges changes) {
    this.in = in;
    this.out = out;
    this.changes = changes;
  }

  /// The content of `file` with what changes: every `dtype` (and `torch_dtype`, its older name)
  /// that names a floating type, every count of layers and list with an entry for each, every
  /// `vocab_size` that is the number of embeddings, every `…_token_id` and `…_token_index`; null
  /// where the token is gone.
  ///
  /// @throws InputException if it is not JSON, or says nowhere how many layers or tokens there are
  public static byte[] with(Path file, SidecarChanges changes) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonParser in = parser(file);
        JsonGenerator out = JSON.createGenerator(INDENTED, bytes)) {
      ModelConfig config = new ModelConfig(in, out, changes);
      config.copy();
      config.checkCounts(file);
    } catch (JacksonException e) {
      throw malformed(file, e);
    }
    bytes.write('\n');
    return bytes.toByteArray();
  }

  /// What is wrong with a configuration, in words: the file, and that it is no JSON object.
  public static Optional<String> mistake(Path file) throws IOException {
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

  private static JsonParser parser(Path file) throws IOException {
    if (Files.size(file) > LONGEST) {
      throw new InputException(file, "longer than " + LONGEST + " bytes");
    }
    return JSON.createParser(ObjectReadContext.empty(), Files.readAllBytes(file));
  }

  private static InputException malformed(Path file, JacksonException e) {
    return new InputException(file, "malformed JSON: " + e.getOriginalMessage());
  }

  private void checkCounts(Path file) {
    if (changes.layers().isPresent() && !countsLayers) {
      throw new InputException(
          file,
          "expected a number of layers that is %d, to change it to %d, under one of %s"
              .formatted(
                  changes.layers().get().before(),
                  changes.layers().get().origins().size(),
                  LAYER_COUNTS.stream().sorted().toList()));
    }
    if (changes.vocabulary().isPresent() && !countsTokens) {
      throw new InputException(
          file,
          "expected a vocab_size of %d, which is how many embeddings there are, to change it to %d"
              .formatted(changes.vocabulary().get().before(), changes.vocabulary().get().after()));
    }
  }

  private void copy() {
    for (JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
      if (changes.dtype().isPresent() && namesDtype(token)) {
        out.writeString(changes.dtype().get().torchName());
      } else if (changes.layers().isPresent() && countsLayers(token, changes.layers().get())) {
        countsLayers = true;
        out.writeNumber(changes.layers().get().origins().size());
      } else if (changes.vocabulary().isPresent()
          && countsTokens(token, changes.vocabulary().get())) {
        countsTokens = true;
        out.writeNumber(changes.vocabulary().get().after());
      } else if (changes.tokenNumbers().isPresent() && numbersToken(token)) {
        writeNumber(changes.tokenNumbers().get().of(in.getLongValue()));
      } else if (changes.layers().isPresent() && startsLayerList(token)) {
        copyLayerList(changes.layers().get());
      } else if (token == JsonToken.VALUE_NUMBER_FLOAT) {
        out.writeNumber(in.getString()); // as it is written there, NaN too
      } else {
        out.copyCurrentEventExact(in);
      }
    }
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

  private boolean countsLayers(JsonToken token, Layers layers) {
    return token == JsonToken.VALUE_NUMBER_INT
        && LAYER_COUNTS.contains(String.valueOf(in.currentName()))
        && in.getLongValue() == layers.before();
  }

  private boolean startsLayerList(JsonToken token) {
    String name = String.valueOf(in.currentName()).toLowerCase(Locale.ROOT);
    return token == JsonToken.START_ARRAY && (name.contains("layer") || name.contains("block"));
  }

  /// Copies a list, or makes one with the entries of the layers that the output has.
  private void copyLayerList(Layers layers) {
    out.copyCurrentEventExact(in);
    List<Scalar> entries = new ArrayList<>();
    JsonToken token = in.nextToken();
    while (token != null && token.isScalarValue()) {
      entries.add(new Scalar(token, in.getString()));
      token = in.nextToken();
    }
    boolean perLayer = token == JsonToken.END_ARRAY && entries.size() == layers.before();
    if (perLayer && layers.origins().stream().allMatch(i -> i < entries.size())) {
      layers.origins().forEach(i -> entries.get(i).write(out));
    } else {
      entries.forEach(entry -> entry.write(out));
    }
    out.copyCurrentEventExact(in);
  }

  /// A value that is no object and no list.
  private record Scalar(JsonToken token, String text) {
    void write(JsonGenerator out) {
      switch (token) {
        case VALUE_STRING -> out.writeString(text);
        case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> out.writeNumber(text);
        case VALUE_TRUE, VALUE_FALSE -> out.writeBoolean(token == JsonToken.VALUE_TRUE);
        default -> out.writeNull();
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
