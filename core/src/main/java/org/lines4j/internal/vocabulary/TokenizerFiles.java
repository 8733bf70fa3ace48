package org.lines4j.internal.vocabulary;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.lines4j.format.Companion;
import org.lines4j.format.Companions;
import org.lines4j.internal.work.SidecarChanges.FileChange;
import org.lines4j.merge.ModelSet;
import org.lines4j.merge.Recipe;

/// The files of the output's tokenizer and chat template.
public final class TokenizerFiles {
  /// Those that say no more than `tokenizer.json` and how it is used.
  private static final List<String> SETTINGS =
      List.of("tokenizer_config.json", "special_tokens_map.json", ChatTemplates.FILE);

  private TokenizerFiles() {}

  /// The files that must differ from those in `folder`, by name.
  ///
  /// @param vocabulary empty where the tokenizer in `folder` is the output's
  public static Map<String, FileChange> changes(
      Recipe recipe, ModelSet models, Optional<VocabularyMerge> vocabulary, Companions folder)
      throws IOException {
    Map<String, FileChange> files = new LinkedHashMap<>();
    if (vocabulary.isPresent()) {
      Companions from = vocabulary.get().folder();
      if (!from.location().equals(folder.location())) {
        replace(from, folder, files);
      }
      if (vocabulary.get().output().isExtended()) {
        for (String name : ModelVocabularies.OTHER_FORMS) {
          leaveBehind(folder, name, files);
        }
        files.put(
            ModelVocabularies.FILE,
            new FileChange.Content(TokenizerJson.write(vocabulary.get().output())));
      }
    }
    if (recipe.chatTemplate().isPresent()) {
      ChatTemplates.chosen(recipe, models)
          .ifPresent(template -> files.put(ChatTemplates.FILE, new FileChange.Content(template)));
    }
    return files;
  }

  /// Every file of a tokenizer is that in `from`, or none.
  private static void replace(Companions from, Companions folder, Map<String, FileChange> files)
      throws IOException {
    List<String> names =
        Stream.of(
                Stream.of(ModelVocabularies.FILE),
                ModelVocabularies.OTHER_FORMS.stream(),
                SETTINGS.stream())
            .flatMap(s -> s)
            .toList();
    for (String name : names) {
      Optional<Companion> file = from.find(name);
      Optional<Companion> own = folder.own(name);
      if (file.isEmpty()) {
        leaveBehind(folder, name, files);
      } else if (own.isEmpty() || !own.get().isSameAs(file.get())) {
        files.put(name, new FileChange.CopyOf(file.get()));
      }
    }
  }

  private static void leaveBehind(Companions folder, String name, Map<String, FileChange> files)
      throws IOException {
    if (ModelVocabularies.has(folder, name)) {
      files.put(name, new FileChange.Gone());
    } else {
      files.remove(name);
    }
  }
}
