package org.lines4j.internal.companions;

import java.io.File;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.lines4j.error.InputException;
import org.lines4j.format.Companion;
import org.lines4j.format.Companions;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// The folders that a sentence-transformers model names in `modules.json`: what it does after its
/// transformer, some of it with weights of its own; and in `router_config.json`: what it does in
/// place of it, where queries take another way than documents.
final class ModelParts {
  static final String FILE = "modules.json";
  private static final String ROUTER = "router_config.json";

  private static final JsonFactory JSON = new JsonFactory();
  private static final long LONGEST = 10_000_000;

  private ModelParts() {}

  /// The folders, relative to `folder`, and which file names each; none where it has no such file.
  ///
  /// @throws InputException if a file cannot be read, or names what lies elsewhere
  static Map<String, String> of(Companions folder) throws IOException {
    Map<String, String> parts = new TreeMap<>();
    for (String name : new String[] {ROUTER, FILE}) {
      Optional<Companion> file = folder.own(name);
      if (file.isPresent()) {
        read(file.get(), name).forEach(path -> parts.put(path, name));
      }
    }
    return parts;
  }

  private static Set<String> read(Companion file, String name) throws IOException {
    try (JsonParser in = JSON.createParser(ObjectReadContext.empty(), file.bytes(LONGEST))) {
      return name.equals(FILE) ? modules(file, in) : ways(file, in);
    } catch (JacksonException e) {
      throw new InputException(file, "malformed JSON: " + e.getOriginalMessage());
    }
  }

  /// `[{"path": "1_Pooling", …}, …]`; the model itself has the empty path.
  private static Set<String> modules(Companion file, JsonParser in) {
    if (in.nextToken() != JsonToken.START_ARRAY) {
      throw InputException.expected(file, "", "a list of modules", "something else");
    }
    Set<String> paths = new TreeSet<>();
    while (in.nextToken() == JsonToken.START_OBJECT) {
      while (in.nextToken() == JsonToken.PROPERTY_NAME) {
        boolean isPath = in.currentName().equals("path");
        if (in.nextToken() == JsonToken.VALUE_STRING && isPath && !in.getString().isEmpty()) {
          paths.add(inside(file, "path should name a folder", in.getString()));
        } else {
          in.skipChildren();
        }
      }
    }
    return paths;
  }

  /// `{"types": {"query_0_Dense": …, …}, …}`; the model itself has the empty name.
  private static Set<String> ways(Companion file, JsonParser in) {
    if (in.nextToken() != JsonToken.START_OBJECT) {
      throw InputException.expected(file, "", "an object", "something else");
    }
    Set<String> paths = new TreeSet<>();
    while (in.nextToken() == JsonToken.PROPERTY_NAME) {
      boolean isTypes = in.currentName().equals("types");
      if (in.nextToken() != JsonToken.START_OBJECT && isTypes) {
        throw InputException.expected(file, "types", "an object of modules", "something else");
      }
      while (isTypes && in.nextToken() == JsonToken.PROPERTY_NAME) {
        if (!in.currentName().isEmpty()) {
          paths.add(inside(file, "types should name folders", in.currentName()));
        }
        in.nextToken();
        in.skipChildren();
      }
      if (!isTypes) {
        in.skipChildren();
      }
    }
    return paths;
  }

  private static String inside(Companion file, String wanted, String name) {
    try {
      Path path = Path.of(name).normalize();
      if (!path.isAbsolute() && !path.startsWith("..") && !path.toString().isEmpty()) {
        return path.toString().replace(File.separatorChar, '/');
      }
    } catch (InvalidPathException e) {
      // no folder can have this name here
    }
    throw new InputException(file, "%s of this model, found '%s'".formatted(wanted, name))
        .withExpected("a folder of this model", name);
  }
}
