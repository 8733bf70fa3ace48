package org.lines4j.subspace.matrix;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.lines4j.files.CacheFolder;
import org.lines4j.files.FolderTree;

/// Where natives are unpacked to, some 60 MB: the user's folder for caches or, where that cannot be
/// written, one of this process that goes as soon as they are loaded.
final class NativeFolder implements AutoCloseable {
  private static final String PROPERTY = "org.bytedeco.javacpp.cachedir";

  private final Path path;
  private final boolean isKept;

  private NativeFolder(Path path, boolean isKept) {
    this.path = path;
    this.isKept = isKept;
  }

  /// Finds one, and has JavaCPP use it.
  ///
  /// @throws IOException if there is nowhere to write to
  static NativeFolder open() throws IOException {
    String chosen = System.getProperty(PROPERTY);
    if (chosen != null) {
      return new NativeFolder(Path.of(chosen), true);
    }
    Optional<Path> kept = CacheFolder.find().flatMap(NativeFolder::made);
    NativeFolder folder =
        kept.isPresent()
            ? new NativeFolder(kept.get(), true)
            : new NativeFolder(Files.createTempDirectory("lines4j-natives"), false);
    System.setProperty(PROPERTY, folder.path.toString());
    return folder;
  }

  private static Optional<Path> made(Path caches) {
    try {
      Path folder = Files.createDirectories(caches.resolve("natives"));
      return Files.isWritable(folder) ? Optional.of(folder) : Optional.empty();
    } catch (IOException | UnsupportedOperationException e) {
      return Optional.empty();
    }
  }

  /// What is loaded stays loaded.
  @Override
  public void close() {
    if (!isKept) {
      try {
        FolderTree.delete(path);
      } catch (IOException e) {
        // Windows does not let go of what is loaded
      }
    }
  }
}
