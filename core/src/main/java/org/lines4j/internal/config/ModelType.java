package org.lines4j.internal.config;

import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.lines4j.error.InputException;
import org.lines4j.format.Companion;
import org.lines4j.format.Companions;

/// What a configuration says that a model is.
public final class ModelType {
  private ModelType() {}

  /// The `model_type` of a model and of its text's part; empty where nothing says.
  public static Set<String> of(Companions folder) throws IOException {
    Optional<Companion> config = folder.own("config.json");
    Set<String> types = new LinkedHashSet<>();
    if (config.isPresent()) {
      try {
        ConfigTree tree = ConfigTree.read(config.get());
        for (String part : new String[] {"", "/text_config"}) {
          Map<String, ConfigTree.Value> fields = tree.objects().getOrDefault(part, Map.of());
          if (fields.get("model_type") instanceof ConfigTree.Value.Text(String type)) {
            types.add(type);
          }
        }
      } catch (InputException e) {
        return Set.of(); // whoever copies the file will say so
      }
    }
    return types;
  }
}
