package org.lines4j.internal.renamed;

import java.util.Collection;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// What predicts tokens further ahead (multi-token prediction): published models hold it, and
/// transformers neither loads nor saves it, so models that were tuned with it have none.
public final class Predictors {
  private static final Pattern MODULE = Pattern.compile("(^|\\.)mtp(_\\w+)?\\.");

  /// DeepSeek's and GLM's are numbered as one more layer, which has this.
  private static final Pattern PROJECTION =
      Pattern.compile("^((?:.*\\.)?\\d+\\.)(?:nextn\\.)?eh_proj\\.weight$");

  private final Set<String> layers;

  private Predictors(Set<String> layers) {
    this.layers = layers;
  }

  /// Those of models.
  ///
  /// @param names their tensors'
  public static Predictors among(Collection<String> names) {
    return new Predictors(
        names.stream()
            .map(PROJECTION::matcher)
            .filter(Matcher::matches)
            .map(projection -> projection.group(1))
            .collect(Collectors.toSet()));
  }

  /// Whether a tensor is of one.
  public boolean hold(String name) {
    return MODULE.matcher(name).find() || layers.stream().anyMatch(name::startsWith);
  }
}
