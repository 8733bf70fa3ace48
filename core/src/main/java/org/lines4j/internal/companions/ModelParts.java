package org.lines4j.internal.companions;

import java.io.File;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.lines4j.error.InputException;
import org.lines4j.format.Companion;
import org.lines4j.format.Companions;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// The folders that `modules.json` of a sentence-transformers model names: what the model does
/// after its transformer, some of it with weights of its own.
final class ModelParts {
  static final String FILE = "modules.json";

  private static final JsonFactory JSON = new JsonFactory();
  private static final long LONGEST = 10_000_000;

  private ModelParts() {}

  /// The folders, relative to `folder`; none where it has no such file.
  ///
  /// @throws InputException if the file cannot be read, or names what lies elsewhere
  static Set<String> of(Companions folder) throws IOException {
    Optional<Companion> found = folder.own(FILE);
    if (found.isEmpty()) {
      return Set.of();
    }
    Companion file = found.get();
    try (JsonParser in = JSON.createParser(ObjectReadContext.empty(), file.bytes(LONGEST))) {
      return read(file, in);
    } catch (JacksonException e) {
      throw new InputException(file, "malformed JSON: " + e.getOriginalMessage());
    }
  }

  /// `[{"path": "1_Pooling", …}, …]`; the model itself has the empty path.
  private static Set<String> read(Companion file, JsonParser in) {
    if (in.nextToken() != JsonToken.START_ARRAY) {
      throw InputException.expected(file, "", "a list of modules", "something else");
    }
    Set<String> paths = new TreeSet<>();
    while (in.nextToken() == JsonToken.START_OBJECT) {
      while (in.nextToken() == JsonToken.PROPERTY_NAME) {
        boolean isPath = in.currentName().equals("path");
        if (in.nextToken() == JsonToken.VALUE_STRING && isPath && !in.getString().isEmpty()) {
          paths.add(inside(file, in.getString()));
        } else {
          in.skipChildren();
        }
      }
    }
    return paths;
  }

  private static String inside(Companion file, String name) {
    try {
      Path path = Path.of(name).normalize();
      if (!path.isAbsolute() && !path.startsWith("..") && !path.toString().isEmpty()) {
        return path.toString().replace(File.separatorChar, '/');
      }
    } catch (InvalidPathException e) {
      // no folder can have this name here
    }
    throw new InputException(
            file, "path should name a folder of this model, found '%s'".formatted(name))
        .withExpected("a folder of this model", name);
  }
}
