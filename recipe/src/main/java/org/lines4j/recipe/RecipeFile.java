package org.lines4j.recipe;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.lines4j.error.RequestException;
import org.lines4j.merge.Recipe;

/// A recipe file: mergekit's YAML as it stands, with two additions.
///
/// ```yaml
/// lines:                # depth scaling of the merged task vector
///   alpha: auto         # or a number
///   beta: 0.3
///   outside: alpha      # or depth
///   profile: lines      # or uniform (α alone), reverse, quadratic, sqrt, step
/// path:                 # one output for each value
///   w: [0, 0.1 … 1]
/// ```
///
/// Wherever a number may stand, `w` and `1 - w` then stand for the path's value; a list's `a … b`
/// (or `a ... b`) goes on in the steps of the two numbers before the dots.
///
/// @param file that was read
/// @param text of it, for keeping beside the result
/// @param variants one, or one for each value of `path`
public record RecipeFile(Path file, String text, List<Variant> variants) {
  private static final long MOST_BYTES = 1 << 20;

  /// Copies the list.
  public RecipeFile {
    variants = List.copyOf(variants);
  }

  /// A recipe with the path's value put in.
  ///
  /// @param label `w=0.1`; empty where there is no path
  public record Variant(String label, Recipe recipe) {}

  /// Reads a recipe. Methods' and parameters' names are not checked here: see
  /// `org.lines4j.RecipeResolver`.
  ///
  /// @throws RequestException if it is missing, too long, no YAML, or has a key that is unknown, a
  ///   value of the wrong kind, or none where there must be one; the message names file and line
  public static RecipeFile read(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new RequestException(
          file, Files.exists(file) ? "not a recipe file" : "there is no such recipe");
    }
    if (Files.size(file) > MOST_BYTES) {
      throw new RequestException(file, "longer than " + MOST_BYTES + " bytes, so no recipe");
    }
    return parse(file, decoded(file));
  }

  /// Reads a recipe from its text.
  ///
  /// @param file what messages call it
  public static RecipeFile parse(Path file, String text) {
    Entry root = YamlDocument.read(file, text);
    PathVariable path = PathVariable.of(root);
    List<Variant> variants =
        path.bindings().stream()
            .map(
                binding ->
                    new Variant(
                        binding.label(), new RecipeReader(file, binding).read(root.again())))
            .toList();
    path.checkUsed(file, variants);
    return new RecipeFile(file, text, variants);
  }

  /// The folder that the recipe's models are relative to.
  public Path folder() {
    return file.toAbsolutePath().normalize().resolveSibling("");
  }

  private static String decoded(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new RequestException(file, "not UTF-8 text");
    }
  }
}
