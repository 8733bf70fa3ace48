package org.lines4j.storage;

import java.io.Closeable;
import java.io.IOException;

/// An output in the making: one file, or a folder of files, that appears at its location when it is
/// complete and not before. Closed without [#publish], it leaves what was there as it was.
public interface Draft extends Closeable {
  /// Begins a file of so many bytes, in place of one that was begun under that name before.
  ///
  /// @param name within the folder, with `/` before what lies in a subfolder; whatever it is where
  ///   the output is one file
  /// @throws IllegalArgumentException if the name leads out of the folder
  Sink create(String name, long size) throws IOException;

  /// Makes a small file, which then stays whatever happens to the machine.
  void write(String name, byte[] content) throws IOException;

  /// Makes a copy of a file, which then stays whatever happens to the machine.
  void copy(String name, ByteSource content) throws IOException;

  /// Moves everything into place, over what is there, in one step.
  void publish() throws IOException;

  /// Checks the name of a file within an output folder, which may come from a model of a stranger.
  ///
  /// @return the name
  /// @throws IllegalArgumentException if it is empty, begins or ends with `/`, or has a part that
  ///   is empty, `.` or `..`
  static String checkName(String name) {
    for (String part : name.split("/", -1)) {
      if (part.isEmpty() || part.equals(".") || part.equals("..")) {
        throw new IllegalArgumentException(
            "an output's file should lie in its folder, found the name '%s'".formatted(name));
      }
    }
    return name;
  }
}
