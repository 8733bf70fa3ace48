package org.lines4j.recipe;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lines4j.merge.Stage;
import org.lines4j.recipe.RecipeFile.Variant;

/// One document of a recipe file.
///
/// @param stage with the first value of its path put in
record Document(Stage stage, PathVariable path, List<Variant> variants) {
  private static final String NAME = "name";

  /// @param isOneOfSeveral whether messages say which document they mean
  static Document read(Path file, Entry root, boolean isOneOfSeveral) {
    String name = name(root.again());
    String called = isOneOfSeveral && !name.isEmpty() ? file + "#" + name : file.toString();
    PathVariable path = PathVariable.of(root);
    List<Variant> variants =
        path.bindings().stream()
            .map(
                binding ->
                    new Variant(
                        binding.label(), new RecipeReader(called, binding).read(root.again())))
            .toList();
    path.checkUsed(file, variants);
    return new Document(new Stage(name, variants.getFirst().recipe(), root.line()), path, variants);
  }

  /// Empty where a document has none.
  private static String name(Entry root) {
    Map<String, Entry> fields = root.fields();
    return Optional.ofNullable(fields.get(NAME)).map(Entry::text).orElse("").strip();
  }

  /// An earlier stage makes one model.
  void refusePath() {
    path.refuse(stage);
  }
}
