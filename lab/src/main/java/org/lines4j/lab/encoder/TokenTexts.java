package org.lines4j.lab.encoder;

import java.security.MessageDigest;
import java.util.List;
import org.lines4j.files.Digests;

/// Texts as numbers of tokens, and what each is.
///
/// @param tokens of each text
/// @param labels the class of each, by number
@SuppressWarnings("ArrayRecordComponent") // never compared
public record TokenTexts(List<int[]> tokens, int[] labels) {
  /// Copies the list.
  public TokenTexts {
    tokens = List.copyOf(tokens);
  }

  /// How many there are.
  public int count() {
    return labels.length;
  }

  /// What tells them from others.
  String sha256() {
    MessageDigest digest = Digests.newSha256();
    for (int i = 0; i < labels.length; i++) {
      for (int token : tokens.get(i)) {
        put(digest, token);
      }
      put(digest, -1 - labels[i]);
    }
    return Digests.hex(digest.digest());
  }

  private static void put(MessageDigest digest, int number) {
    for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
      digest.update((byte) (number >>> shift));
    }
  }
}
