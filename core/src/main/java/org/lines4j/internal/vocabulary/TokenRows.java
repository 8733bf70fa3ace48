package org.lines4j.internal.vocabulary;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.lines4j.error.RequestException;
import org.lines4j.format.Checkpoint;
import org.lines4j.internal.source.DonorRows;
import org.lines4j.internal.source.RowMap;
import org.lines4j.internal.vocabulary.OutputVocabulary.ModelTokens;
import org.lines4j.merge.ModelSet;
import org.lines4j.merge.Recipe;
import org.lines4j.merge.Recipe.TokenRule;
import org.lines4j.merge.Recipe.TokenSource;

/// Where each model's embedding of each token of the output comes from, as mergekit has it.
///
/// A model that has the token keeps its own. One that lacks it takes what `tokens` says; else the
/// row of the only model that has it, the base's, the mean of all models that have it, or zeros
/// where none has. Rows without a token are the mean of the model's others.
final class TokenRows {
  private final Recipe recipe;
  private final OutputVocabulary output;
  private final ModelSet all;
  private final List<Checkpoint> checkpoints;
  private final List<ModelTokens> models;
  private final OptionalInt base;
  private final List<int[]> own = new ArrayList<>();
  private final DonorRows.Builder donors;
  private final List<String> orphans = new ArrayList<>();

  private TokenRows(
      Recipe recipe,
      OutputVocabulary output,
      ModelSet all,
      List<Checkpoint> checkpoints,
      List<ModelTokens> models,
      OptionalInt base,
      int rows) {
    this.recipe = recipe;
    this.output = output;
    this.all = all;
    this.checkpoints = checkpoints;
    this.models = models;
    this.base = base;
    this.donors = new DonorRows.Builder(rows);
    for (int i = 0; i < models.size(); i++) {
      int[] numbers = new int[rows];
      Arrays.fill(numbers, RowMap.PADDING);
      own.add(numbers);
    }
  }

  /// The rows of models that are merged.
  ///
  /// @param own for each model the numbers of its rows, as [RowMap] takes them
  /// @param orphans tokens that no model has an embedding of
  record Rows(List<int[]> own, DonorRows donors, List<String> orphans) {}

  /// Finds the rows.
  ///
  /// @param all models that the recipe names
  /// @param checkpoints of those that are merged
  /// @param models their tokens
  /// @param base which of the models is the base, if one is
  /// @param rows how many the output has
  /// @throws RequestException if a rule for a token names what there is not
  static Rows of(
      Recipe recipe,
      OutputVocabulary output,
      ModelSet all,
      List<Checkpoint> checkpoints,
      List<ModelTokens> models,
      OptionalInt base,
      int rows) {
    TokenRows tokens = new TokenRows(recipe, output, all, checkpoints, models, base, rows);
    return tokens.find();
  }

  private Rows find() {
    Map<String, TokenRule> rules = recipe.tokenizer().orElseThrow().tokens();
    int row = 0;
    for (Vocabulary.Token token : output.byNumber()) {
      for (; row < token.number(); row++) {
        donors.next();
      }
      decide(token, Optional.ofNullable(rules.get(token.text())));
      donors.next();
      row++;
    }
    return new Rows(own, donors.build(), orphans);
  }

  private void decide(Vocabulary.Token token, Optional<TokenRule> rule) {
    List<Integer> holders = new ArrayList<>();
    boolean forced = rule.map(TokenRule::force).orElse(false);
    boolean needed = false;
    for (int m = 0; m < own.size(); m++) {
      OptionalInt row = models.get(m).row(token.text());
      if (row.isPresent()) {
        holders.add(m);
      }
      boolean takes = forced || row.isEmpty();
      own.get(m)[token.number()] = takes ? RowMap.ABSENT : row.getAsInt();
      needed |= takes;
    }
    if (needed) {
      TokenSource source = rule.map(TokenRule::source).orElse(new TokenSource.Unsaid());
      switch (source) {
        case TokenSource.Unsaid _ -> addDefault(token.text(), holders);
        case TokenSource.Zero _ -> {}
        case TokenSource.SameToken(String model) -> add(model, token.text(), token.text());
        case TokenSource.OtherToken(String model, String other) -> add(model, other, token.text());
        case TokenSource.TokenNumber(String model, int id) -> add(model, id, token.text());
      }
    }
  }

  private void addDefault(String token, List<Integer> holders) {
    if (holders.isEmpty()) {
      orphans.add(token);
    }
    boolean hasBase = base.isPresent() && holders.contains(base.getAsInt());
    for (int m : hasBase ? List.of(base.getAsInt()) : holders) {
      donors.donor(m, models.get(m).row(token).orElseThrow());
    }
  }

  private void add(String model, String token, String whose) {
    int index = index(model, whose);
    OptionalInt row = models.get(index).row(token);
    donors.donor(
        index,
        row.orElseThrow(
            () -> error(whose, "model %s has no embedding of '%s'".formatted(model, token))));
  }

  private void add(String model, int number, String whose) {
    int index = index(model, whose);
    long rows = models.get(index).rows();
    if (number >= rows) {
      throw error(
          whose, "model %s has no token_id %d, it has %d rows".formatted(model, number, rows));
    }
    donors.donor(index, number);
  }

  private int index(String model, String whose) {
    int index = checkpoints.indexOf(all.get(model));
    if (index < 0) {
      throw error(whose, "model %s is not among those that are merged".formatted(model));
    }
    return index;
  }

  private RequestException error(String token, String message) {
    return new RequestException(
        "%s: tokenizer: the source of token '%s': %s".formatted(recipe.name(), token, message));
  }
}
