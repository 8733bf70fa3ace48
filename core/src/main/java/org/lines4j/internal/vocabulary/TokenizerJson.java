package org.lines4j.internal.vocabulary;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.lines4j.error.Counted;
import org.lines4j.error.InputException;
import org.lines4j.error.RequestException;
import org.lines4j.format.Companion;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;

/// The `tokenizer.json` of an extended vocabulary: its source's, with more entries in
/// `model.vocab`, `model.merges` and `added_tokens`.
///
/// The tokenizers library numbers an added token by its place, unless `model.vocab` has it. So
/// where ordinary tokens come behind added ones, `model.vocab` gets all of them.
final class TokenizerJson {
  private static final String ONE_TOKENIZER =
      "name the tokenizer of one model as the source in place of union";

  private final OutputVocabulary vocabulary;
  private final Vocabulary source;

  private TokenizerJson(OutputVocabulary vocabulary) {
    this.vocabulary = vocabulary;
    this.source = vocabulary.source();
  }

  /// The file's text.
  ///
  /// @throws RequestException if tokens cannot be added to a tokenizer of this kind
  static String write(OutputVocabulary vocabulary) throws IOException {
    TokenizerJson json = new TokenizerJson(vocabulary);
    json.check();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Companion file = vocabulary.source().file();
    try (JsonParser in = parser(file);
        JsonGenerator out = Vocabulary.JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
      json.copy(in, out);
    } catch (JacksonException e) {
      throw new InputException(file, "malformed JSON: " + e.getOriginalMessage());
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  static JsonParser parser(Companion file) throws IOException {
    return Vocabulary.JSON.createParser(
        ObjectReadContext.empty(), file.bytes(Vocabulary.MOST_BYTES));
  }

  private void check() throws IOException {
    if (source.listed() && mustNumber()) {
      throw new RequestException(
              ("%s is a Unigram tokenizer, whose ordinary tokens are numbered by their place in"
                      + " front of all others: %s, such as '%s', cannot be added to it")
                  .formatted(
                      source.file(),
                      Counted.of(vocabulary.newOrdinary().size(), "token"),
                      vocabulary.newOrdinary().keySet().stream().findFirst().orElse("")))
          .withRemedy(ONE_TOKENIZER);
    }
    if (vocabulary.ordinaryFrom().isEmpty()) {
      return;
    }
    TokenizerPipeline own = TokenizerPipeline.read(source.file());
    if (own.joinsWithPrefix()) {
      throw new RequestException(
              source.file()
                  + " is a BPE tokenizer with a continuing_subword_prefix, whose rules are not"
                  + " joined with others here")
          .withRemedy(ONE_TOKENIZER);
    }
    for (Vocabulary other : vocabulary.ordinaryFrom()) {
      Set<String> differences = own.differences(TokenizerPipeline.read(other.file()));
      if (!differences.isEmpty()) {
        throw new RequestException(
                "%s and %s cut text in different ways (%s), so the tokens of one mean nothing to the other"
                    .formatted(source.file(), other.file(), String.join(", ", differences)))
            .withRemedy(ONE_TOKENIZER);
      }
    }
  }

  /// Whether the tokens' numbers hold only if `model.vocab` says them.
  private boolean mustNumber() {
    return !vocabulary.newOrdinary().isEmpty()
        || (!source.listed() && source.count() != source.size());
  }

  private void copy(JsonParser in, JsonGenerator out) throws IOException {
    boolean inModel = false;
    boolean added = false;
    int depth = 0;
    for (JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
      if (token == JsonToken.PROPERTY_NAME && depth == 1) {
        inModel = in.currentName().equals("model");
      }
      boolean opens = token == JsonToken.START_ARRAY || token == JsonToken.START_OBJECT;
      if (opens && depth == 1 && "added_tokens".equals(in.currentName())) {
        copyAdded(in, out);
        added = true;
      } else if (opens && depth == 2 && inModel && "vocab".equals(in.currentName())) {
        copyVocab(in, out);
      } else if (opens && depth == 2 && inModel && "merges".equals(in.currentName())) {
        copyMerges(in, out);
      } else {
        depth += opens ? 1 : token.isStructEnd() ? -1 : 0;
        if (token.isStructEnd() && depth == 0 && !added) {
          out.writeArrayPropertyStart("added_tokens");
          writeAdded(out);
          out.writeEndArray();
        }
        copyEvent(in, out, token);
      }
    }
  }

  private static void copyEvent(JsonParser in, JsonGenerator out, JsonToken token) {
    if (token == JsonToken.VALUE_NUMBER_FLOAT) {
      out.writeNumber(in.getString()); // as it is written there
    } else {
      out.copyCurrentEventExact(in);
    }
  }

  /// Copies a list or an object without its end.
  private static void copyContent(JsonParser in, JsonGenerator out) {
    copyEvent(in, out, in.currentToken());
    for (int depth = 1; depth > 0; ) {
      JsonToken token = in.nextToken();
      depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
      if (depth > 0) {
        copyEvent(in, out, token);
      }
    }
  }

  private void copyAdded(JsonParser in, JsonGenerator out) {
    copyContent(in, out);
    writeAdded(out);
    copyEvent(in, out, in.currentToken());
  }

  private void writeAdded(JsonGenerator out) {
    vocabulary.newAdded().stream()
        .sorted(Comparator.comparingInt(AddedToken::number))
        .forEach(token -> token.write(out));
  }

  private void copyVocab(JsonParser in, JsonGenerator out) {
    copyContent(in, out);
    if (!source.listed() && mustNumber()) {
      Map<String, Integer> more = new LinkedHashMap<>();
      source.added().forEach((text, token) -> more.put(text, token.number()));
      more.putAll(vocabulary.newOrdinary());
      vocabulary.newAdded().forEach(token -> more.put(token.content(), token.number()));
      more.keySet().removeAll(source.ordinary().keySet());
      more.entrySet().stream()
          .sorted(Map.Entry.comparingByValue())
          .forEach(entry -> out.writeNumberProperty(entry.getKey(), entry.getValue()));
    }
    copyEvent(in, out, in.currentToken());
  }

  private void copyMerges(JsonParser in, JsonGenerator out) throws IOException {
    if (vocabulary.ordinaryFrom().isEmpty()) {
      copyContent(in, out);
      copyEvent(in, out, in.currentToken());
      return;
    }
    BpeMerges rules = new BpeMerges(vocabulary);
    rules.readSource(in);
    for (Vocabulary other : vocabulary.ordinaryFrom()) {
      rules.readOther(other.file());
    }
    rules.write(out);
  }
}
