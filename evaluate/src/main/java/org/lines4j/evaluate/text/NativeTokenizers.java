package org.lines4j.evaluate.text;

import ai.djl.huggingface.tokenizers.jni.LibUtils;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.lines4j.error.RequestException;
import org.lines4j.files.CacheFolder;

/// Loads the library, unpacked into the user's folder for caches. It is asked for directly: what
/// DJL puts around it tells its makers that it is used.
final class NativeTokenizers {
  private NativeTokenizers() {}

  private static final class Loaded {
    static final Optional<TokenizersLibrary> LIBRARY;
    static final String PROBLEM;

    static {
      Optional<TokenizersLibrary> library = Optional.empty();
      String problem = "";
      try {
        library = Optional.of(load());
      } catch (IOException | RuntimeException | LinkageError e) {
        problem = String.valueOf(e.getCause() == null ? e : e.getCause());
      }
      LIBRARY = library;
      PROBLEM = problem;
    }
  }

  /// The library.
  ///
  /// @throws RequestException if there is none for this machine
  static TokenizersLibrary library() {
    return Loaded.LIBRARY.orElseThrow(
        () ->
            new RequestException("texts cannot be made tokens on this machine: " + Loaded.PROBLEM)
                .withRemedy("measure with a program of your own"));
  }

  private static TokenizersLibrary load() throws IOException {
    Path folder =
        CacheFolder.find()
            .map(caches -> caches.resolve("natives"))
            .orElse(Path.of(System.getProperty("java.io.tmpdir"), "lines4j-natives"));
    Files.createDirectories(folder);
    Map<String, @Nullable String> before = new HashMap<>();
    // "offline" also keeps it from looking for a GPU's library
    Map.of("ENGINE_CACHE_DIR", folder.toString(), "ai.djl.offline", "true")
        .forEach((name, value) -> before.put(name, System.setProperty(name, value)));
    try {
      LibUtils.checkStatus();
      return TokenizersLibrary.LIB;
    } finally {
      before.forEach(NativeTokenizers::restore);
    }
  }

  private static void restore(String name, @Nullable String value) {
    if (value == null) {
      System.clearProperty(name);
    } else {
      System.setProperty(name, value);
    }
  }
}
