package org.lines4j.internal.lora;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.lines4j.error.InputException;
import org.lines4j.layers.NameSearch;
import org.lines4j.storage.Location;

/// What `adapter_config.json` says that counts for weights.
///
/// @param file where it lies
/// @param rank of modules that no pattern names
/// @param alpha of modules that no pattern names; may be a fraction
/// @param isRankStabilised whether the product is scaled by α/√r, not α/r
/// @param isDora whether each module has a magnitude
/// @param isTransposed whether layers store [in, out]
/// @param hasBias whether lora_B has a bias
/// @param staysTied whether what is one with a module that is replaced stays it
/// @param saved modules of which copies are trained in their place, by the ends of their names
/// @param ranks by module, the first pattern that matches
/// @param alphas by module, the first pattern that matches
/// @param parameters that are changed where a module has several
/// @param tokens whose rows are replaced, by the names of their modules; empty names are those of
///   input embeddings
/// @param task PEFT's name for what the model is for, such as `SEQ_CLS`
/// @param baseClass transformers' class of the model that it was trained on, where no task says
/// @param base that the adapter was trained on, as it was called there
record AdapterConfig(
    Location file,
    long rank,
    double alpha,
    boolean isRankStabilised,
    boolean isDora,
    boolean isTransposed,
    boolean hasBias,
    boolean staysTied,
    List<String> saved,
    List<Rule> ranks,
    List<Rule> alphas,
    List<String> parameters,
    Map<String, List<Long>> tokens,
    Optional<String> task,
    Optional<String> baseClass,
    Optional<String> base) {

  /// A value for the modules whose names match.
  record Rule(Pattern pattern, double value) {}

  /// Copies its collections.
  AdapterConfig {
    saved = List.copyOf(saved);
    ranks = List.copyOf(ranks);
    alphas = List.copyOf(alphas);
    parameters = List.copyOf(parameters);
    tokens = Map.copyOf(tokens);
  }

  /// A configuration that says ranks and alphas, and nothing else.
  static AdapterConfig of(
      Location file, long rank, double alpha, List<Rule> ranks, List<Rule> alphas) {
    return new AdapterConfig(
        file,
        rank,
        alpha,
        false,
        false,
        false,
        false,
        false,
        List.of(),
        ranks,
        alphas,
        List.of(),
        Map.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  /// Whether a tensor is of a module that is replaced by a copy, so that what is one with it stays
  /// as it was.
  boolean copies(String tensor) {
    String module = tensor.substring(0, Math.max(0, tensor.lastIndexOf('.')));
    return !staysTied && saved.stream().anyMatch(name -> isCalled(module, name));
  }

  /// Whether a module has this name, or ends in it behind a dot: how PEFT finds what it is told.
  static boolean isCalled(String module, String name) {
    return module.equals(name) || module.endsWith("." + name);
  }

  /// The rank of a module, by its full name.
  long rank(NameSearch search, String module) {
    return (long) first(search, ranks, module).orElse((double) rank).doubleValue();
  }

  /// What its product is multiplied with.
  float scale(NameSearch search, String module) {
    double own = first(search, alphas, module).orElse(alpha);
    double by = rank(search, module);
    return (float) (own / (isRankStabilised ? Math.sqrt(by) : by));
  }

  private Optional<Double> first(NameSearch search, List<Rule> rules, String module) {
    try {
      for (Rule rule : rules) {
        if (search.isFound(rule.pattern(), module)) {
          return Optional.of(rule.value());
        }
      }
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      throw new InputException(file, String.valueOf(e.getMessage()));
    }
  }
}
