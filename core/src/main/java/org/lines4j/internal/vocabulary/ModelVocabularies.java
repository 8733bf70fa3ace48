package org.lines4j.internal.vocabulary;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.lines4j.error.InputException;
import org.lines4j.error.Shown;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.Companion;
import org.lines4j.format.Companions;
import org.lines4j.storage.Location;

/// The vocabularies of a recipe's models, each read once, and once for all models that have the
/// same file.
///
/// Models without any tokenizer, such as single files, are taken to have the first's, as in
/// mergekit.
public final class ModelVocabularies {
  static final String FILE = "tokenizer.json";

  /// What tokenizers are made from that are not of the tokenizers library.
  static final List<String> OTHER_FORMS =
      List.of(
          "tokenizer.model",
          "spiece.model",
          "sentencepiece.bpe.model",
          "vocab.json",
          "vocab.txt",
          "merges.txt",
          "added_tokens.json");

  private final Checkpoint first;
  private final Map<Companion, Vocabulary> read = new LinkedHashMap<>();

  /// @param first the model whose vocabulary is used for models that have none
  ModelVocabularies(Checkpoint first) {
    this.first = first;
  }

  /// A model's vocabulary.
  ///
  /// @throws InputException if neither it nor the first model has one, or it cannot be read
  Vocabulary of(Checkpoint model) throws IOException {
    Optional<Vocabulary> own = own(model);
    if (own.isPresent()) {
      return own.get();
    }
    return own(first)
        .orElseThrow(
            () ->
                new InputException(first.location(), "there is no tokenizer.json to take")
                    .withRemedy(
                        "save the model's tokenizer there, or leave tokenizer and tokenizer_source"
                            + " out of the recipe"));
  }

  /// In words, which models number tokens otherwise than the first, where nobody asked for it:
  /// their embeddings are then merged row by row all the same.
  ///
  /// @param done what is done with embeddings, in a word
  /// @param remedy what to do instead
  public static List<String> unasked(Collection<Checkpoint> models, String done, String remedy)
      throws IOException {
    List<String> notices = new ArrayList<>();
    List<Checkpoint> known = new ArrayList<>();
    for (Checkpoint model : models) {
      if (hasOwn(model)) {
        known.add(model);
      }
    }
    notices.addAll(ofOtherForms(models, known, done));
    if (known.isEmpty()) {
      return notices;
    }
    ModelVocabularies vocabularies = new ModelVocabularies(known.getFirst());
    try {
      for (Checkpoint model : known) {
        if (!file(known.getFirst()).isSameAs(file(model))) {
          vocabularies
              .of(known.getFirst())
              .difference(vocabularies.of(model))
              .ifPresent(
                  difference ->
                      notices.add(
                          "embeddings are %s row by row, though not all rows are of the same tokens: %s; %s"
                              .formatted(done, difference, remedy)));
        }
      }
    } catch (InputException e) {
      notices.add(
          "whether all rows of embeddings are of the same tokens is not known: " + e.getMessage());
    }
    return notices;
  }

  /// In words, which models' tokenizers make other tokens of a text, though the tokens are the
  /// same.
  ///
  /// @param folder whose tokenizer goes along
  public static List<String> cuttingOtherwise(Companions folder, Collection<Checkpoint> models)
      throws IOException {
    List<String> notices = new ArrayList<>();
    try {
      Optional<Companion> own = folder.find(FILE);
      Optional<TokenizerPipeline> kept = Optional.empty();
      for (Checkpoint model : models) {
        Optional<Companion> other = model.companions().find(FILE);
        if (own.isEmpty() || other.isEmpty() || own.get().isSameAs(other.get())) {
          continue;
        }
        if (kept.isEmpty()) {
          kept = Optional.of(TokenizerPipeline.read(own.get()));
        }
        TokenizerPipeline pipeline = TokenizerPipeline.read(other.get());
        Set<String> parts = kept.get().otherCuts(pipeline);
        if (!parts.isEmpty()) {
          notices.add(
              "%s: its tokenizer.json cuts text otherwise than that of %s, which counts (%s); it was trained with other tokens for the same text"
                  .formatted(model.location(), folder.location(), String.join(", ", parts)));
        }
        around(kept.get(), pipeline)
            .ifPresent(
                texts ->
                    notices.add(
                        "%s: its tokenizer.json makes '%s' of a text, where that of %s, which counts, makes '%s'; it was trained with other tokens around texts"
                            .formatted(
                                model.location(),
                                Shown.of(texts.getFirst()),
                                folder.location(),
                                Shown.of(texts.getLast()))));
      }
    } catch (InputException e) {
      notices.add("whether tokenizers cut text alike is not known: " + e.getMessage());
    }
    return notices;
  }

