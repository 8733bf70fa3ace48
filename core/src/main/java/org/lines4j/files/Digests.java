package org.lines4j.files;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// SHA-256, in hexadecimal.
public final class Digests {
  private Digests() {}

  /// Of a text, as UTF-8.
  public static String sha256(String text) {
    return sha256(text.getBytes(StandardCharsets.UTF_8));
  }

  /// Of bytes.
  public static String sha256(byte[] bytes) {
    return hex(newSha256().digest(bytes));
  }

  /// For what comes in pieces: see [#hex].
  public static MessageDigest newSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /// Two digits a byte, lower case.
  public static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}
