/// Reads recipe files: see [org.lines4j.recipe.RecipeFile].
@org.jspecify.annotations.NullMarked
module org.lines4j.recipe {
  requires static org.jspecify;
  requires transitive org.lines4j.core;
  requires org.snakeyaml.engine;

  exports org.lines4j.recipe;
}
