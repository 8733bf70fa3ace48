package org.lines4j.hub.cache;

import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The files of one commit.
///
/// @param files by name, with `/` before what lies in a subfolder
public record Tree(Map<String, Entry> files) {
  /// More than any model has.
  public static final int MOST = 200_000;

  /// Sorts the files.
  public Tree {
    files = Collections.unmodifiableMap(new TreeMap<>(files));
  }

  /// A file.
  ///
  /// @param size in bytes
  /// @param blobId git's: SHA-1 of `blob SIZE`, a zero byte, and the content (of a large file: of
  ///   the text that stands for it)
  /// @param sha256 of the content of a large file; empty for others
  /// @param xetHash by which a chunk store knows it; empty for most
  public record Entry(long size, String blobId, Optional<String> sha256, Optional<String> xetHash) {
    /// @throws IllegalArgumentException if a hash is none, or the size is negative
    public Entry {
      if (size < 0) {
        throw new IllegalArgumentException("a size of " + size);
      }
      check(blobId, 40);
      sha256.ifPresent(hash -> check(hash, 64));
    }

    private static void check(String hash, int digits) {
      if (hash.length() != digits || !hash.chars().allMatch(Entry::isDigit)) {
        throw new IllegalArgumentException("no hash of %d digits".formatted(digits));
      }
    }

    private static boolean isDigit(int c) {
      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    }

    /// What the file is called among the blobs of a cache.
    public String etag() {
      return sha256.orElse(blobId);
    }
  }

  /// Whether a name is a file's in a folder, and nothing else: no way out, no control character.
  public static boolean isName(String name) {
    for (String part : name.split("/", -1)) {
      if (part.isEmpty() || part.equals(".") || part.equals("..")) {
        return false;
      }
    }
    return name.length() <= 1000
        && name.chars().noneMatch(c -> c < ' ' || c == 127 || c == '\\')
        && (java.io.File.separatorChar == '/' || name.indexOf(':') < 0);
  }
}
