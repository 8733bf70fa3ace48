package org.lines4j.internal.config;

import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.List;
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
    Map<String, Map<String, ConfigTree.Value>> objects = objects(folder);
    Set<String> types = new LinkedHashSet<>();
    for (String part : new String[] {"", "/text_config"}) {
      if (objects.getOrDefault(part, Map.of()).get("model_type")
          instanceof ConfigTree.Value.Text(String type)) {
        types.add(type);
      }
    }
    return types;
  }

  /// transformers' names of the classes that a model was saved by; empty where nothing says.
  public static List<String> architectures(Companions folder) throws IOException {
    return objects(folder).getOrDefault("", Map.of()).get("architectures")
            instanceof ConfigTree.Value.Items(List<String> names)
        ? names
        : List.of();
  }

  /// The objects of a configuration by JSON pointer; none where it is not there, or malformed.
  static Map<String, Map<String, ConfigTree.Value>> objects(Companions folder) throws IOException {
    Optional<Companion> config = folder.own("config.json");
    try {
      return config.isPresent() ? ConfigTree.read(config.get()).objects() : Map.of();
    } catch (InputException e) {
      return Map.of(); // whoever copies the file will say so
    }
  }
}
