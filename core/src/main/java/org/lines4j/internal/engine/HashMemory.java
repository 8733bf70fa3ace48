package org.lines4j.internal.engine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/// Hashes of files that were hashed before, so that a second edit of the same pair need not hash it
/// again.
///
/// A file is known by its path, size, inode and times; the time of its last change (ctime) is set
/// by the system alone, so a file that is written to is another file here. One that changed within
/// the last seconds is not remembered: a clock's tick may hide a further change.
final class HashMemory {
  /// Where hashes are kept; set to nothing to keep none.
  static final String FOLDER_PROPERTY = "lines4j.cache";

  private static final Duration SETTLED = Duration.ofSeconds(5);
  private static final int HEX_DIGITS = 64;

  private HashMemory() {}

  /// The file's SHA-256 in hexadecimal, if it is known.
  static Optional<String> recall(Path file) {
    try {
      Optional<Path> entry = entry(file, FileTime.from(Instant.MAX));
      if (entry.isEmpty() || !Files.isRegularFile(entry.get(), LinkOption.NOFOLLOW_LINKS)) {
        return Optional.empty();
      }
      String hash = Files.readString(entry.get());
      return hash.matches("[0-9a-f]{" + HEX_DIGITS + "}") ? Optional.of(hash) : Optional.empty();
    } catch (IOException | UnsupportedOperationException _) {
      return Optional.empty(); // only slower
    }
  }

  /// Remembers a hash that was begun at `begin`.
  static void remember(Path file, String hash, Instant begin) {
    try {
      Optional<Path> entry = entry(file, FileTime.from(begin.minus(SETTLED)));
      if (entry.isPresent()) {
        Path folder = Files.createDirectories(entry.get().resolveSibling(""));
        Path draft = Files.createTempFile(folder, "new", "");
        Files.writeString(draft, hash);
        Files.move(draft, entry.get(), java.nio.file.StandardCopyOption.ATOMIC_MOVE);
      }
    } catch (IOException | UnsupportedOperationException _) {
      // only slower the next time
    }
  }

  /// Where the hash of a file that has not changed since `latest` is kept.
  private static Optional<Path> entry(Path file, FileTime latest) throws IOException {
    Optional<Path> folder = folder();
    if (folder.isEmpty()) {
      return folder;
    }
    Path real = file.toRealPath();
    Map<String, Object> attributes =
        Files.readAttributes(real, "unix:ino,dev,size,ctime,lastModifiedTime");
    if (!(attributes.get("ctime") instanceof FileTime changed) || changed.compareTo(latest) > 0) {
      return Optional.empty();
    }
    String identity =
        String.join(
            "\n",
            real.toString(),
            "" + attributes.get("dev"),
            "" + attributes.get("ino"),
            "" + attributes.get("size"),
            "" + attributes.get("lastModifiedTime"),
            "" + changed);
    MessageDigest digest = FileHashes.sha256();
    byte[] name = digest.digest(identity.getBytes(StandardCharsets.UTF_8));
    return folder.map(path -> path.resolve(HexFormat.of().formatHex(name)));
  }

  private static Optional<Path> folder() {
    String chosen = System.getProperty(FOLDER_PROPERTY);
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
