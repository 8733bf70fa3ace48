package org.lines4j.internal.vocabulary;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.lines4j.error.Counted;
import org.lines4j.error.InputException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.Companions;
import org.lines4j.internal.pairing.SliceTensor;
import org.lines4j.internal.vocabulary.OutputVocabulary.ModelTokens;
import org.lines4j.internal.work.SidecarChanges;
import org.lines4j.internal.work.SidecarChanges.TokenNumbers;
import org.lines4j.internal.work.SidecarChanges.VocabularySize;
import org.lines4j.internal.work.Source;
import org.lines4j.merge.ModelSet;
import org.lines4j.merge.Recipe;
import org.lines4j.merge.Recipe.TokenRule;
import org.lines4j.merge.Recipe.Tokenizer;
import org.lines4j.merge.Recipe.TokenizerSource;

/// `tokenizer` and `tokenizer_source` of a recipe: which vocabulary the output has, and which rows
/// of each model's embeddings its tokens have.
public final class VocabularyMerge {
  private final Recipe recipe;
  private final Tokenizer asked;
  private final ModelSet models;
  private final ModelVocabularies vocabularies;
  private final Map<Checkpoint, ModelTokens> tokens = new HashMap<>();
  private final OutputVocabulary output;
  private final OptionalInt size;
  private final Companions folder;
  private final List<String> notices = new ArrayList<>();
  private final Map<Merged, TokenRows.Rows> rows = new HashMap<>();

  /// The models that are merged into a tensor, and which of them is the base.
  private record Merged(List<Checkpoint> models, OptionalInt base) {}

  /// @param participants the models that are merged, the base first
  public VocabularyMerge(
      Recipe recipe, Tokenizer asked, ModelSet models, Collection<String> participants)
      throws IOException {
    this.recipe = recipe;
    this.asked = asked;
    this.models = models;
    Set<Checkpoint> merged = new LinkedHashSet<>();
    participants.forEach(name -> merged.add(models.get(name)));
    this.vocabularies = new ModelVocabularies(merged.iterator().next());
    for (Checkpoint model : merged) {
      long count = VocabularyTensors.rows(model).orElse(Long.MAX_VALUE);
      tokens.put(model, new ModelTokens(vocabularies.of(model), count));
    }
    Checkpoint source =
        asked.source() instanceof TokenizerSource.OfModel(String model)
            ? models.get(model)
            : merged.iterator().next();
    Vocabulary vocabulary = vocabularies.of(source);
    this.folder = vocabularies.folderOf(source);
    this.output =
        asked.source() instanceof TokenizerSource.Union
            ? OutputVocabulary.union(
                vocabulary, merged.stream().map(this::tokens).toList(), asked.tokens().keySet())
            : OutputVocabulary.of(vocabulary, asked.tokens().keySet());
    this.size = size();
    if (!output.decidedOtherwise().isEmpty()) {
      notices.add(
          "%s: set up differently by different models; as the first that has it"
              .formatted(String.join(", ", output.decidedOtherwise())));
    }
  }

  private ModelTokens tokens(Checkpoint model) {
    ModelTokens found = tokens.get(model);
    if (found == null) {
      throw new IllegalArgumentException("not merged: " + model.location());
    }
    return found;
  }

  /// The output's vocabulary.
  OutputVocabulary output() {
    return output;
  }

  /// What a user should know.
  public List<String> notices() {
    return notices;
  }

  /// How many embeddings the output has; empty where they stay as they are, because all models
  /// number the same tokens alike: then rows behind the vocabulary stay, too.
  private OptionalInt size() {
    boolean forced = asked.tokens().values().stream().anyMatch(TokenRule::force);
    boolean same =
        !output.isExtended()
            && !forced
            && asked.padToMultipleOf().isEmpty()
            && tokens.values().stream().mapToLong(ModelTokens::rows).distinct().count() == 1
            && tokens.values().stream().allMatch(own -> own.rows() >= output.size())
            && tokens.values().stream()
                .map(ModelTokens::vocabulary)
                .distinct()
                .allMatch(own -> output.source().difference(own).isEmpty());
    if (same) {
      return OptionalInt.empty();
    }
    int multiple = asked.padToMultipleOf().orElse(1);
    return OptionalInt.of(Math.multiplyExact(Math.ceilDiv(output.size(), multiple), multiple));
  }

  /// The tensors, those with a row for each token by the numbers of the output's vocabulary.
  ///
  /// @throws InputException if a tensor may have such rows and is not known to
  public List<SliceTensor> apply(List<SliceTensor> tensors) {
    if (size.isEmpty()) {
      return tensors;
    }
    tokens.forEach(VocabularyMerge::checkKnown);
    List<SliceTensor> mapped = new ArrayList<>();
    for (SliceTensor tensor : tensors) {
      mapped.add(hasTokenRows(tensor) ? mapped(tensor) : tensor);
    }
    int added = output.size() - output.source().size();
    notices.add(
        "the vocabulary is that of %s, %s; there are %d embeddings"
            .formatted(
                folder.location().name(),
                added == 0 ? "as it is" : "with %s more".formatted(Counted.of(added, "token")),
                size.getAsInt()));
    Set<String> orphans = new LinkedHashSet<>();
    rows.values().forEach(found -> orphans.addAll(found.orphans()));
    if (!orphans.isEmpty()) {
      notices.add(
          "no model has an embedding for %s of the vocabulary, such as '%s': zeros"
              .formatted(Counted.of(orphans.size(), "token"), orphans.iterator().next()));
    }
    return mapped;
  }

