package org.lines4j.lab.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// What every task renders with every shift, to the last bit.
///
/// `main` writes the file that `ImageTasksTest` compares with. Whoever runs it gives up all results
/// that were measured on the images before:
///
///     ./mvnw -q -pl lab -am test-compile
///     java -cp lab/target/test-classes:lab/target/classes:core/target/classes \
///         org.lines4j.lab.image.Checksums lab/src/test/resources/org/lines4j/lab/image/checksums.txt
final class Checksums {
  private static final long SEED = 20260101;

  private Checksums() {}

  /// Writes the lines to the file named first.
  public static void main(String[] arguments) throws IOException {
    Files.write(Path.of(arguments[0]), lines());
  }

  /// Task, shift, checksum of three images of each class: the first 64 bits of SHA-256 over labels
  /// and pixels, big-endian.
  static List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (ImageTask task : ImageTasks.all()) {
      for (Shift shift : Shift.values()) {
        Images images = task.render(SEED, Split.TEST, shift, 0, 3 * task.classes().size());
        lines.add("%s %s %s".formatted(task.name(), shift, checksum(images)));
      }
    }
    return lines;
  }

  private static String checksum(Images images) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * (images.labels().length + images.pixels().length));
    bytes.asIntBuffer().put(images.labels());
    bytes.position(4 * images.labels().length);
    bytes.asFloatBuffer().put(images.pixels());
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes.array());
      return HexFormat.of().formatHex(hash, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
