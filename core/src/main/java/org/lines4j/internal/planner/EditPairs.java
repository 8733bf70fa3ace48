package org.lines4j.internal.planner;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.lines4j.Edit;
import org.lines4j.error.OnMismatch;
import org.lines4j.internal.pairing.TensorPair;
import org.lines4j.internal.vocabulary.EditVocabulary;
import org.lines4j.internal.work.Source;

/// The tensors of an edit's two models, those with a row for each token paired by token where the
/// vocabularies differ in size.
///
/// @param notices what a user should know of them
record EditPairs(List<TensorPair> pairs, List<String> notices) {
  /// Pairs all tensors. With the base's to be kept where they do not fit, its rows stay, too.
  static EditPairs of(Edit edit) throws IOException {
    List<TensorPair> stored = TensorPair.of(edit.base(), edit.tuned());
    Optional<EditVocabulary> vocabulary =
        edit.mismatch() == OnMismatch.BASE
            ? Optional.empty()
            : EditVocabulary.of(edit.base(), edit.tuned());
    if (vocabulary.isEmpty()) {
      return new EditPairs(stored, EditVocabulary.numberedOtherwise(edit.base(), edit.tuned()));
    }
    List<TensorPair> matched =
        stored.stream().map(pair -> pair.matched(vocabulary.get()::matched)).toList();
    return new EditPairs(
        matched, matched.equals(stored) ? List.of() : List.of(vocabulary.get().notice()));
  }

  /// A line for an error message, if it is the vocabulary that does not fit.
  static String hint(List<TensorPair> misfits) {
    List<Source> before = new ArrayList<>();
    List<Source> after = new ArrayList<>();
    for (TensorPair pair : misfits) {
      if (pair.base().isPresent() && pair.tuned().isPresent()) {
        before.add(pair.base().get());
        after.add(pair.tuned().get());
      }
    }
    return EditVocabulary.hint(before, after);
  }
}
