package org.lines4j.internal.vocabulary;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/// What a tokenizer's `post_processor` makes of a text `A`, and of two, `A` and `B`: they get
/// tokens around them, such as `[CLS] A [SEP]`.
record TokensAround(String single, String pair) {
  /// No tokens.
  static final TokensAround NONE = new TokensAround("A", "A B");

  /// Reads the value that the parser stands at, to its end; empty for a kind that is not known.
  static Optional<TokensAround> read(JsonParser in) {
    return of(value(in));
  }

  private static Optional<TokensAround> of(@Nullable Object processor) {
    if (processor == null) {
      return Optional.of(NONE);
    }
    if (!(processor instanceof Map<?, ?> fields)) {
      return Optional.empty();
    }
    return switch (String.valueOf(fields.get("type"))) {
      case "ByteLevel" -> Optional.of(NONE);
      case "TemplateProcessing" ->
          Optional.of(
              new TokensAround(template(fields.get("single")), template(fields.get("pair"))));
      case "BertProcessing" -> Optional.of(between(fields, "%s A %s", "%s A %2$s B %2$s"));
      case "RobertaProcessing" -> Optional.of(between(fields, "%s A %s", "%s A %2$s %2$s B %2$s"));
      case "Sequence" -> sequence(fields.get("processors"));
      default -> Optional.empty();
    };
  }

  /// Those of a list of which one at most puts tokens anywhere.
  private static Optional<TokensAround> sequence(@Nullable Object processors) {
    TokensAround found = NONE;
    for (Object processor : processors instanceof List<?> list ? list : List.of()) {
      Optional<TokensAround> own = of(processor);
      if (own.isEmpty() || !(own.get().equals(NONE) || found.equals(NONE))) {
        return Optional.empty();
      }
      found = own.get().equals(NONE) ? found : own.get();
    }
    return Optional.of(found);
  }

  private static TokensAround between(Map<?, ?> fields, String single, String pair) {
    String begin = token(fields.get("cls"));
    String end = token(fields.get("sep"));
    return new TokensAround(single.formatted(begin, end), pair.formatted(begin, end));
  }

  /// A token and its number.
  private static String token(@Nullable Object pair) {
    return pair instanceof List<?> list && !list.isEmpty() ? String.valueOf(list.getFirst()) : "?";
  }

  private static String template(@Nullable Object pieces) {
    List<?> list = pieces instanceof List<?> items ? items : List.of();
    return list.stream()
        .flatMap(piece -> piece instanceof Map<?, ?> of ? of.values().stream() : List.of().stream())
        .map(of -> of instanceof Map<?, ?> fields ? String.valueOf(fields.get("id")) : "?")
        .collect(Collectors.joining(" "));
  }

  /// How another tokenizer's differ, in words: what it makes of a text, and what this one does.
  Optional<List<String>> difference(TokensAround other) {
    if (equals(other)) {
      return Optional.empty();
    }
    return Optional.of(
        single.equals(other.single) ? List.of(other.pair, pair) : List.of(other.single, single));
  }

  private static @Nullable Object value(JsonParser in) {
    return switch (in.currentToken()) {
      case START_OBJECT -> {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        while (in.nextToken() == JsonToken.PROPERTY_NAME) {
          String name = in.currentName();
          in.nextToken();
          fields.put(name, value(in));
        }
        yield fields;
      }
      case START_ARRAY -> {
        List<@Nullable Object> items = new ArrayList<>();
        while (in.nextToken() != JsonToken.END_ARRAY) {
          items.add(value(in));
        }
        yield items;
      }
      case VALUE_NULL -> null;
      default -> in.getString();
    };
  }
}
