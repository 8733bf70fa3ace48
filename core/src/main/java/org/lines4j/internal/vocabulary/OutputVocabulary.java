package org.lines4j.internal.vocabulary;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.lines4j.error.RequestException;

/// The vocabulary of an output: that of one model, perhaps with more tokens behind it.
///
/// The numbers of that model's tokens stay what they are. After them come, each in the order of the
/// recipe's models and of their numbers, the ordinary tokens of the others, the added tokens of the
/// others, and the tokens that the recipe names.
final class OutputVocabulary {
  /// The tokens of one of the models.
  ///
  /// @param rows how many embeddings the model has: tokens with higher numbers have none
  record ModelTokens(Vocabulary vocabulary, long rows) {
    /// A token's row, if it has one.
    OptionalInt row(String token) {
      OptionalInt number = vocabulary.number(token);
      return number.isPresent() && number.getAsInt() < rows ? number : OptionalInt.empty();
    }
  }

  private final Vocabulary source;
  private final Map<String, Integer> newOrdinary = new LinkedHashMap<>();
  private final Map<String, AddedToken> newAdded = new LinkedHashMap<>();
  private final Set<Vocabulary> ordinaryFrom = new LinkedHashSet<>();
  private final Set<String> decidedOtherwise = new LinkedHashSet<>();
  private int next;

  private OutputVocabulary(Vocabulary source) {
    this.source = source;
    this.next = source.size();
  }

  /// One model's vocabulary, with those of the tokens that it lacks.
  static OutputVocabulary of(Vocabulary source, Collection<String> tokens) {
    OutputVocabulary output = new OutputVocabulary(source);
    output.addNamed(tokens);
    return output;
  }

  /// One model's vocabulary, with the tokens of others that have an embedding, and those of
  /// `tokens` that none has.
  ///
  /// @throws RequestException if the others cut text in another way and into other tokens
  static OutputVocabulary union(
      Vocabulary source, List<ModelTokens> others, Collection<String> tokens) {
    OutputVocabulary output = new OutputVocabulary(source);
    Set<String> added = new LinkedHashSet<>(source.added().keySet());
    others.forEach(other -> added.addAll(other.vocabulary().added().keySet()));
    for (ModelTokens other : others) {
      output.addOrdinary(other, added);
    }
    for (ModelTokens other : others) {
      output.addAdded(other);
    }
    output.addNamed(tokens);
    return output;
  }

  private void addOrdinary(ModelTokens other, Set<String> added) {
    List<String> missing = new ArrayList<>();
    for (Vocabulary.Token token : other.vocabulary().byNumber()) {
      String text = token.text();
      if (other.row(text).isPresent() && !added.contains(text) && number(text).isEmpty()) {
        missing.add(text);
      }
    }
    if (!missing.isEmpty()) {
      ordinaryFrom.add(other.vocabulary());
      missing.forEach(text -> newOrdinary.put(text, next++));
    }
  }

  private void addAdded(ModelTokens other) {
    for (Vocabulary.Token token : other.vocabulary().byNumber()) {
      AddedToken asked = other.vocabulary().added().get(token.text());
      if (asked == null || other.row(token.text()).isEmpty()) {
        continue;
      }
      AddedToken known = source.added().getOrDefault(token.text(), newAdded.get(token.text()));
      if (known == null) {
        OptionalInt number = number(token.text());
        newAdded.put(token.text(), asked.numbered(number.isPresent() ? number.getAsInt() : next++));
      } else if (!known.equals(asked.numbered(known.number()))) {
        decidedOtherwise.add(token.text());
      }
    }
  }

  private void addNamed(Collection<String> tokens) {
    for (String token : tokens) {
      if (number(token).isEmpty()) {
        newAdded.put(token, AddedToken.plain(token, next++));
      }
    }
  }

  /// The number of a token, if there is one of this text.
  OptionalInt number(String token) {
    OptionalInt known = source.number(token);
    if (known.isPresent()) {
      return known;
    }
    Integer ordinary = newOrdinary.get(token);
    if (ordinary != null) {
      return OptionalInt.of(ordinary);
    }
    AddedToken added = newAdded.get(token);
    return added == null ? OptionalInt.empty() : OptionalInt.of(added.number());
  }

  /// All tokens with their numbers, in the order of these, which may have gaps.
  List<Vocabulary.Token> byNumber() {
    Map<String, Integer> more = new HashMap<>(newOrdinary);
    newAdded.forEach((text, token) -> more.put(text, token.number()));
    List<Vocabulary.Token> tokens = new ArrayList<>(source.byNumber());
    more.entrySet().stream()
        .filter(entry -> source.number(entry.getKey()).isEmpty())
        .map(entry -> new Vocabulary.Token(entry.getKey(), entry.getValue()))
        .sorted(java.util.Comparator.comparingInt(Vocabulary.Token::number))
        .forEach(tokens::add);
    return tokens;
  }

  /// One more than the highest number.
  int size() {
    return next;
  }

  /// The vocabulary that it starts with.
  Vocabulary source() {
    return source;
  }

  /// Whether it has tokens, or settings of tokens, that its source has not.
  boolean isExtended() {
    return !newOrdinary.isEmpty() || !newAdded.isEmpty();
  }

  /// Ordinary tokens that the source lacks, with their numbers.
  Map<String, Integer> newOrdinary() {
    return newOrdinary;
  }

  /// Added tokens that the source lacks, or has as ordinary ones alone.
  Collection<AddedToken> newAdded() {
    return newAdded.values();
  }

  /// The vocabularies that ordinary tokens come from which the source lacks.
  Set<Vocabulary> ordinaryFrom() {
    return ordinaryFrom;
  }

  /// Added tokens that models set up differently; the first that has one counts.
  Set<String> decidedOtherwise() {
    return decidedOtherwise;
  }
}
