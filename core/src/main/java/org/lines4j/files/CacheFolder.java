package org.lines4j.files;

import java.nio.file.Path;
import java.util.Optional;

/// The user's folder for what can be made again, such as `~/.cache/lines4j`.
public final class CacheFolder {
  /// Names another folder; set to nothing, nothing is kept.
  public static final String PROPERTY = "lines4j.cache";

  private CacheFolder() {}

  /// The folder, which may be missing yet; empty where nothing shall be kept.
  public static Optional<Path> find() {
    String chosen = System.getProperty(PROPERTY);
    if (chosen != null) {
      return chosen.isEmpty() ? Optional.empty() : Optional.of(Path.of(chosen));
    }
    String caches = System.getenv("XDG_CACHE_HOME");
    String home = System.getProperty("user.home", "");
    if (caches == null || caches.isEmpty()) {
      return home.isEmpty() ? Optional.empty() : Optional.of(Path.of(home, ".cache", "lines4j"));
    }
    return Optional.of(Path.of(caches, "lines4j"));
  }
}
