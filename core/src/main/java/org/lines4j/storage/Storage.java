package org.lines4j.storage;

import java.io.IOException;
import java.util.List;

/// A kind of place where files lie, such as this machine's disks. Found by `ServiceLoader`, so a
/// jar of your own can add one.
///
/// Names in a listing are those of one folder, without subfolders' content. Any thread may use it.
public interface Storage {
  /// The scheme of the locations that it reaches, such as `file` or `s3`.
  String scheme();

  /// What lies there.
  Kind kind(Location location) throws IOException;

  /// What lies in a folder, by name.
  List<Entry> list(Location folder) throws IOException;

  /// Opens a file.
  ///
  /// @throws IOException if there is none, or it may not be read
  ByteSource open(Location file) throws IOException;

  /// The same place by the one name that it has, whatever links and relative parts lead there: what
  /// tells whether two locations are one. It must exist.
  Location real(Location location) throws IOException;

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
  record Entry(String name, Kind kind, long size) {}
}
