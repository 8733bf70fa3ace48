package org.lines4j.internal.local;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.lines4j.error.PlaceException;
import org.lines4j.error.Problem;
import org.lines4j.error.Remedy;
import org.lines4j.files.FreeSpace;
import org.lines4j.storage.ByteSource;
import org.lines4j.storage.Draft;
import org.lines4j.storage.Location;
import org.lines4j.storage.Sink;
import org.lines4j.storage.Storage;

/// This machine's disks. Links are followed.
public final class LocalStorage implements Storage {
  @Override
  public String scheme() {
    return Location.LOCAL;
  }

  @Override
  public Kind kind(Location location) throws IOException {
    Kind kind = kind(location.path());
    if (kind == Kind.ABSENT) {
      checkVisible(location.path());
    }
    return kind;
  }

  /// What lies in a folder that may not be entered is not absent.
  private static void checkVisible(Path path) throws IOException {
    try {
      Files.readAttributes(path, BasicFileAttributes.class);
    } catch (AccessDeniedException e) {
      throw e;
    } catch (IOException e) {
      // it is absent
    }
  }

  private static Kind kind(Path path) {
    if (Files.isRegularFile(path)) {
      return Kind.FILE;
    }
    if (Files.isDirectory(path)) {
      return Kind.FOLDER;
    }
    return Files.exists(path) ? Kind.SPECIAL : Kind.ABSENT;
  }

  @Override
  public List<Entry> list(Location folder) throws IOException {
    List<Path> paths;
    try (Stream<Path> entries = Files.list(folder.path())) {
      paths = entries.sorted().toList();
    }
    List<Entry> listed = new ArrayList<>();
    for (Path path : paths) {
      Kind kind = kind(path);
      String name = String.valueOf(path.getFileName());
      long size = kind == Kind.FILE ? Files.size(path) : 0;
      listed.add(new Entry(name, kind, size, Files.isSymbolicLink(path)));
    }
    return listed;
  }

  @Override
  public ByteSource open(Location file) throws IOException {
    return LocalFile.open(file);
  }

  @Override
  public boolean isLink(Location location) {
    return Files.isSymbolicLink(location.path());
  }

  @Override
  public Location real(Location location) throws IOException {
    return Location.of(location.path().toRealPath());
  }

  @Override
  public boolean contains(Location outer, Location inner) throws IOException {
    Path above = normal(inner);
    while (!Files.exists(above) && above.getParent() != null) {
      above = above.getParent();
    }
    Path real = above.toRealPath().resolve(above.relativize(normal(inner)));
    return real.startsWith(outer.path().toRealPath());
  }

  @Override
  public boolean isOwn(Location folder, Location file) throws IOException {
    return OwnFiles.holds(folder.path(), file.path());
  }

  private static Path normal(Location location) {
    return location.path().toAbsolutePath().normalize();
  }

  @Override
  public Optional<String> obstacle(Location location) throws IOException {
    Path path = normal(location);
    if (path.getFileName() == null) {
      return Optional.of("the output cannot be the root folder");
    }
    for (Path above = path.getParent(); above != null; above = above.getParent()) {
      if (Files.exists(above) && !Files.isDirectory(above)) {
        return Optional.of(above + " is not a folder");
      }
    }
    if (isLink(location) && !Files.exists(path)) {
      return Optional.of("is a link to nothing; remove it first");
    }
    if (Files.exists(path) && MountPoints.holds(path)) {
      return Optional.of(
          "is a mount point, which cannot be replaced; name "
              + (Files.isDirectory(path) ? "a folder in it" : "another output"));
    }
    if (isAround(path)) {
      return Optional.of(
          "is or holds the folder you are in, which cannot be replaced; name another");
    }
    checkWritable(path);
    return Optional.empty();
  }

  /// Whether a folder is, or holds, the current one. A shell would stay in what is moved aside, and
  /// show an empty folder.
  private static boolean isAround(Path path) throws IOException {
    Path here = Path.of("").toAbsolutePath();
    return Files.isDirectory(path)
        && Files.exists(here)
        && here.toRealPath().startsWith(path.toRealPath());
  }

  /// An output is made beside its place; a folder that is moved aside changes, too.
  private static void checkWritable(Path path) throws IOException {
    for (Path folder : List.of(nearestFolder(path), path)) {
      if (Files.isDirectory(folder) && !Files.isWritable(folder)) {
        throw new PlaceException(
            Problem.of("permission denied: nothing may be written in " + folder)
                .in(Location.of(path))
                .withRemedy(Remedy.of("name another output")));
      }
    }
  }

  @Override
  public OptionalLong room(Location location, boolean folder, long wanted) throws IOException {
    Path above = nearestFolder(normal(location));
    if (FreeSpace.of(above) < wanted) {
      Staging.clearLeftover(normal(location), folder);
    }
    return OptionalLong.of(FreeSpace.of(above));
  }

  /// The folder that an output is made in, or the one above that exists.
  private static Path nearestFolder(Path path) {
    Path folder = path.resolveSibling("");
    for (Path above = folder; above != null && !Files.isDirectory(folder); ) {
      above = above.getParent();
      folder = above == null ? folder : above;
    }
    return folder;
  }

  @Override
  public Draft draft(Location location, boolean folder) throws IOException {
    return Staging.create(normal(location), folder);
  }

  @Override
  public Sink join(Location file) throws IOException {
    return LocalSink.join(file.path());
  }
}
