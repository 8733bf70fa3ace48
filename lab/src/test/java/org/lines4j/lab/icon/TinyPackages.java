package org.lines4j.lab.icon;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/// Archives as npm makes them.
final class TinyPackages {
  private static final int BLOCK = 512;

  private TinyPackages() {}

  /// A compressed tar of files.
  static byte[] archive(Map<String, byte[]> files) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        byte[] header = new byte[BLOCK];
        put(header, 0, file.getKey());
        put(header, 124, "%011o".formatted(file.getValue().length));
        put(header, 257, "ustar");
        out.write(header);
        out.write(Arrays.copyOf(file.getValue(), (file.getValue().length + BLOCK - 1) & -BLOCK));
      }
      out.write(new byte[2 * BLOCK]);
    }
    return bytes.toByteArray();
  }

  private static void put(byte[] header, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(bytes, 0, header, at, bytes.length);
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /// What pins such an archive.
  static NpmPackage pin(String name, byte[] archive) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-512").digest(archive);
      return new NpmPackage(
          name, "1.0.0", archive.length, Base64.getEncoder().encodeToString(hash), "MIT");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
