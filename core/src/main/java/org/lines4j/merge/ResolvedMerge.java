package org.lines4j.merge;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lines4j.format.Checkpoint;
import org.lines4j.method.MethodType;

/// A recipe with all of its models opened and looked at: [org.lines4j.RecipeResolver] makes it,
/// [org.lines4j.Merge] plans it. Models must stay open until the plan has run.
public interface ResolvedMerge {
  /// The recipe's name, such as its file: what messages start with.
  String name();

  /// How the models are merged.
  MethodType method();

  /// N, how many models are merged: without the base, unless the recipe lists it and the method
  /// merges it, too.
  int modelCount();

  /// Depth scaling of the merged task vector, if wanted.
  Optional<Lines> lines();

  /// Every model by the name that the recipe gives it, the base first.
  Map<String, Checkpoint> inputs();

  /// The recipe, as the model card tells it.
  Map<String, String> settings();

  /// What a user should know before it runs.
  List<String> notices();

  /// This merge with another depth scaling. Models are not looked at again.
  ResolvedMerge withLines(Lines scaling);
}
