package org.lines4j.storage;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.lines4j.error.InputException;
import org.lines4j.error.RequestException;

/// A kind of place where files lie, such as this machine's disks. Found by `ServiceLoader`, so a
/// jar of your own can add one.
///
/// Names in a listing are those of one folder, without subfolders' content. Any thread may use it.
public interface Storage {
  /// The scheme of the locations that it reaches, such as `file` or `s3`.
  String scheme();

  /// What a name that is no address means here, such as `org/name`; empty where it means nothing.
  /// Asked of names that are no file or folder of this machine, and answered by the name alone.
  default Optional<Location> find(String name) {
    return Optional.empty();
  }

  /// What lies there.
  Kind kind(Location location) throws IOException;

  /// What lies in a folder, by name.
  List<Entry> list(Location folder) throws IOException;

  /// What to do where a folder may hold more than is listed, in words, such as one of which a cache
  /// has but a part; empty where all of it is.
  default Optional<String> toHaveAll(Location folder) throws IOException {
    return Optional.empty();
  }

  /// Opens a file.
  ///
  /// @throws IOException if there is none, or it may not be read
  ByteSource open(Location file) throws IOException;

  /// Opens a file that a folder or an index is said to hold.
  ///
  /// @throws InputException if there is none, or something else than a file
  /// @throws IOException if it may not be read
  default ByteSource openRegular(Location file) throws IOException {
    switch (kind(file)) {
      case FILE -> {}
      case ABSENT -> {
        if (isLink(file)) {
          throw new InputException(file, "is a link to nothing")
              .withRemedy("download or copy the model again");
        }
        throw new InputException(file, "there is no such file");
      }
      case FOLDER, SPECIAL -> throw new InputException(file, "not a regular file");
    }
    return open(file);
  }

  /// Whether a link is there, wherever it leads to.
  default boolean isLink(Location location) throws IOException {
    return false;
  }

  /// The same place by the one name that it has, whatever links and relative parts lead there: what
  /// tells whether two locations are one. It must exist.
  Location real(Location location) throws IOException;

  /// Whether `inner`, which need not exist, is `outer` or lies in it, all links followed.
  boolean contains(Location outer, Location inner) throws IOException;

  /// Whether a file of a model's folder holds what is the model's own: it does not where it is a
  /// link that leads out of the folder.
  default boolean isOwn(Location folder, Location file) throws IOException {
    return true;
  }

  /// Why nothing can be made at a location whoever asks, in words; empty if something can.
  ///
  /// @throws IOException if who asks may not write there, where that is known before
  Optional<String> obstacle(Location location) throws IOException;

  /// The bytes that there is room for at a location, where that is known. What a killed run has
  /// left there is removed if less than `wanted` would be free.
  OptionalLong room(Location location, boolean folder, long wanted) throws IOException;

  /// Begins an output, and clears away what a killed run to the same location has left.
  ///
  /// @param folder whether it is a folder of files, not one file
  /// @throws RequestException if nothing can be written there, or another run is writing this
  ///   output at the moment
  Draft draft(Location location, boolean folder) throws IOException;

  /// A file in the making that another JVM has begun, which alone finishes or abandons it.
  ///
  /// @param file as [Sink#shared] has told it
  /// @throws IOException if it is no longer in the making
  default Sink join(Location file) throws IOException {
    throw new RequestException(file, "files there are written by one process alone")
        .withRemedy("choose another output for a cluster");
  }

  /// What lies at a location.
  enum Kind {
    /// Bytes.
    FILE,
    /// Files and folders.
    FOLDER,
    /// Something else, such as a device.
    SPECIAL,
    /// Nothing, or a link to nothing.
    ABSENT
  }

  /// What lies in a folder.
  ///
  /// @param name without the folder's
  /// @param size in bytes, of a file
  /// @param link whether it only leads to what lies elsewhere
  record Entry(String name, Kind kind, long size, boolean link) {}
}
