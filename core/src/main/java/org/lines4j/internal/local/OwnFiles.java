package org.lines4j.internal.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Which files are a model's own, so that their content may reach an output.
///
/// A model comes from strangers, and a link in its folder can name any file of the user's. Links
/// are followed as far as the folder itself and, in a snapshot of the Hugging Face cache, the
/// `blobs` of its repository and those that all repositories share:
/// `models--org--name/snapshots/REVISION/tokenizer.json → ../../blobs/… → ../../blobs/…`.
public final class OwnFiles {
  private static final String SNAPSHOTS = "snapshots";
  private static final String BLOBS = "blobs";
  private static final String REPOSITORY = "models--";
  private static final String SHARED_MARK = ".huggingface-shared-blobs"; // as huggingface_hub 1.33

  private OwnFiles() {}

  /// Whether `file`, all links followed, is a regular file of the model in `folder`.
  public static boolean holds(Path folder, Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      return false;
    }
    Path own = folder.toRealPath();
    Path real = file.toRealPath();
    return real.startsWith(own) || isBlob(own, real);
  }

  private static boolean isBlob(Path folder, Path file) {
    for (Path above = folder; above != null; above = above.getParent()) {
      Path name = above.getFileName();
      if (name != null && name.toString().equals(SNAPSHOTS)) {
        Path repository = above.resolveSibling("");
        return !above.equals(folder)
            && String.valueOf(repository.getFileName()).startsWith(REPOSITORY)
            && (file.startsWith(repository.resolve(BLOBS)) || isShared(repository, file));
      }
    }
    return false;
  }

  /// Whether a file lies where the cache keeps content that several repositories have.
  private static boolean isShared(Path repository, Path file) {
    Path shared = repository.resolveSibling(BLOBS);
    return file.startsWith(shared) && Files.isRegularFile(shared.resolve(SHARED_MARK));
  }
}
