package org.lines4j.internal.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.lines4j.files.AtomicFile;
import org.lines4j.files.CacheFolder;
import org.lines4j.files.Digests;
import org.lines4j.storage.ByteSource;
import org.lines4j.storage.Stamp;

/// Hashes of files that were hashed before, so that a second edit of the same pair need not hash it
/// again.
///
/// A file is known by its [Stamp]'s identity. One that changed within the last seconds is not
/// remembered: a clock's tick may hide a further change.
final class HashMemory {
  private static final Duration LONG_ENOUGH = Duration.ofSeconds(5);
  private static final int HEX_DIGITS = 64;

  private HashMemory() {}

  /// The file's SHA-256 in hexadecimal, if it is known.
  static Optional<String> recall(ByteSource file) {
    try {
      Optional<Path> entry = entry(file, Instant.MAX);
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
  static void remember(ByteSource file, String hash, Instant begin) {
    try {
      Optional<Path> entry = entry(file, begin.minus(LONG_ENOUGH));
      if (entry.isPresent()) {
        Files.createDirectories(entry.get().resolveSibling(""));
        AtomicFile.writeUnsynced(entry.get(), hash);
      }
    } catch (IOException | UnsupportedOperationException _) {
      // only slower the next time
    }
  }

  /// Where the hash of a file that has not changed since `latest` is kept.
  private static Optional<Path> entry(ByteSource file, Instant latest) throws IOException {
    Optional<Path> folder = CacheFolder.find();
    if (folder.isEmpty()) {
      return folder;
    }
    Optional<Stamp.Identity> identity = file.stamp().identity();
    if (identity.isEmpty() || identity.get().since().isAfter(latest)) {
      return Optional.empty();
    }
    String name = Digests.sha256(identity.get().text());
    return folder.map(path -> path.resolve(name));
  }
}
