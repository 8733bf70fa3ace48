package org.lines4j.internal.vocabulary;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.lines4j.error.InputException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.Companions;
import org.lines4j.internal.source.DonorRows;
import org.lines4j.internal.source.RowMap;
import org.lines4j.internal.vocabulary.OutputVocabulary.ModelTokens;
import org.lines4j.internal.work.Source;
import org.lines4j.tensor.Shape;

/// The tokens of an edit's two models. Where the tuned model has more or fewer embeddings than the
/// base, the output has the tuned model's vocabulary, as a merge with its `tokenizer_source` would:
/// each token's row is paired with the base's row of the same token, and rows of tokens that the
/// base lacks stay as they are in the tuned model.
public final class EditVocabulary {
  private static final int TUNED = 1;
  private static final String REMEDY =
      "merging them with tokenizer_source and lines would match them";

  private final ModelTokens base;
  private final ModelTokens tuned;
  private final int[] own;
  private final DonorRows donors;
  private final int common;

  private EditVocabulary(ModelTokens base, ModelTokens tuned) {
    this.base = base;
    this.tuned = tuned;
    this.own = new int[Math.toIntExact(tuned.rows())];
    DonorRows.Builder rows = new DonorRows.Builder(own.length);
    String[] texts = texts(tuned);
    String[] before = texts(base);
    int found = 0;
    for (int row = 0; row < own.length; row++) {
      own[row] = baseRow(row, texts[row], before);
      if (own[row] == RowMap.ABSENT) {
        rows.donor(TUNED, row);
      } else {
        found++;
      }
      rows.next();
    }
    this.donors = rows.build();
    this.common = found;
  }

  /// The token of each row, empty where none has it.
  private static String[] texts(ModelTokens tokens) {
    String[] texts = new String[Math.toIntExact(tokens.rows())];
    java.util.Arrays.fill(texts, "");
    for (Vocabulary.Token token : tokens.vocabulary().byNumber()) {
      if (token.number() < texts.length) {
        texts[token.number()] = token.text();
      }
    }
    return texts;
  }

  /// Rows of no token, which only fill up, are each other's.
  private int baseRow(int row, String token, String[] before) {
    if (token.isEmpty()) {
      return row < before.length && before[row].isEmpty() ? row : RowMap.ABSENT;
    }
    OptionalInt found = base.row(token);
    return found.isPresent() ? found.getAsInt() : RowMap.ABSENT;
  }

  /// How the rows of two models' embeddings belong together; empty where both have as many, or it
  /// cannot be told because one comes without its `tokenizer.json`.
  public static Optional<EditVocabulary> of(Checkpoint base, Checkpoint tuned) throws IOException {
    try {
      OptionalLong before = VocabularyTensors.rows(base);
      OptionalLong after = VocabularyTensors.rows(tuned);
      boolean same = before.isEmpty() || after.isEmpty() || before.equals(after);
      if (same || !ModelVocabularies.hasOwn(base) || !ModelVocabularies.hasOwn(tuned)) {
        return Optional.empty();
      }
      ModelVocabularies vocabularies = new ModelVocabularies(base);
      return Optional.of(
          new EditVocabulary(
              new ModelTokens(vocabularies.of(base), before.getAsLong()),
              new ModelTokens(vocabularies.of(tuned), after.getAsLong())));
    } catch (InputException e) {
      return Optional.empty(); // then the tensors are refused, with a hint
    }
  }

  /// The base's tensor with a row for each of the tuned model's, if both have one for each token.
  public Optional<Source> matched(Source before, Source after) {
    List<Long> old = before.info().shape().dims();
    List<Long> now = after.info().shape().dims();
    boolean fits =
        VocabularyTensors.isNamed(after.name())
            && before.dtype().isFloating()
            && after.dtype().isFloating()
            && rows(before) == base.rows()
            && rows(after) == tuned.rows()
            && old.subList(1, old.size()).equals(now.subList(1, now.size()));
    return fits
        ? Optional.of(VocabularyTensors.mapped(before, own, donors, List.of(before, after)))
        : Optional.empty();
  }

  private static long rows(Source source) {
    Shape shape = source.info().shape();
    return VocabularyTensors.first(shape);
  }

  /// What a user should know where rows are matched.
  public String notice() {
    return "the vocabulary is the tuned model's: %d of its %d embeddings are scaled, as the base has a row for them (of %d); the others stay the tuned model's"
        .formatted(common, own.length, base.rows());
  }

  /// A line for an error message, if a tensor that does not fit has a row for each token, or one
  /// for each class.
  public static String hint(List<Source> before, List<Source> after) {
    for (int i = 0; i < before.size(); i++) {
      boolean ofTokens =
          VocabularyTensors.hasRowForEachToken(before.get(i))
              && VocabularyTensors.hasRowForEachToken(after.get(i));
      if (ofTokens && rows(before.get(i)) != rows(after.get(i))) {
        return "\n  Their vocabularies differ in size: where both folders hold a tokenizer.json,"
            + " rows of the same token are paired and scaled, and new tokens keep their"
            + " rows; save each model's tokenizer beside its weights.";
      }
    }
    return IntStream.range(0, before.size())
        .mapToObj(
            i ->
                ClassRows.hint(
                    List.of(before.get(i), after.get(i)), List.of("the base", "the tuned model")))
        .flatMap(Optional::stream)
        .findFirst()
        .orElse("");
  }

  /// In words, whether the models number tokens otherwise where rows are paired by their numbers.
  public static List<String> numberedOtherwise(Checkpoint base, Checkpoint tuned)
      throws IOException {
    return ModelVocabularies.unasked(List.of(base, tuned), "scaled", REMEDY);
  }

  /// In words, that the output will have no tokenizer, though one of the models has one.
  ///
  /// @param folder whose files go along
  public static Optional<String> lackingTokenizer(Companions folder, Map<String, Checkpoint> models)
      throws IOException {
    return ModelVocabularies.lacking(folder, models);
  }
}
