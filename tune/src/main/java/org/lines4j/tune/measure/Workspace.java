package org.lines4j.tune.measure;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import org.lines4j.files.AtExit;
import org.lines4j.files.AtomicFile;
import org.lines4j.files.FolderTree;
import org.lines4j.storage.Location;

/// Where candidates exist while they are measured: in memory where they fit with room to spare,
/// else beside the results.
///
/// The search's folder remembers where that is, so that the next run removes what a killed one
/// left.
public final class Workspace implements AutoCloseable {
  private static final String PREFIX = "lines-tune-";
  private static final String MEMO = ".workspace";

  private final Path memo;
  private final Path folder;
  private final boolean hasStored;
  private final AtExit onExit = new AtExit("lines-tune-cleanup", this::remove);

  private Workspace(Path memo, Path folder, boolean hasStored) {
    this.memo = memo;
    this.folder = folder;
    this.hasStored = hasStored;
  }

  /// How much room is needed.
  ///
  /// @param candidates of all candidates that exist at a time, in bytes
  /// @param stored of a merged update that is kept; 0 for none
  public record Need(long candidates, long stored) {}

  /// Makes a workspace, in memory if that is allowed and has room.
  ///
  /// @param dir of the search
  public static Workspace open(Path dir, Need need, Memory memory) throws IOException {
    Path memo = dir.resolve(MEMO);
    clear(dir, memory);
    Room room = Room.of(need, memory);
    Path parent = room.isInMemory() ? memory.root() : dir;
    byte[] random = new byte[8];
    new SecureRandom().nextBytes(random);
    Path folder = parent.resolve(PREFIX + HexFormat.of().formatHex(random));
    Workspace workspace = new Workspace(memo, folder, room.hasStored());
    workspace.begin();
    return workspace;
  }

  /// Makes the folder. A JVM that is ended meanwhile removes it when it is made.
  private synchronized void begin() throws IOException {
    onExit.arm();
    AtomicFile.write(memo, folder.toString());
    makePrivate(folder);
  }

  /// What there is room for.
  ///
  /// @param hasStored whether there is room in memory for a merged update, too
  public record Room(boolean isInMemory, boolean hasStored) {
    public static Room of(Need need, Memory memory) {
      boolean isInMemory = need.candidates() <= memory.bytes();
      long left = isInMemory ? memory.bytes() - need.candidates() : 0;
      return new Room(isInMemory, need.stored() > 0 && need.stored() <= left);
    }
  }

  private static void makePrivate(Path folder) throws IOException {
    if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.createDirectory(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    } else {
      Files.createDirectory(folder);
    }
  }

  /// Removes what a killed run has left.
  private static void clear(Path dir, Memory memory) throws IOException {
    Path memo = dir.resolve(MEMO);
    if (!Files.isRegularFile(memo)) {
      return;
    }
    Path left = Path.of(Files.readString(memo, StandardCharsets.UTF_8).strip());
    Path name = left.getFileName();
    boolean isOurs =
        name != null
            && name.toString().startsWith(PREFIX)
            && (memory.root().equals(left.getParent()) || dir.equals(left.getParent()));
    if (isOurs) {
      FolderTree.delete(left);
    }
    Files.delete(memo);
  }

  /// Where it is.
  Path folder() {
    return folder;
  }

  /// A place for a candidate, which nothing is at.
  ///
  /// @param ending of its name, such as `.safetensors`; empty for a folder
  public Path candidate(int slot, String ending) throws IOException {
    FolderTree.delete(copies(slot));
    Path place = folder.resolve("candidate-" + (slot + 1) + ending);
    FolderTree.delete(place);
    return place;
  }

  /// The path of a model that is there: its own, or a copy's where it does not lie on this machine.
  /// The copy stays until the slot is used again.
  public Path local(int slot, Location model) throws IOException {
    if (model.isLocal()) {
      return model.path();
    }
    Path copies = copies(slot);
    FolderTree.delete(copies);
    return ModelCopy.make(model, Files.createDirectory(copies));
  }

  private Path copies(int slot) {
    return folder.resolve("copy-" + (slot + 1));
  }

  /// An empty folder to work in.
  public Path scratch(int slot) throws IOException {
    Path place = folder.resolve("scratch-" + (slot + 1));
    FolderTree.delete(place);
    return Files.createDirectory(place);
  }

  /// Where a merged update may be kept; empty if there is no room in memory.
  Optional<Path> stored() {
    return hasStored ? Optional.of(folder.resolve("update.safetensors")) : Optional.empty();
  }

  @Override
  public void close() {
    remove();
    onExit.disarm();
  }

  private synchronized void remove() {
    try {
      FolderTree.delete(folder);
      Files.deleteIfExists(memo);
    } catch (IOException e) {
      // what cannot be removed now is removed by the next run
    }
  }
}
