package org.lines4j.spark.hadoop;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.NoSuchFileException;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.ParentNotDirectoryException;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.ipc.RemoteException;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.jspecify.annotations.Nullable;
import org.lines4j.error.RequestException;
import org.lines4j.storage.Location;

/// A place in one of Hadoop's file systems.
///
/// @param path with scheme and authority, links of the name (`..`) resolved
record Place(FileSystem files, Path path) {
  private static volatile @Nullable Known known;

  /// Finds the file system as Spark does: `core-site.xml` and the like on the class path, and
  /// Spark's settings `spark.hadoop.…`.
  ///
  /// @throws RequestException if the address is none, or nothing here knows its file system
  static Place of(Location location) throws IOException {
    try {
      Path path = new Path(location.text());
      FileSystem files = path.getFileSystem(configuration());
      return new Place(files, files.makeQualified(path));
    } catch (IllegalArgumentException | UnsupportedOperationException e) {
      throw new RequestException(location, "no such place: " + said(e));
    } catch (IOException e) {
      throw failed(location.text(), e);
    }
  }

  /// Made of what Spark was told; reading Hadoop's own files takes longer than opening a file.
  private static Configuration configuration() {
    SparkEnv spark = SparkEnv.get();
    SparkConf settings = spark == null ? new SparkConf() : spark.conf();
    String told = settings.toDebugString();
    Known last = known;
    if (last == null || !last.told().equals(told)) {
      last = new Known(told, SparkHadoopUtil.get().newConfiguration(settings));
      known = last;
    }
    return last.configuration();
  }

  private record Known(String told, Configuration configuration) {}

  Location location() {
    URI uri = path.toUri();
    String authority = uri.getAuthority() == null ? "" : uri.getAuthority();
    return new Location(
        uri.getScheme(), "%s://%s%s".formatted(uri.getScheme(), authority, uri.getPath()));
  }

  Place child(String name) {
    return new Place(files, new Path(path.toString() + (path.isRoot() ? "" : "/") + name));
  }

  /// The folder that it lies in.
  Place parent() {
    return new Place(files, path.getParent());
  }

  /// What lies beside it.
  Place sibling(String name) {
    return parent().child(name);
  }

  /// What is known of what lies there; empty if nothing does.
  Optional<FileStatus> status() throws IOException {
    try {
      return Optional.of(files.getFileStatus(path));
    } catch (FileNotFoundException | ParentNotDirectoryException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw failed(e);
    }
  }

  boolean exists() throws IOException {
    return status().isPresent();
  }

  void makeFolder() throws IOException {
    try {
      if (!files.mkdirs(path)) {
        throw new IOException("the folder cannot be made");
      }
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /// Moves it to where nothing is.
  void moveTo(Place target) throws IOException {
    try {
      if (!files.rename(path, target.path())) {
        throw new IOException("cannot be moved to " + target);
      }
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /// Removes it, with all that lies in it.
  void delete() throws IOException {
    try {
      files.delete(path, true);
    } catch (FileNotFoundException e) {
      // is what was wanted
    } catch (IOException e) {
      throw failed(e);
    }
  }

  /// A failure, in words that name the place.
  IOException failed(IOException failure) {
    return failed(toString(), failure);
  }

  private static IOException failed(String place, IOException failure) {
    IOException plain =
        failure instanceof RemoteException remote ? remote.unwrapRemoteException() : failure;
    if (plain instanceof FileNotFoundException) {
      NoSuchFileException none = new NoSuchFileException(place);
      none.initCause(failure);
      return none;
    }
    return new IOException(place + ": " + said(plain), failure);
  }

  /// Hadoop's messages go on with stacks of other machines.
  private static String said(Exception failure) {
    return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
  }

  @Override
  public String toString() {
    return location().text();
  }
}
