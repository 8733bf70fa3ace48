package org.lines4j.internal.planner;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.lines4j.format.Checkpoint;
import org.lines4j.internal.gguf.MetadataDifferences;
import org.lines4j.internal.llamacpp.OtherSettings;
import org.lines4j.internal.vocabulary.GgufTokens;

/// What GGUF files say otherwise than other models: than files of their kind, and than folders of
/// transformers.
final class GgufNotes {
  private GgufNotes() {}

  /// @param described whose settings and tokens count
  /// @param done what is done with embeddings, in a word
  static List<String> of(Checkpoint described, Collection<Checkpoint> models, String done)
      throws IOException {
    List<String> notices = new ArrayList<>(MetadataDifferences.settings(described, models));
    notices.addAll(MetadataDifferences.tokens(described, models, done));
    notices.addAll(OtherSettings.of(described, models));
    notices.addAll(GgufTokens.otherwise(described, models, done));
    return notices;
  }
}
