package org.lines4j.storage;

import java.time.Instant;
import java.util.Optional;

/// What tells whether a file was written to or replaced.
///
/// @param state equal as long as the file holds what it held: size and time of modification, or an
///   ETag
/// @param identity by which what is known of the file's content may be remembered between runs, and
///   since when it has not changed; empty where that would not be safe
public record Stamp(String state, Optional<Identity> identity) {
  /// What a file can be known by, on this machine and for good.
  ///
  /// @param text never the same for two contents
  /// @param since when the file last changed, by the storage's clock
  public record Identity(String text, Instant since) {}
}
