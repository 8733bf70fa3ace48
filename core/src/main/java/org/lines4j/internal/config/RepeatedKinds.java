package org.lines4j.internal.config;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;

/// Kinds of layers in groups that are repeated, as GPT-Neo's `attention_types` has them.
final class RepeatedKinds {
  private RepeatedKinds() {}

  /// A kind for each layer; nothing where the groups are of another form, or say more than that.
  ///
  /// @param groups as JSON: `[["global", "local"], 12]`
  /// @param layers how many kinds there may be
  static List<String> of(List<String> groups, int layers) {
    List<String> kinds = new ArrayList<>();
    for (String group : groups) {
      try (JsonParser in = ModelConfig.JSON.createParser(ObjectReadContext.empty(), group)) {
        if (!add(in, kinds, layers)) {
          return List.of();
        }
      } catch (JacksonException e) {
        return List.of(); // a word, not a group
      }
    }
    return List.copyOf(kinds);
  }

  private static boolean add(JsonParser in, List<String> kinds, int layers) {
    if (in.nextToken() != JsonToken.START_ARRAY) {
      return false;
    }
    if (in.nextToken() != JsonToken.START_ARRAY) {
      return false;
    }
    List<String> group = new ArrayList<>();
    while (in.nextToken() == JsonToken.VALUE_STRING) {
      group.add(in.getString());
    }
    if (in.currentToken() != JsonToken.END_ARRAY
        || in.nextToken() != JsonToken.VALUE_NUMBER_INT
        || in.getString().length() > 6) {
      return false;
    }
    long times = in.getLongValue();
    if (times < 0 || times * group.size() > layers - kinds.size()) {
      return false;
    }
    for (long i = 0; i < times; i++) {
      kinds.addAll(group);
    }
    return in.nextToken() == JsonToken.END_ARRAY;
  }
}
