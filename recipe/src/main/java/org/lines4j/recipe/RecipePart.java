package org.lines4j.recipe;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.lines4j.layers.DepthProfile;
import org.lines4j.method.Calibration;

/// The mappings of a recipe, each with the keys that it may have: what is read, and what the site's
/// reference says.
public enum RecipePart {
  /// The whole recipe.
  RECIPE(
      "A recipe",
      key("merge_method", "the method, as lines methods lists it; must be there"),
      key("models", "the models that are merged whole: a list"),
      key("slices", "instead of models: a list of the output's layers, from first to last"),
      key("modules", "one module, with models or slices in it, as mergekit writes it"),
      key("base_model", "what updates start from"),
      key("parameters", "the method's, for the whole merge"),
      key("lines", "how the merged update is scaled by depth"),
      key(Calibration.PARAMETER, "how what was merged is calibrated: svc"),
      key("path", "one variable and its values, such as w: [0, 0.1 … 1]; an output for each"),
      key("name", "what later stages of the file call the result"),
      key("dtype", "the type that is computed with and written"),
      key("out_dtype", "the type that is written, where it is another"),
      key("tokenizer_source", "whose vocabulary the output has: base, union, or a model"),
      key("tokenizer", "the same, with rules for single tokens"),
      key("chat_template", "auto, chatml, or a template of Jinja"),
      key("random_seed", "mergekit's once; changes nothing: the seed is an option of the merge")),
  /// An item of `models`.
  MODEL(
      "An item of models",
      key("model", "its name: a folder, a file, or one of the Hub, +ADAPTER behind it"),
      key("parameters", "the method's, for this model")),
  /// A key of `modules`.
  MODULE("The module in modules", key("models", "as in a recipe"), key("slices", "as in a recipe")),
  /// An item of `slices`.
  SLICE(
      "An item of slices",
      key("sources", "the layers that are merged: a list; must be there"),
      key("base_model", "what updates start from, in this slice"),
      key("parameters", "the method's, in this slice")),
  /// An item of `sources`.
  SOURCE(
      "An item of sources",
      key("model", "its name"),
      key("layer_range", "the first layer and one past the last, from 0; must be there"),
      key("parameters", "the method's, for this model in this slice")),
  /// A parameter's value where it depends on the tensor.
  CASE(
      "A parameter by tensor: an item of its list",
      key("filter", "what a tensor's name must contain; none, or \"*\", for all that are left"),
      key("value", "a number, a word, or a list of numbers over depth; must be there")),
  /// `lines`.
  LINES(
      "lines",
      key("alpha", "the scale of the first layer: a number, or auto; must be there"),
      key("beta", "how much more the last layer has; must be there, but for profile: uniform"),
      key("outside", "the scale of what is outside the layers: alpha (the default), or depth"),
      key(
          "profile",
          Arrays.stream(DepthProfile.values())
              .map(DepthProfile::title)
              .collect(Collectors.joining(", ")))),
  /// `tokenizer`.
  TOKENIZER(
      "tokenizer",
      key("source", "base, union (the default), or a model"),
      key("tokens", "a mapping from tokens to their rules"),
      key("pad_to_multiple_of", "rows are added to embeddings until their number is one")),
  /// A value in `tokens`.
  TOKEN(
      "A rule in tokens",
      key("source", "where the token's row is from: a model, or a mapping"),
      key("force", "whether models that have the token get that row, too: true or false")),
  /// A `source` in a token's rule.
  TOKEN_SOURCE(
      "source of a rule",
      key("kind", "zero, or model_token; must be there"),
      key("model", "with model_token: whose token"),
      key("token", "with model_token: which one, by its text"),
      key("token_id", "with model_token: which one, by its number"));

  private final String title;

  @SuppressWarnings("ImmutableEnumChecker") // nobody changes it
  private final List<Key> keys;

  RecipePart(String title, Key... keys) {
    this.title = title;
    this.keys = List.of(keys);
  }

  private static Key key(String name, String description) {
    return new Key(name, description);
  }

  /// What it is called in a recipe, in words.
  public String title() {
    return title;
  }

  /// The keys that it may have; any other is an error.
  public List<Key> keys() {
    return keys;
  }

  Set<String> names() {
    return keys.stream().map(Key::name).collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /// A key.
  ///
  /// @param description one line of plain text
  public record Key(String name, String description) {}
}
