package org.lines4j.files;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The user's folder for what can be made again, such as `~/.cache/lines4j`.
public final class CacheFolder {
  /// Names another folder; set to nothing, nothing is kept.
  public static final String PROPERTY = "lines4j.cache";

  /// What Java takes for the home of a user that the system does not know, as in containers.
  private static final String UNKNOWN = "?";

  private CacheFolder() {}

  /// The folder, which may be missing yet; empty where nothing shall be kept.
  public static Optional<Path> find() {
    return find(
        System.getProperty(PROPERTY),
        Objects.requireNonNullElse(System.getenv("XDG_CACHE_HOME"), ""),
        System.getProperty("user.home", ""));
  }

  static Optional<Path> find(@Nullable String chosen, String caches, String home) {
    if (chosen != null) {
      return chosen.isEmpty() ? Optional.empty() : Optional.of(Path.of(chosen));
    }
    if (!caches.isEmpty()) {
      return Optional.of(Path.of(caches, "lines4j"));
    }
    return home.isEmpty() || home.equals(UNKNOWN)
        ? Optional.empty()
        : Optional.of(Path.of(home, ".cache", "lines4j"));
  }
}
