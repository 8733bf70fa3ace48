package org.lines4j.internal.vocabulary;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.lines4j.internal.local.OwnFiles;
import org.lines4j.merge.ModelSet;
import org.lines4j.merge.Recipe;
import org.lines4j.plan.SidecarChanges.FileChange;

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
      Recipe recipe, ModelSet models, Optional<VocabularyMerge> vocabulary, Path folder)
      throws IOException {
    Map<String, FileChange> files = new LinkedHashMap<>();
    if (vocabulary.isPresent()) {
      Path from = vocabulary.get().folder();
      if (!Files.isSameFile(from, folder)) {
        replace(from, folder, files);
      }
      if (vocabulary.get().output().isExtended()) {
        ModelVocabularies.OTHER_FORMS.forEach(name -> leaveBehind(folder, name, files));
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
  private static void replace(Path from, Path folder, Map<String, FileChange> files)
      throws IOException {
    List<String> names =
        Stream.of(
                Stream.of(ModelVocabularies.FILE),
                ModelVocabularies.OTHER_FORMS.stream(),
                SETTINGS.stream())
            .flatMap(s -> s)
            .toList();
    for (String name : names) {
      Optional<Path> file = OwnFiles.find(from, name);
      if (file.isEmpty()) {
        leaveBehind(folder, name, files);
      } else if (!OwnFiles.holds(folder, folder.resolve(name))
          || Files.mismatch(file.get(), folder.resolve(name)) >= 0) {
        files.put(name, new FileChange.CopyOf(file.get()));
      }
    }
  }

  private static void leaveBehind(Path folder, String name, Map<String, FileChange> files) {
    if (Files.exists(folder.resolve(name))) {
      files.put(name, new FileChange.Gone());
    } else {
      files.remove(name);
    }
  }
}
