package org.lines4j.tune.record;

import org.lines4j.tune.Results;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// `results.json`: all of [Results], for programs and for the page that draws it.
public final class ResultsJson {
  /// What the property `format` says: readers refuse others.
  public static final String FORMAT = "lines-tune-1";

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .build();

  private ResultsJson() {}

  /// The document. The same results give the same text.
  public static String of(Results results) {
    return text(ResultsDocument.of(results));
  }

  /// A document of records.
  static String text(Record document) {
    return JSON.writeValueAsString(document) + '\n';
  }
}
