package org.lines4j.lab.encoder;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.lines4j.error.RequestException;
import org.lines4j.files.FolderTree;

/// A folder that appears complete or not at all: it is made beside its place and moved there.
final class NewFolder implements AutoCloseable {
  private final Path place;
  private final Path partial;

  private NewFolder(Path place, Path partial) {
    this.place = place;
    this.partial = partial;
  }

  /// Starts one, and clears away what a killed run has left of it.
  ///
  /// @throws RequestException if something is in its place
  static NewFolder at(Path out) throws IOException {
    Path place = out.toAbsolutePath().normalize();
    if (Files.exists(place)) {
      throw new RequestException(place + ": exists already; remove it or choose another folder");
    }
    Path partial = place.resolveSibling("." + place.getFileName() + ".lines-partial");
    FolderTree.delete(partial);
    Files.createDirectories(partial);
    return new NewFolder(place, partial);
  }

  /// Where its files are made.
  Path path() {
    return partial;
  }

  /// Moves it into place.
  void publish() throws IOException {
    Files.move(partial, place, StandardCopyOption.ATOMIC_MOVE);
  }

  /// Removes it if it was not published.
  @Override
  public void close() throws IOException {
    FolderTree.delete(partial);
  }
}
