package org.lines4j.hub.cache;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.lines4j.error.InputException;
import org.lines4j.files.AtomicFile;

/// What the cache holds of one repository.
///
/// ```
/// models--ORG--NAME/blobs/ETAG              content, by what it is known by
///                   snapshots/COMMIT/FILE   links to it
///                   refs/REVISION           a commit
///                   trees/COMMIT.json       all files of a commit
///                   .no_exist/COMMIT/FILE   known to be absent
/// ```
public final class RepositoryFolder {
  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
  private static final long LONGEST_TREE = 100_000_000;
  private static final int LONGEST_REF = 100;
  private static final String TAG =
      """
      Signature: 8a477f597d28d172789f06886806bc55
      # This file is a cache directory tag created by lines4j, as huggingface_hub does.
      # For information about cache directory tags, see:
      #\thttps://bford.info/cachedir/
      """;

  private final Path cache;
  private final Path folder;
  private final boolean links;

  /// A repository's folder, which need not exist.
  ///
  /// @param cache that all repositories are in
  /// @param repository `org/name`, checked
  /// @param links whether the cache may hold links
  public RepositoryFolder(Path cache, String repository, boolean links) {
    this.cache = cache;
    this.folder = cache.resolve("models--" + repository.replace("/", "--"));
    this.links = links;
  }

  /// Whether a revision is a commit by its name.
  public static boolean isCommit(String revision) {
    return COMMIT.matcher(revision).matches();
  }

  /// The folder itself.
  public Path path() {
    return folder;
  }

  /// The commit that a branch or tag was at when it was last asked for.
  ///
  /// @throws InputException if the cache says something else than a commit
  public Optional<String> commit(String revision) throws IOException {
    Path ref = folder.resolve("refs").resolve(revision);
    if (!Files.isRegularFile(ref)) {
      return Optional.empty();
    }
    String commit = Files.size(ref) > LONGEST_REF ? "" : Files.readString(ref).strip();
    if (!isCommit(commit)) {
      throw new InputException(ref, "should hold a commit (40 hexadecimal digits)")
          .withRemedy("remove it, and it is asked for anew");
    }
    return Optional.of(commit);
  }

  /// All files of a commit, where they are known.
  public Optional<Tree> tree(String commit) {
    Path file = treeFile(commit);
    try {
      return Files.isRegularFile(file) && Files.size(file) <= LONGEST_TREE
          ? Optional.of(TreeJson.read(Files.readAllBytes(file)))
          : Optional.empty();
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty(); // asked for anew, as huggingface_hub does
    }
  }

  private Path treeFile(String commit) {
    return folder.resolve("trees").resolve(commit + ".json");
  }

  /// The files' folder of a commit, which need not exist.
  public Path snapshot(String commit) {
    return folder.resolve("snapshots").resolve(commit);
  }

  /// A file of a commit, if it is there.
  ///
  /// @param size that it must have; negative where that is not known
  /// @throws InputException if it is a link that leads out of the cache
  public Optional<Path> file(String commit, String name, long size) throws IOException {
    Path file = snapshot(commit).resolve(name);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    Path real = file.toRealPath();
    if (!isIn(folder.resolve("blobs"), real)
        && !isIn(cache.resolve("blobs"), real)
        && !isIn(snapshot(commit), real)) {
      throw new InputException(
              file, "a link that leads out of the cache, to %s, is not followed".formatted(real))
          .withRemedy("remove it, and the file is fetched anew");
    }
    return size < 0 || Files.size(real) == size ? Optional.of(file) : Optional.empty();
  }

  private static boolean isIn(Path folder, Path real) throws IOException {
    return Files.isDirectory(folder) && real.startsWith(folder.toRealPath());
  }

  /// Whether something of that name is there that is no file: a link to nothing, or to itself.
  public boolean isBroken(String commit, String name) {
    Path file = snapshot(commit).resolve(name);
    return Files.exists(file, LinkOption.NOFOLLOW_LINKS) && !Files.exists(file);
  }

  /// The names of the files of a commit that are there, and of links that lead nowhere.
  public List<String> names(String commit) throws IOException {
    Path root = snapshot(commit);
    List<String> names = new ArrayList<>();
    if (!Files.isDirectory(root)) {
      return names;
    }
    try (Stream<Path> all = Files.walk(root, 16)) {
      for (Path file : (Iterable<Path>) all::iterator) {
        boolean isLink = Files.isSymbolicLink(file);
        if ((isLink || Files.isRegularFile(file)) && names.size() < Tree.MOST) {
          names.add(String.join("/", parts(root.relativize(file))));
        }
      }
    }
    return names;
  }

  private static List<String> parts(Path path) {
    List<String> parts = new ArrayList<>();
    path.forEach(part -> parts.add(part.toString()));
    return parts;
  }

  /// Notes where a branch or tag is.
  public void remember(String revision, String commit) throws IOException {
    Path ref = folder.resolve("refs").resolve(revision);
    if (!Files.isRegularFile(ref) || !Files.readString(ref).equals(commit)) {
      begin(ref);
      AtomicFile.writeUnsynced(ref, commit);
    }
  }

  /// Notes all files of a commit.
  public void remember(String commit, Tree tree) throws IOException {
    begin(treeFile(commit));
    AtomicFile.write(treeFile(commit), TreeJson.write(tree));
  }

  /// Notes that a commit has no file of that name.
  public void rememberAbsent(String commit, String name) throws IOException {
    Path file = folder.resolve(".no_exist").resolve(commit).resolve(name);
    if (Files.isDirectory(folder) && !Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      begin(file);
      AtomicFile.writeUnsynced(file, "");
    }
  }

  /// Makes the folders above a file, and says of the cache that it is one.
  private void begin(Path file) throws IOException {
    Files.createDirectories(file.resolveSibling(""));
    Path tag = cache.resolve("CACHEDIR.TAG");
    if (!Files.exists(tag, LinkOption.NOFOLLOW_LINKS)) {
      AtomicFile.writeUnsynced(tag, TAG);
    }
  }

  /// Where a file's content lies, or will.
  public Path blob(String etag) {
    return folder.resolve("blobs").resolve(etag);
  }

  /// Begins a blob: the file that it grows in, whose name `huggingface_hub` clears away if need be.
  Path beginBlob(String etag) throws IOException {
    Path partial = folder.resolve("blobs").resolve(etag + ".lines4j.incomplete");
    begin(partial);
    return partial;
  }

  /// Gives a commit a file whose blob is there.
  public void link(String commit, String name, String etag) throws IOException {
    Path file = snapshot(commit).resolve(name);
    Files.createDirectories(file.resolveSibling(""));
    Path target = file.resolveSibling("").relativize(blob(etag));
    if (Files.exists(file) && Files.isSameFile(file, blob(etag))) {
      return;
    }
    Files.deleteIfExists(file);
    if (links) {
      try {
        Files.createSymbolicLink(file, target);
        return;
      } catch (UnsupportedOperationException | FileSystemException e) {
        if (Files.exists(file)) {
          return; // somebody else was faster
        }
      }
    }
    move(blob(etag), file);
  }

  private static void move(Path blob, Path file) throws IOException {
    try {
      Files.move(blob, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      if (!Files.exists(file)) {
        throw e;
      }
    }
  }
}
