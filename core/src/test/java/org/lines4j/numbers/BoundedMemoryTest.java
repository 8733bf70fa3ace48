package org.lines4j.numbers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Memory does not grow with the model: SPEC §5 allows 512 MB at any size.
class BoundedMemoryTest {
  private static final int BLOCKS = 6;
  private static final long COLUMNS = 1 << 16;
  private static final long ROWS = 1000;
  private static final long TENSOR_BYTES = ROWS * COLUMNS * 2;
  private static final long NEEDED = 2L << 30;
  private static final int MOST_KIB = 512_000;

  /// Whatever is asked for: threads that would take 64 × 16 MiB of buffers.
  @Test
  void aPairOfOneAndAHalfGigabytesIsEditedIn64MegabytesOfHeap(@TempDir Path folder)
      throws IOException, InterruptedException {
    long free = Files.getFileStore(folder).getUsableSpace();
    if (free < NEEDED) {
      String message =
          "NOT CHECKED: the bound on memory; %s has %,d bytes free".formatted(folder, free);
      System.out.println(message);
      abort(message);
    }
    Path base = sparse(folder.resolve("base.safetensors"));
    Path tuned = sparse(folder.resolve("tuned.safetensors"));
    Path out = folder.resolve("out-0.safetensors");
    try {
      ChildJvm child =
          ChildJvm.run(
              folder,
              List.of(
                  "-Xmx64m", "-XX:MaxDirectMemorySize=16m", "--add-modules=jdk.incubator.vector"),
              ChildEdit.class,
              base.toString(),
              tuned.toString(),
              folder.toString(),
              "1",
              "64",
              String.valueOf(16 << 20));
      assertEquals(0, child.exitCode(), child.errors());
      assertEquals(Files.size(base) / 1000, Files.size(out) / 1000);
      Matcher peak = Pattern.compile("VmHWM:\\s+(\\d+) kB").matcher(child.output());
      if (!peak.find()) {
        abort("peak memory is only known on Linux");
      }
      int kib = Integer.parseInt(peak.group(1));
      System.out.println("peak resident memory of the edit: " + kib + " KiB");
      assertTrue(kib < MOST_KIB, kib + " KiB");
    } finally {
      Files.deleteIfExists(out);
    }
  }

  /// A model of zeros that takes no room on the disk.
  private static Path sparse(Path file) throws IOException {
    StringBuilder json = new StringBuilder("{");
    for (int i = 0; i < BLOCKS; i++) {
      json.append(i == 0 ? "" : ",")
          .append(
              "\"blocks.%d.weight\":{\"dtype\":\"BF16\",\"shape\":[%d,%d],\"data_offsets\":[%d,%d]}"
                  .formatted(i, ROWS, COLUMNS, i * TENSOR_BYTES, (i + 1) * TENSOR_BYTES));
    }
    byte[] header = json.append('}').toString().getBytes(StandardCharsets.UTF_8);
    try (RandomAccessFile writer = new RandomAccessFile(file.toFile(), "rw")) {
      writer.write(
          ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(header.length).array());
      writer.write(header);
      writer.setLength(8 + header.length + BLOCKS * TENSOR_BYTES);
    }
    return file;
  }
}
