package org.lines4j.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// Reads a page as a browser does: a script ends at the first `</script`, whatever comes after.
record PageReader(String html) {
  private static final Pattern DATA =
      Pattern.compile(
          "<script type=\"application/json\" id=\"data\">(.*?)</script", Pattern.DOTALL);

  /// The text of the embedded JSON.
  String dataText() {
    Matcher data = DATA.matcher(html);
    if (!data.find()) {
      throw new AssertionError("the page has no data");
    }
    return data.group(1);
  }

  /// The embedded JSON, with `null` as NaN.
  Map<?, ?> data() {
    try (JsonParser json = new JsonFactory().createParser(ObjectReadContext.empty(), dataText())) {
      json.nextToken();
      Map<?, ?> data = (Map<?, ?>) value(json);
      if (json.nextToken() != null) {
        throw new AssertionError("there is more after the data");
      }
      return data;
    }
  }

  /// The rows of the embedded array `name`.
  List<List<?>> rows(String name) {
    List<List<?>> rows = new ArrayList<>();
    list(data().get(name)).forEach(row -> rows.add(list(row)));
    return rows;
  }

  static List<?> list(@Nullable Object value) {
    if (value instanceof List<?> list) {
      return list;
    }
    throw new AssertionError("not a list: " + value);
  }

  private static Object value(JsonParser json) {
    return switch (json.currentToken()) {
      case START_OBJECT -> {
        Map<String, Object> object = new LinkedHashMap<>();
        while (json.nextToken() != JsonToken.END_OBJECT) {
          String name = json.currentName();
          json.nextToken();
          object.put(name, value(json));
        }
        yield object;
      }
      case START_ARRAY -> {
        List<Object> array = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
          array.add(value(json));
        }
        yield array;
      }
      case VALUE_STRING -> json.getString();
      case VALUE_NUMBER_INT -> json.getLongValue();
      case VALUE_NUMBER_FLOAT -> json.getDoubleValue();
      case VALUE_NULL -> Double.NaN;
      default -> throw new AssertionError("unexpected " + json.currentToken());
    };
  }
}
