package org.lines4j.subspace.method;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.lines4j.layers.NameSearch;
import org.lines4j.method.MethodType.Settings;
import org.lines4j.method.Parameter;
import org.lines4j.method.Parameter.Scope;
import org.lines4j.method.Values;

/// Which tensors are merged as matrices, and what becomes of the others.
final class Matrices {
  /// Rows of token embeddings and of output heads are tokens or classes, not directions.
  private static final Pattern NO_MATRICES =
      Pattern.compile(
          "^output\\.weight$|text_projection|token_embedding|embed_tokens|tok_embeddings"
              + "|word_embeddings|token_type_embeddings|\\bembed_in\\b|\\bembed_out\\b|\\bwte\\b"
              + "|\\bshared\\.weight|lm_head|\\bclassifier\\b|\\bscore\\.weight"
              + "|\\bpredictions\\.decoder");

  /// Nor are embeddings of positions, as SVC's authors have it.
  private static final Pattern NOT_CALIBRATED =
      Pattern.compile(NO_MATRICES.pattern() + "|embedding");

  private static final String KEEP_BASE = "base";
  private static final String MEAN = "mean";

  private Matrices() {}

  /// What one tensor is.
  enum Kind {
    MATRIX,
    AVERAGED,
    KEPT
  }

  /// @param excluded what becomes of excluded ones where the recipe does not say: `mean` or `base`
  static List<Parameter> parameters(String excluded) {
    return List.of(
        pattern(
            "matrices",
            "names of the tensors of two dimensions that are merged so, the others by the mean of"
                + " their updates; empty for all but token embeddings, output heads and"
                + " text_projection"),
        pattern("exclude", "names of tensors that are left out; empty for none"),
        new Parameter(
            "excluded",
            Scope.GLOBAL,
            Values.words(MEAN, KEEP_BASE),
            Optional.of(excluded),
            "what becomes of what is left out: the mean of the updates, or the base's own"));
  }

  private static Parameter pattern(String name, String description) {
    return new Parameter(name, Scope.GLOBAL, Values.PATTERN, Optional.of(""), description);
  }

  /// What the tensor is that the settings are for.
  static Kind kind(Settings settings) {
    NameSearch search = new NameSearch();
    String name = settings.tensor();
    String exclude = settings.word("exclude");
    if (!exclude.isEmpty() && search.isFound(NameSearch.compile(exclude), name)) {
      return settings.word("excluded").equals(KEEP_BASE) ? Kind.KEPT : Kind.AVERAGED;
    }
    return isMatrix(settings, NO_MATRICES, settings.word("matrices")) ? Kind.MATRIX : Kind.AVERAGED;
  }

  /// Whether a merged tensor is one to calibrate.
  ///
  /// @param pattern of names, in place of the choice that is made where it is empty
  static boolean isCalibrated(Settings settings, String pattern) {
    return isMatrix(settings, NOT_CALIBRATED, pattern);
  }

  private static boolean isMatrix(Settings settings, Pattern others, String pattern) {
    if (settings.shape().rank() != 2 || settings.shape().elements() == 0) {
      return false;
    }
    NameSearch search = new NameSearch();
    return pattern.isEmpty()
        ? !search.isFound(others, settings.tensor())
        : search.isFound(NameSearch.compile(pattern), settings.tensor());
  }
}
