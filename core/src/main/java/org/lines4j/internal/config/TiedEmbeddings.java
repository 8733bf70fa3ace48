package org.lines4j.internal.config;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.lines4j.error.InputException;
import org.lines4j.format.Companion;
import org.lines4j.format.Companions;

/// Whether a configuration says that a model's head is its input embedding.
public final class TiedEmbeddings {
  /// What configurations call it.
  static final String NAME = "tie_word_embeddings";

  private TiedEmbeddings() {}

  /// What `config.json` says, of the text's part where it has one; empty where it says nothing, or
  /// there is none.
  public static Optional<Boolean> of(Companions folder) throws IOException {
    Optional<Companion> config = folder.own("config.json");
    if (config.isEmpty()) {
      return Optional.empty();
    }
    try {
      ConfigTree tree = ConfigTree.read(config.get());
      for (String part : new String[] {"", "/text_config"}) {
        Map<String, ConfigTree.Value> fields = tree.objects().getOrDefault(part, Map.of());
        if (fields.get(NAME) instanceof ConfigTree.Value.Flag(boolean tied)) {
          return Optional.of(tied);
        }
      }
    } catch (InputException e) {
      return Optional.empty(); // whoever copies the file will say so
    }
    return Optional.empty();
  }
}
