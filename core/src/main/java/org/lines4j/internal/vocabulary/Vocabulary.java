package org.lines4j.internal.vocabulary;

import java.io.IOException;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import org.lines4j.error.Counted;
import org.lines4j.error.InputException;
import org.lines4j.format.Companion;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// The tokens of a model, as its `tokenizer.json` numbers them.
///
/// @param file it was read from
/// @param listed whether `model.vocab` is a list with scores, as Unigram models have it
/// @param ordinary number by text: the tokens that text is cut into
/// @param added by text: those looked for before it is cut; one may be an ordinary token, too
record Vocabulary(
    Companion file, boolean listed, Map<String, Integer> ordinary, Map<String, AddedToken> added) {
  static final long MOST_BYTES = 200_000_000;

  /// More than ten times as many as any tokenizer has.
  private static final int MOST_TOKENS = 10_000_000;

  static final JsonFactory JSON = new JsonFactory();

  /// Reads a `tokenizer.json`.
  ///
  /// @throws InputException if it is malformed, or has no tokens
  static Vocabulary read(Companion file) throws IOException {
    try (JsonParser in = JSON.createParser(ObjectReadContext.empty(), file.bytes(MOST_BYTES))) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        throw new InputException(file, "a tokenizer should be a JSON object");
      }
      Reader reader = new Reader(file, in);
      reader.readFields(Set.of("model", "added_tokens"));
      if (reader.ordinary.isEmpty()) {
        throw InputException.expected(file, "", "a vocabulary under model.vocab", "none");
      }
      Vocabulary vocabulary =
          new Vocabulary(
              file,
              reader.listed,
              Collections.unmodifiableMap(reader.ordinary),
              Collections.unmodifiableMap(reader.added));
      vocabulary.checkNumbers();
      return vocabulary;
    } catch (JacksonException e) {
      throw new InputException(file, "malformed JSON: " + e.getOriginalMessage());
    }
  }

  /// Reads a vocabulary that older tokenizers keep by itself: `vocab.json`, which numbers tokens,
  /// or `vocab.txt`, with one in each line.
  ///
  /// @throws InputException if it is malformed
  static Vocabulary readBare(Companion file) throws IOException {
    Map<String, Integer> ordinary = new HashMap<>();
    if (file.location().name().endsWith(".txt")) {
      String[] lines = file.text(MOST_BYTES).split("\r?\n", -1);
      for (int i = 0; i < lines.length; i++) {
        if (!lines[i].isEmpty()) {
          ordinary.putIfAbsent(lines[i], i);
        }
      }
    } else {
      try (JsonParser in = JSON.createParser(ObjectReadContext.empty(), file.bytes(MOST_BYTES))) {
        if (in.nextToken() != JsonToken.START_OBJECT) {
          throw new InputException(file, "a vocabulary should be a JSON object");
        }
        Reader reader = new Reader(file, in);
        reader.readNumbered();
        ordinary.putAll(reader.ordinary);
      } catch (JacksonException e) {
        throw new InputException(file, "malformed JSON: " + e.getOriginalMessage());
      }
    }
    return new Vocabulary(file, false, Collections.unmodifiableMap(ordinary), Map.of());
  }

  private void checkNumbers() {
    List<Token> tokens = byNumber();
    for (int i = 1; i < tokens.size(); i++) {
      Token before = tokens.get(i - 1);
      if (before.number() == tokens.get(i).number()) {
        throw new InputException(
            file,
            "two tokens have the number %d: '%s' and '%s'"
                .formatted(before.number(), before.text(), tokens.get(i).text()));
      }
    }
  }

  /// The number of a token, if there is one of this text.
  OptionalInt number(String token) {
    Integer number = ordinary.get(token);
    if (number != null) {
      return OptionalInt.of(number);
    }
    AddedToken own = added.get(token);
    return own == null ? OptionalInt.empty() : OptionalInt.of(own.number());
  }

  /// All tokens, in no order.
  private Stream<String> texts() {
    return Stream.concat(
        ordinary.keySet().stream(),
        added.keySet().stream().filter(token -> !ordinary.containsKey(token)));
  }

  /// A token and its number.
  record Token(String text, int number) {}

  /// The tokens in the order of their numbers, which may have gaps.
  List<Token> byNumber() {
    return texts()
        .map(text -> new Token(text, number(text).orElseThrow()))
        .sorted(Comparator.comparingInt(Token::number).thenComparing(Token::text))
        .toList();
  }

  /// How many tokens there are.
  int count() {
    return Math.toIntExact(texts().count());
  }

  /// One more than the highest number.
  int size() {
    return texts().mapToInt(token -> number(token).orElseThrow()).max().orElse(-1) + 1;
  }

  /// In words, how another vocabulary differs; empty where it numbers the same tokens alike.
  Optional<String> difference(Vocabulary other) {
    long missing = texts().filter(token -> other.number(token).isEmpty()).count();
    long extra = other.texts().filter(token -> number(token).isEmpty()).count();
    long moved =
        texts()
            .filter(token -> other.number(token).isPresent())
            .filter(token -> !number(token).equals(other.number(token)))
            .count();
    return missing + extra + moved == 0
        ? Optional.empty()
        : Optional.of(
            "%s only in %s, %d only in %s, %d numbered otherwise"
                .formatted(Counted.of(missing, "token"), file, extra, other.file, moved));
  }

  private static final class Reader {
    private final Companion file;
    private final JsonParser in;
    private final Map<String, Integer> ordinary = new HashMap<>();
    private final Map<String, AddedToken> added = new LinkedHashMap<>();
    private boolean listed;

    Reader(Companion file, JsonParser in) {
      this.file = file;
      this.in = in;
    }

    private void readFields(Set<String> wanted) {
      while (in.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = in.currentName();
        JsonToken value = in.nextToken();
        if (!wanted.contains(name)) {
          in.skipChildren();
        } else if (name.equals("model") && value == JsonToken.START_OBJECT) {
          readFields(Set.of("vocab"));
        } else if (name.equals("vocab") && value == JsonToken.START_OBJECT) {
          readNumbered();
        } else if (name.equals("vocab") && value == JsonToken.START_ARRAY) {
          readScored();
        } else if (name.equals("added_tokens") && value == JsonToken.START_ARRAY) {
          readAdded();
        } else if (value != JsonToken.VALUE_NULL) {
          throw new InputException(file, name + " is neither an object nor a list");
        }
      }
    }

    /// `{"token": number, …}`.
    private void readNumbered() {
      while (in.nextToken() == JsonToken.PROPERTY_NAME) {
        String token = in.currentName();
        if (in.nextToken() != JsonToken.VALUE_NUMBER_INT) {
          throw new InputException(file, "model.vocab should number its tokens");
        }
        ordinary.put(token, checked(token, in.getLongValue()));
      }
    }

    /// `[["token", score], …]`, numbered in this order.
    private void readScored() {
      listed = true;
      int number = 0;
      while (in.nextToken() == JsonToken.START_ARRAY) {
        if (in.nextToken() != JsonToken.VALUE_STRING) {
          throw new InputException(file, "model.vocab should list tokens with their scores");
        }
        ordinary.put(in.getString(), number++);
        while (in.nextToken() != JsonToken.END_ARRAY) {
          in.skipChildren();
        }
      }
    }

    /// `[{"id": number, "content": "token", …}, …]`.
    private void readAdded() {
      while (in.nextToken() == JsonToken.START_OBJECT) {
        AddedToken token = AddedToken.read(in);
        if (token.number() < 0 || token.content().isEmpty()) {
          throw new InputException(file, "an added token should have an id and a content");
        }
        checked(token.content(), token.number());
        added.put(token.content(), token);
      }
    }

    private int checked(String token, long number) {
      if (number < 0 || number >= MOST_TOKENS) {
        throw new InputException(
            file,
            "token '%s' should have a number from 0 to %,d, found %d"
                .formatted(token, MOST_TOKENS - 1, number));
      }
      return (int) number;
    }
  }
}
