package org.lines4j.internal.vocabulary;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.lines4j.error.Counted;
import org.lines4j.error.InputException;
import org.lines4j.error.Shown;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.Companion;
import org.lines4j.internal.gguf.StoredMetadata;

/// Which tokens a GGUF file numbers otherwise than the `tokenizer.json` of a model of transformers:
/// rows of embeddings that are paired by their numbers belong to different tokens.
public final class GgufTokens {
  /// Kinds of tokenizers whose tokens llama.cpp's converter keeps as they are.
  private static final Set<String> KEPT = Set.of("gpt2", "llama");

  /// What it calls numbers that no token has.
  private static final String NONE = "[PAD";

  private GgufTokens() {}

  /// In words, which models number tokens otherwise than `described`, of which one is GGUF and the
  /// other is not.
  ///
  /// @param done what is done with embeddings, in a word
  public static List<String> otherwise(
      Checkpoint described, Collection<Checkpoint> models, String done) throws IOException {
    List<String> notices = new ArrayList<>();
    for (Checkpoint model : new LinkedHashSet<>(models)) {
      if (StoredMetadata.isIn(model) != StoredMetadata.isIn(described)) {
        difference(described, model)
            .ifPresent(
                what ->
                    notices.add(
                        "%s: embeddings are %s row by row, though %s"
                            .formatted(model.location(), done, what)));
      }
    }
    return notices;
  }

  private static Optional<String> difference(Checkpoint described, Checkpoint model)
      throws IOException {
    boolean isGguf = StoredMetadata.isIn(model);
    StoredMetadata metadata = StoredMetadata.of(isGguf ? model : described);
    Checkpoint folder = isGguf ? described : model;
    Optional<Companion> file = folder.companions().own("tokenizer.json");
    StoredMetadata.Value kind = metadata.settings().get("tokenizer.ggml.model");
    if (file.isEmpty() || kind == null || !KEPT.contains(kind.words())) {
      return Optional.empty();
    }
    List<String> stored = metadata.tokens();
    int differing = 0;
    String example = "";
    for (Map.Entry<Integer, String> token : ordinary(file.get()).entrySet()) {
      int number = token.getKey();
      String inFolder = token.getValue();
      String inFile = number < stored.size() ? stored.get(number) : inFolder;
      if (!inFile.startsWith(NONE) && !inFile.equals(inFolder) && differing++ == 0) {
        example =
            "token %d is '%s' there and '%s' here"
                .formatted(
                    number,
                    Shown.of(isGguf ? inFile : inFolder),
                    Shown.of(isGguf ? inFolder : inFile));
      }
    }
    return differing == 0
        ? Optional.empty()
        : Optional.of(
            "%s of other tokens than in %s: %s"
                .formatted(Counted.are(differing, "row"), described.location(), example));
  }

  /// Tokens that text is cut into: how the converter writes the others depends on more.
  private static Map<Integer, String> ordinary(Companion file) throws IOException {
    Map<Integer, String> tokens = new TreeMap<>();
    try {
      Vocabulary vocabulary = Vocabulary.read(file);
      vocabulary
          .ordinary()
          .forEach(
              (text, number) -> {
                if (!vocabulary.added().containsKey(text)) {
                  tokens.put(number, text);
                }
              });
    } catch (InputException e) {
      return Map.of(); // whoever copies the file will say so
    }
    return tokens;
  }
}
