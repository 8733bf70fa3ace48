package org.lines4j.recipe;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.lines4j.error.NearestName;
import org.lines4j.merge.Recipe.TokenRule;
import org.lines4j.merge.Recipe.TokenSource;
import org.lines4j.merge.Recipe.Tokenizer;
import org.lines4j.merge.Recipe.TokenizerSource;

/// `tokenizer_source` and `tokenizer`.
final class TokenizerReader {
  private static final String BASE = "base";
  private static final String UNION = "union";

  /// What mergekit once wrote before a model's name.
  private static final String MODEL = "model:";

  private TokenizerReader() {}

  static TokenizerSource source(Entry entry) {
    String name = ModelName.read(entry);
    return switch (name.startsWith(MODEL) ? name.substring(MODEL.length()) : name) {
      case BASE -> new TokenizerSource.Base();
      case UNION -> new TokenizerSource.Union();
      case String model -> {
        Optional<String> meant = NearestName.of(model, List.of(BASE, UNION));
        if (meant.isPresent() && !entry.isMapping() && !entry.namesFile()) {
          throw entry
              .error(
                  "%s should be base, union or a model, and there is no model '%s'"
                      .formatted(entry.what(), model))
              .withRemedy("did you mean '%s'?".formatted(meant.get()));
        }
        yield new TokenizerSource.OfModel(model);
      }
    };
  }

  static Tokenizer read(Entry entry) {
    Map<String, Entry> fields = entry.fields(RecipePart.TOKENIZER.names());
    Entry source = fields.get("source");
    Entry tokens = fields.get("tokens");
    Entry multiple = fields.get("pad_to_multiple_of");
    Map<String, TokenRule> rules = new LinkedHashMap<>();
    if (tokens != null) {
      tokens.fields().forEach((token, rule) -> rules.put(token, rule(token, rule)));
    }
    if (multiple != null && multiple.count() < 1) {
      throw multiple.error("pad_to_multiple_of should be at least 1");
    }
    return new Tokenizer(
        source == null ? new TokenizerSource.Union() : source(source),
        rules,
        multiple == null ? OptionalInt.empty() : OptionalInt.of(multiple.count()));
  }

  private static TokenRule rule(String token, Entry entry) {
    Map<String, Entry> fields = entry.fields(RecipePart.TOKEN.names());
    Entry source = fields.get("source");
    Entry force = fields.get("force");
    return new TokenRule(
        source == null ? new TokenSource.Unsaid() : tokenSource(token, source),
        force != null && force.flag());
  }

  private static TokenSource tokenSource(String token, Entry entry) {
    if (!entry.isMapping()) {
      return new TokenSource.SameToken(entry.text());
    }
    Map<String, Entry> fields = entry.fields(RecipePart.TOKEN_SOURCE.names());
    String kind = Entry.required(fields, "kind", entry).word(List.of("zero", "model_token"));
    if (kind.equals("zero")) {
      return new TokenSource.Zero();
    }
    String model = ModelName.read(Entry.required(fields, "model", entry));
    Entry name = fields.get("token");
    Entry id = fields.get("token_id");
    if (name != null && id == null) {
      return new TokenSource.OtherToken(model, name.text());
    }
    if (id != null && name == null) {
      return new TokenSource.TokenNumber(model, id.count());
    }
    throw entry.error("the source of token '%s' needs token or token_id".formatted(token));
  }
}
