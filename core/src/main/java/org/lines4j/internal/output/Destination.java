package org.lines4j.internal.output;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.lines4j.error.RequestException;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.Formats;
import org.lines4j.format.OutputFormat;
import org.lines4j.format.Shard;
import org.lines4j.internal.safetensors.ModelFolder;
import org.lines4j.storage.Location;

/// Where an output goes: a `.safetensors` file, or a folder.
///
/// @param path absolute
public record Destination(Path path) {
  private static final String SUFFIX = ".safetensors";

  /// The place that a user named.
  public static Destination of(Path out) {
    return new Destination(out.toAbsolutePath().normalize());
  }

  /// Whether one file is wanted, not a folder.
  public boolean isFile() {
    return Formats.ofFile(name()).isPresent();
  }

  /// The format of its files.
  public OutputFormat format() {
    return Formats.ofFile(name()).orElseGet(Formats::ofFolder);
  }

  private String name() {
    return String.valueOf(path.getFileName());
  }

  /// Whether something is there that a run would replace.
  public boolean exists() {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }

  /// Checks that the output may go here.
  ///
  /// @param force whether what is there may be replaced
  /// @throws RequestException if it may not; the message says why
  public void check(Collection<Checkpoint> inputs, boolean force) throws IOException {
    if (path.getFileName() == null) {
      throw new RequestException(path + ": the output cannot be the root folder");
    }
    for (Path ancestor = path.getParent(); ancestor != null; ancestor = ancestor.getParent()) {
      if (Files.exists(ancestor) && !Files.isDirectory(ancestor)) {
        throw new RequestException(path + ": " + ancestor + " is not a folder");
      }
    }
    if (exists() && !Files.exists(path)) {
      throw new RequestException(path + ": is a link to nothing; remove it first");
    }
    for (Checkpoint input : inputs) {
      if (exists()) {
        checkNotInput(input);
      }
      checkNotInside(input);
    }
    if (!exists()) {
      return;
    }
    if (isFile() && Files.isDirectory(path)) {
      throw new RequestException(
          path + ": is a folder; a name ending in .safetensors means a file");
    }
    if (!isFile() && !Files.isDirectory(path)) {
      throw new RequestException(
          path + ": is a file; name a folder, or a file that ends in .safetensors");
    }
    if (isFile() || !isEmpty()) {
      checkReplaceable(force);
    }
  }

  /// What is made there would become part of an input: another model's weights, or a subfolder that
  /// goes along with them.
  private void checkNotInside(Checkpoint input) throws IOException {
    Path folder = path.resolveSibling("");
    while (!Files.exists(folder) && folder.getParent() != null) {
      folder = folder.getParent();
    }
    if (input.isFolder()
        && input.location().isLocal()
        && folder.toRealPath().startsWith(input.location().path().toRealPath())) {
      throw new RequestException(
          "%s: lies in the input %s, which is never touched; choose another output"
              .formatted(path, input.location()));
    }
  }

  private void checkNotInput(Checkpoint input) throws IOException {
    Path own = path.toRealPath();
    boolean inside = isWithin(input.location(), own);
    for (Shard shard : input.shards()) {
      inside |= isWithin(shard.location(), own);
    }
    if (inside) {
      throw new RequestException(
          path
              + ": is or holds the input "
              + input.location()
              + ", which is never touched; choose"
              + " another output");
    }
  }

  private static boolean isWithin(Location input, Path folder) throws IOException {
    return input.isLocal() && input.path().toRealPath().startsWith(folder);
  }

  private void checkReplaceable(boolean force) throws IOException {
    if (!force) {
      throw new RequestException(path + ": exists already; --force replaces it");
    }
    if (!isFile() && !looksLikeModel()) {
      throw new RequestException(
          path
              + ": is not empty and holds no .safetensors file, so it is not replaced as a model"
              + " folder; choose another output or empty it");
    }
  }

  private boolean isEmpty() throws IOException {
    try (Stream<Path> entries = Files.list(path)) {
      return entries.findAny().isEmpty();
    }
  }

  /// What lies in the folder that a run would replace, but for weights and files of these names.
  public Set<String> others(Set<String> names) throws IOException {
    if (isFile() || !Files.isDirectory(path)) {
      return Set.of();
    }
    try (Stream<Path> entries = Files.list(path)) {
      return entries
          .map(entry -> entry.getFileName().toString())
          .filter(name -> !names.contains(name))
          .filter(name -> !name.endsWith(SUFFIX) && !ModelFolder.isIndex(name))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private boolean looksLikeModel() throws IOException {
    return Formats.isModel(Location.of(path));
  }

  /// Checks that the disk has room for `bytes` more: what is replaced goes only afterwards.
  ///
  /// What a killed run to this destination has left is removed if that room is needed.
  ///
  /// @throws IOException if it has not
  /// @throws RequestException if it has not, and another run is writing this output
  public void checkSpace(long bytes) throws IOException {
    FileStore store = store();
    if (store.getUsableSpace() < bytes) {
      Staging.clearLeftover(this);
    }
    long free = store.getUsableSpace();
    if (free < bytes) {
      throw new IOException(
          "%s: not enough room: the output takes %,d bytes, the disk (%s) has %,d free"
              .formatted(path, bytes, store, free));
    }
  }

  /// Of the folder that the output is made in, or the one above that exists.
  private FileStore store() throws IOException {
    Path folder = path.resolveSibling("");
    for (Path above = folder; above != null && !Files.isDirectory(folder); ) {
      above = above.getParent();
      folder = above == null ? folder : above;
    }
    return Files.getFileStore(folder);
  }
}