  /// What another tokenizer puts around texts, and what the one that is kept does, where that is
  /// known and not the same.
  private static Optional<List<String>> around(TokenizerPipeline kept, TokenizerPipeline other) {
    return kept.around().flatMap(own -> other.around().flatMap(theirs -> own.difference(theirs)));
  }

  /// What [#unasked] says, of models without a `tokenizer.json`, as far as other files tell.
  private static List<String> ofOtherForms(
      Collection<Checkpoint> models, List<Checkpoint> known, String done) throws IOException {
    List<String> notices = new ArrayList<>();
    for (String name : OTHER_FORMS) {
      Optional<Companion> first = Optional.empty();
      for (Checkpoint model : models) {
        Optional<Companion> file =
            known.contains(model) ? Optional.empty() : model.companions().own(name);
        if (file.isPresent() && first.isPresent() && !first.get().isSameAs(file.get())) {
          otherwise(first.get(), file.get(), done).ifPresent(notices::add);
        }
        first = first.or(() -> file);
      }
    }
    return notices;
  }

  private static Optional<String> otherwise(Companion one, Companion other, String done)
      throws IOException {
    String name = one.location().name();
    if (name.equals("merges.txt") || name.equals("added_tokens.json")) {
      return Optional.empty(); // they number nothing, or what vocab.json already differs in
    }
    if (name.endsWith(".model")) {
      return Optional.of(
          "embeddings are %s row by row, though it is not known whether all rows are of the same tokens: %s and %s differ; save both models' tokenizers as tokenizer.json, which tells"
              .formatted(done, one.location(), other.location()));
    }
    try {
      return Vocabulary.readBare(one)
          .difference(Vocabulary.readBare(other))
          .map(
              difference ->
                  "embeddings are %s row by row, though not all rows are of the same tokens: %s; save both models' tokenizers as tokenizer.json, by which rows can be matched"
                      .formatted(done, difference));
    } catch (InputException e) {
      return Optional.of(
          "whether all rows of embeddings are of the same tokens is not known: " + e.getMessage());
    }
  }

  /// In words, that the output will have no tokenizer, though one of the models has one.
  ///
  /// @param folder whose files go along
  public static Optional<String> lacking(Companions folder, Map<String, Checkpoint> models)
      throws IOException {
    if (hasAny(folder)) {
      return Optional.empty();
    }
    for (Map.Entry<String, Checkpoint> model : models.entrySet()) {
      if (hasAny(model.getValue().companions())) {
        return Optional.of(
            "%s: has no tokenizer, so the output gets none, though %s has one"
                .formatted(folder.location(), model.getKey()));
      }
    }
    return Optional.empty();
  }

  /// Whether a folder holds a tokenizer of any form.
  private static boolean hasAny(Companions folder) throws IOException {
    for (String name : OTHER_FORMS) {
      if (folder.own(name).isPresent()) {
        return true;
      }
    }
    return folder.own(FILE).isPresent();
  }

  private static Companion file(Checkpoint model) throws IOException {
    return model.companions().find(FILE).orElseThrow();
  }

  /// Whether a model comes with a vocabulary.
  static boolean hasOwn(Checkpoint model) throws IOException {
    return has(model.companions(), FILE);
  }

  /// Whether there is such a file, be it a link that is not followed.
  static boolean has(Companions folder, String name) throws IOException {
    try {
      return folder.find(name).isPresent();
    } catch (InputException e) {
      return true;
    }
  }

  /// The files of the tokenizer that a model has: its own or the first model's.
  Companions folderOf(Checkpoint model) throws IOException {
    return hasOwn(model) ? model.companions() : first.companions();
  }

  /// Empty where a model comes without any tokenizer.
  private Optional<Vocabulary> own(Checkpoint model) throws IOException {
    Companions files = model.companions();
    Location folder = model.location();
    Optional<Companion> file = files.find(FILE);
    if (file.isPresent()) {
      return Optional.of(vocabulary(file.get()));
    }
    for (String name : OTHER_FORMS) {
      if (has(files, name)) {
        throw new InputException(
                folder,
                "has %s, but no tokenizer.json, which tells how it numbers its tokens"
                    .formatted(name))
            .withRemedy(
                "to make one%s: python -c \"import sys; from transformers import AutoTokenizer as T; T.from_pretrained(sys.argv[1]).save_pretrained(sys.argv[1])\" %s"
                    .formatted(
                        folder.isLocal() ? "" : ", download the model, then",
                        folder.isLocal() ? Shown.word(folder.toString()) : "FOLDER"));
      }
    }
    return Optional.empty();
  }

  private Vocabulary vocabulary(Companion file) throws IOException {
    for (Map.Entry<Companion, Vocabulary> other : read.entrySet()) {
      if (other.getKey().isSameAs(file)) {
        return other.getValue();
      }
    }
    Vocabulary vocabulary = Vocabulary.read(file);
    read.put(file, vocabulary);
    return vocabulary;
  }
}
