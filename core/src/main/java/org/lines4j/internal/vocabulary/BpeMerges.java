package org.lines4j.internal.vocabulary;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.lines4j.error.InputException;
import org.lines4j.format.Companion;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// `merges` of a BPE tokenizer: pairs of tokens that become one, the first rule first. Those of the
/// source come first, then those of the others that are not there yet, in their order: what the
/// source cuts text into is joined further, never cut otherwise before.
///
/// A rule is `"a b"` or, since 2024, `["a", "b"]`; the latter is written. Rules are kept as pairs
/// of numbers, of which a tokenizer has hundreds of thousands.
final class BpeMerges {
  private record Pair(String left, String right) {}

  private final OutputVocabulary vocabulary;
  private long[] rules = new long[1 << 12];
  private int size;

  BpeMerges(OutputVocabulary vocabulary) {
    this.vocabulary = vocabulary;
  }

  /// Takes the rules of the source, whose `[` was read.
  void readSource(JsonParser in) {
    Companion file = vocabulary.source().file();
    for (JsonToken token = in.nextToken(); token != JsonToken.END_ARRAY; token = in.nextToken()) {
      Pair pair = pair(file, in, token);
      add(
          rule(pair)
              .orElseThrow(
                  () ->
                      new InputException(
                          file,
                          "model.merges joins '%s' and '%s', which are not both in model.vocab"
                              .formatted(pair.left(), pair.right()))));
    }
  }

  /// Takes the rules of another tokenizer whose tokens the vocabulary has.
  void readOther(Companion file) throws IOException {
    long[] known = Arrays.copyOf(rules, size);
    Arrays.sort(known);
    try (JsonParser in = TokenizerJson.parser(file)) {
      find(in);
      for (JsonToken token = in.nextToken();
          token != null && token != JsonToken.END_ARRAY;
          token = in.nextToken()) {
        Pair pair = pair(file, in, token);
        Optional<Long> rule = rule(pair);
        if (rule.isPresent()
            && vocabulary.number(pair.left() + pair.right()).isPresent()
            && Arrays.binarySearch(known, rule.get()) < 0) {
          add(rule.get());
        }
      }
    }
  }

  /// Goes to the `[` of `model.merges`, or to the end.
  private static void find(JsonParser json) {
    int depth = 0;
    boolean inModel = false;
    for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
      if (token == JsonToken.PROPERTY_NAME && depth == 1) {
        inModel = json.currentName().equals("model");
      } else if (token == JsonToken.START_ARRAY
          && depth == 2
          && inModel
          && "merges".equals(json.currentName())) {
        return;
      }
      depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
    }
  }

  private static Pair pair(Companion file, JsonParser json, JsonToken token) {
    if (token == JsonToken.VALUE_STRING) {
      List<String> parts = List.of(json.getString().split(" ", -1));
      if (parts.size() == 2) {
        return new Pair(parts.getFirst(), parts.getLast());
      }
    } else if (token == JsonToken.START_ARRAY && json.nextToken() == JsonToken.VALUE_STRING) {
      String left = json.getString();
      if (json.nextToken() == JsonToken.VALUE_STRING) {
        Pair pair = new Pair(left, json.getString());
        if (json.nextToken() == JsonToken.END_ARRAY) {
          return pair;
        }
      }
    }
    throw new InputException(file, "model.merges should hold pairs of tokens");
  }

  private Optional<Long> rule(Pair pair) {
    OptionalInt left = vocabulary.number(pair.left());
    OptionalInt right = vocabulary.number(pair.right());
    return left.isPresent() && right.isPresent()
        ? Optional.of(((long) left.getAsInt() << 32) | right.getAsInt())
        : Optional.empty();
  }

  private void add(long rule) {
    if (size == rules.length) {
      rules = Arrays.copyOf(rules, 2 * size);
    }
    rules[size++] = rule;
  }

  /// Writes all of them.
  void write(JsonGenerator out) {
    String[] texts = new String[vocabulary.size()];
    Arrays.fill(texts, "");
    vocabulary.byNumber().forEach(token -> texts[token.number()] = token.text());
    out.writeStartArray();
    for (int i = 0; i < size; i++) {
      out.writeStartArray();
      out.writeString(texts[(int) (rules[i] >>> 32)]);
      out.writeString(texts[(int) rules[i]]);
      out.writeEndArray();
    }
    out.writeEndArray();
  }
}
