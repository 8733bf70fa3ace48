package org.lines4j.merge;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lines4j.InputException;
import org.lines4j.RequestException;
import org.lines4j.format.Checkpoint;
import org.lines4j.merge.Recipe.Tokenizer;
import org.lines4j.merge.Recipe.TokenizerSource;

/// Which tokenizer and chat template an output has.
///
/// Embeddings are merged row by row, so all models must number the same tokens alike; models
/// without a `tokenizer.json`, such as single files, are taken to have the base's, as in mergekit.
final class TokenizerFiles {
  private static final String BINARY = "tokenizer.model";
  private static final List<String> TEXTS =
      List.of(
          "tokenizer.json",
          "tokenizer_config.json",
          "special_tokens_map.json",
          "added_tokens.json",
          "vocab.json",
          "vocab.txt",
          "merges.txt",
          ChatTemplates.FILE);

  private final Recipe recipe;
  private final ModelSet models;

  TokenizerFiles(Recipe recipe, ModelSet models) {
    this.recipe = recipe;
    this.models = models;
  }

  /// The files that must differ from those in `folder`, by name.
  ///
  /// @throws RequestException if the models' vocabularies differ, or the recipe changes them
  Map<String, String> changes(Path folder) throws IOException {
    Map<String, String> files = new LinkedHashMap<>();
    if (recipe.tokenizer().isPresent()) {
      Tokenizer tokenizer = recipe.tokenizer().get();
      Checkpoint source = source(tokenizer.source());
      check(tokenizer, source);
      if (!source.path().equals(folder)) {
        copy(source.path(), folder, files);
      }
    }
    if (recipe.chatTemplate().isPresent()) {
      ChatTemplates.chosen(recipe, models)
          .ifPresent(template -> files.put(ChatTemplates.FILE, template));
    }
    return files;
  }

  private Checkpoint source(TokenizerSource source) {
    return switch (source) {
      case TokenizerSource.Base _ -> first();
      case TokenizerSource.Union _ -> first();
      case TokenizerSource.OfModel(String model) -> models.get(model);
    };
  }

  /// The base model, or the first where there is none.
  private Checkpoint first() {
    return models.distinct().values().iterator().next();
  }

  private void check(Tokenizer tokenizer, Checkpoint source) throws IOException {
    if (!tokenizer.tokens().isEmpty() || tokenizer.padToMultipleOf().isPresent()) {
      throw new RequestException(
          recipe.name()
              + ": tokenizer: tokens and pad_to_multiple_of would change the vocabulary, which is"
              + " not done here yet: merge with tokenizer_source, then change it");
    }
    Vocabulary wanted =
        Vocabulary.of(source.path())
            .orElseThrow(
                () -> new InputException(source.path(), "there is no tokenizer.json to take"));
    for (Map.Entry<String, Checkpoint> model : models.distinct().entrySet()) {
      Optional<Vocabulary> own = Vocabulary.of(model.getValue().path());
      Optional<String> difference = own.flatMap(wanted::difference);
      if (difference.isPresent()) {
        throw new RequestException(
            "%s: the vocabulary of %s is not the one that tokenizer_source asks for: %s. Embeddings are"
                    .formatted(recipe.name(), model.getKey(), difference.get())
                + " merged row by row; giving them other rows is not done here yet");
      }
    }
  }

  private static void copy(Path from, Path to, Map<String, String> files) throws IOException {
    for (String name : TEXTS) {
      Path file = from.resolve(name);
      if (Files.isRegularFile(file) && !sameBytes(file, to.resolve(name))) {
        files.put(name, new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
      }
    }
    Path binary = from.resolve(BINARY);
    if (Files.isRegularFile(binary) && !sameBytes(binary, to.resolve(BINARY))) {
      throw new RequestException(
          "%s differs from %s, which goes along with the output: name its model as tokenizer_source"
              .formatted(binary, to.resolve(BINARY)));
    }
  }

  private static boolean sameBytes(Path a, Path b) throws IOException {
    return Files.isRegularFile(b) && Arrays.equals(Files.readAllBytes(a), Files.readAllBytes(b));
  }
}