  private static void checkKnown(Checkpoint model, ModelTokens tokens) {
    if (tokens.rows() == Long.MAX_VALUE) {
      throw new InputException(
              model.location(),
              "no tensor is called like embeddings (such as embed_tokens.weight), so tokenizer"
                  + " cannot give each token its row")
          .withRemedy("leave it out to merge row by row");
    }
  }

  private boolean hasTokenRows(SliceTensor tensor) {
    List<Source> inputs = tensor.inputs().stream().flatMap(Optional::stream).toList();
    List<Long> counts = inputs.stream().map(input -> tokens(input.checkpoint()).rows()).toList();
    List<Long> rows =
        inputs.stream().map(input -> VocabularyTensors.first(input.info().shape())).toList();
    if (VocabularyTensors.isNamed(tensor) && rows.equals(counts)) {
      return true;
    }
    if (VocabularyTensors.isDoubtful(tensor, inputs, counts)) {
      throw new InputException(
          inputs.getFirst().checkpoint().location(),
          "tensor %s has shape %s, and the vocabulary has %d tokens, but it is not called like a tensor"
                  .formatted(tensor.name(), inputs.getFirst().info().shape(), counts.getFirst())
              + " with a row for each: it cannot be told whether its rows must move with them");
    }
    return false;
  }

  private SliceTensor mapped(SliceTensor tensor) {
    if (!tensor.isComplete()) {
      return tensor; // which is a misfit by itself
    }
    List<Source> stored = tensor.inputs().stream().map(Optional::orElseThrow).toList();
    List<Checkpoint> checkpoints = stored.stream().map(Source::checkpoint).toList();
    Optional<String> base = tensor.slice().baseModel().or(recipe::baseModel);
    int index = base.map(name -> checkpoints.indexOf(models.get(name))).orElse(-1);
    Merged merged =
        new Merged(checkpoints, index < 0 ? OptionalInt.empty() : OptionalInt.of(index));
    TokenRows.Rows found = rows.computeIfAbsent(merged, this::find);
    List<Optional<Source>> inputs = new ArrayList<>();
    for (int i = 0; i < stored.size(); i++) {
      inputs.add(Optional.of(mapped(stored.get(i), found, i, stored)));
    }
    return tensor.with(inputs);
  }

  private TokenRows.Rows find(Merged merged) {
    List<ModelTokens> own = merged.models().stream().map(this::tokens).toList();
    return TokenRows.of(
        recipe, output, models, merged.models(), own, merged.base(), size.orElseThrow());
  }

  private static Source mapped(Source source, TokenRows.Rows rows, int model, List<Source> stored) {
    int[] own = rows.own().get(model);
    boolean moved = own.length != VocabularyTensors.first(source.info().shape());
    for (int i = 0; i < own.length && !moved; i++) {
      moved = own[i] != i;
    }
    if (!moved) {
      return source;
    }
    return VocabularyTensors.mapped(source, own, rows.donors(), stored);
  }

  /// `changes` with those that the vocabulary makes in the configuration.
  ///
  /// @param described the model whose files go along
  public SidecarChanges applyTo(SidecarChanges changes, Checkpoint described) throws IOException {
    OptionalLong before = VocabularyTensors.rows(described);
    if (size.isEmpty() || before.isEmpty()) {
      return changes;
    }
    Optional<VocabularySize> resized =
        Optional.of(new VocabularySize(before.getAsLong(), size.getAsInt()))
            .filter(change -> change.before() != change.after());
    return changes.withVocabulary(resized).withTokenNumbers(numbers(vocabularies.of(described)));
  }

  /// Empty where tokens keep their numbers.
  private Optional<TokenNumbers> numbers(Vocabulary before) {
    int[] numbers = new int[before.size()];
    java.util.Arrays.fill(numbers, -1);
    boolean moved = false;
    for (Vocabulary.Token token : before.byNumber()) {
      int number = output.number(token.text()).orElse(-1);
      numbers[token.number()] = number;
      moved |= number != token.number();
    }
    return moved ? Optional.of(new TokenNumbers(numbers)) : Optional.empty();
  }

  /// What messages call a model's token: its text, or its number where it has none.
  public String token(Checkpoint model, int number) {
    return tokens(model).vocabulary().byNumber().stream()
        .filter(token -> token.number() == number)
        .findFirst()
        .map(token -> "'%s'".formatted(token.text()))
        .orElse(String.valueOf(number));
  }

  /// The files that the output's tokenizer comes from.
  public Companions folder() {
    return folder;
  }
}
