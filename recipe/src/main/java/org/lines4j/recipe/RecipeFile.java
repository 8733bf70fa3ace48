package org.lines4j.recipe;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.lines4j.error.RequestException;
import org.lines4j.merge.Recipe;
import org.lines4j.merge.Stage;

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
/// Several YAML documents are stages: each but the last has a `name`, by which others use what it
/// makes as a model. Only the last can have a path.
///
/// @param file that was read
/// @param text of it, for keeping beside the result
/// @param stages in the order in which they can be made, as [Stage#inOrder] has it: the last is the
///   first of `variants`
/// @param variants of the last stage: one, or one for each value of `path`
public record RecipeFile(Path file, String text, List<Stage> stages, List<Variant> variants) {
  private static final long MOST_BYTES = 1 << 20;

  /// Paths write one slash where addresses have two.
  private static final Pattern ADDRESS = Pattern.compile("^(https?|hf|s3|hdfs|viewfs):/");

  /// Before and behind code in Markdown; no YAML begins a line so.
  private static final Pattern FENCE = Pattern.compile("^```", Pattern.MULTILINE);

  private static final String NAME_RECIPE =
      "name the YAML file that says which models to merge, and how";

  /// Copies the lists.
  public RecipeFile {
    stages = List.copyOf(stages);
    variants = List.copyOf(variants);
  }

  /// Whether some recipes make models for others.
  public boolean isStaged() {
    return stages.size() > 1;
  }

  /// A recipe with the path's value put in.
  ///
  /// @param label `w=0.1`; empty where there is no path
  public record Variant(String label, Recipe recipe) {
    /// Of the label alone: recipes are long.
    @Override
    public int hashCode() {
      return label.hashCode();
    }
  }

  /// Reads a recipe. Methods' and parameters' names are not checked here: see
  /// `org.lines4j.RecipeResolver`.
  ///
  /// @throws RequestException if it is missing, too long, no YAML, or has a key that is unknown, a
  ///   value of the wrong kind, or none where there must be one; the message names file and line
  public static RecipeFile read(Path file) throws IOException {
    if (ADDRESS.matcher(file.toString()).find()) {
      throw new RequestException(
              file, "recipes are read from this machine's disks, and this looks like an address")
          .withRemedy("fetch the file first, such as by curl -LO ADDRESS, and name it");
    }
    if (!Files.isRegularFile(file)) {
      throw new RequestException(file, whyNot(file)).withRemedy(NAME_RECIPE);
    }
    if (Files.size(file) > MOST_BYTES) {
      throw new RequestException(file, "longer than " + MOST_BYTES + " bytes, so no recipe");
    }
    String text = decoded(file);
    if (FENCE.matcher(text).find()) {
      throw new RequestException(file, "a text in Markdown, such as a model's card, not a recipe")
          .withRemedy("copy what stands between its lines of ``` to a file, and name that");
    }
    return parse(file, text);
  }

  private static String whyNot(Path file) {
    if (Files.isDirectory(file)) {
      return "is a folder, not a recipe";
    }
    if (Files.exists(file)) {
      return "not a recipe file";
    }
    return Files.isSymbolicLink(file) ? "is a link to nothing" : "there is no such recipe";
  }

  /// Reads a recipe from its text.
  ///
  /// @param file what messages call it
  public static RecipeFile parse(Path file, String text) {
    List<Entry> roots = YamlDocument.read(file, text);
    List<Document> documents =
        roots.stream().map(root -> Document.read(file, root, roots.size() > 1)).toList();
    IdentityHashMap<Stage, Document> byStage = new IdentityHashMap<>();
    documents.forEach(document -> byStage.put(document.stage(), document));
    List<Stage> stages = Stage.inOrder(documents.stream().map(Document::stage).toList());
    List<Document> ordered =
        stages.stream().map(byStage::get).map(Objects::requireNonNull).toList();
    ordered.subList(0, ordered.size() - 1).forEach(Document::refusePath);
    return new RecipeFile(file, text, stages, ordered.getLast().variants());
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
      throw new RequestException(file, "not UTF-8 text, so no recipe").withRemedy(NAME_RECIPE);
    }
  }
}
