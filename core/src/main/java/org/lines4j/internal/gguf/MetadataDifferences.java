package org.lines4j.internal.gguf;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.lines4j.error.Counted;
import org.lines4j.error.Shown;
import org.lines4j.format.Checkpoint;
import org.lines4j.internal.gguf.StoredMetadata.Value;

/// What GGUF models say otherwise than the one whose metadata count: weights that come of models
/// which differ in it were trained for different computations, and rows of embeddings that are
/// paired by their numbers belong to different tokens.
public final class MetadataDifferences {
  /// So many differences are told of a model.
  private static final int SHOWN = 8;

  private MetadataDifferences() {}

  /// In words, which settings of other models are not those of `described`.
  ///
  /// @param described whose metadata count
  public static List<String> settings(Checkpoint described, Collection<Checkpoint> models)
      throws IOException {
    List<String> notices = new ArrayList<>();
    List<Checkpoint> others = others(described, models);
    Map<String, Value> own = others.isEmpty() ? Map.of() : StoredMetadata.of(described).settings();
    for (Checkpoint model : others) {
      Map<String, Value> other = StoredMetadata.of(model).settings();
      List<String> differences = differences(own, other);
      if (!differences.isEmpty()) {
        int more = differences.size() - SHOWN;
        notices.add(
            "%s: trained with other settings than %s, whose metadata count: %s"
                .formatted(
                    model.location(),
                    described.location(),
                    String.join(", ", differences.stream().limit(SHOWN).toList())
                        + (more > 0 ? ", and " + more + " more" : "")));
      }
    }
    return notices;
  }

  /// In words, which models number tokens otherwise than `described`.
  ///
  /// @param done what is done with embeddings, in a word
  public static List<String> tokens(
      Checkpoint described, Collection<Checkpoint> models, String done) throws IOException {
    List<String> notices = new ArrayList<>();
    List<Checkpoint> others = others(described, models);
    List<String> own = others.isEmpty() ? List.of() : StoredMetadata.of(described).tokens();
    for (Checkpoint model : others) {
      List<String> other = StoredMetadata.of(model).tokens();
      int differing = 0;
      String example = "";
      for (int i = 0; i < Math.min(own.size(), other.size()); i++) {
        if (!own.get(i).equals(other.get(i)) && differing++ == 0) {
          example =
              "token %d is '%s' there and '%s' here"
                  .formatted(i, Shown.of(other.get(i)), Shown.of(own.get(i)));
        }
      }
      if (differing > 0) {
        notices.add(
            "%s: embeddings are %s row by row, though %s of other tokens than in %s: %s"
                .formatted(
                    model.location(),
                    done,
                    Counted.are(differing, "row"),
                    described.location(),
                    example));
      }
    }
    return notices;
  }

  private static List<Checkpoint> others(Checkpoint described, Collection<Checkpoint> models) {
    return models.stream()
        .filter(model -> StoredMetadata.isIn(described) && StoredMetadata.isIn(model))
        .filter(model -> !model.location().equals(described.location()))
        .distinct()
        .toList();
  }

  private static List<String> differences(Map<String, Value> own, Map<String, Value> other) {
    Set<String> names = new TreeSet<>(own.keySet());
    names.addAll(other.keySet());
    List<String> differences = new ArrayList<>();
    for (String name : names) {
      Optional<Value> here = StoredMetadata.setting(own, name);
      Optional<Value> there = StoredMetadata.setting(other, name);
      if (here.isPresent()
          && there.isPresent()
          && !here.get().exact().equals(there.get().exact())) {
        differences.add(
            here.get().words().equals(there.get().words())
                ? "%s is %s, but another".formatted(name, here.get().words())
                : "%s is %s there and %s here"
                    .formatted(name, there.get().words(), here.get().words()));
      }
    }
    return differences;
  }
}
