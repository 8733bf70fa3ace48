package org.lines4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// What the launcher runs once after a build, so that the JVM's AOT cache holds the classes of the
/// light commands.
final class AotTraining {
  private static final String HEADER =
      """
      {"__metadata__":{"format":"pt"},\
      "model.layers.0.w":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},\
      "model.layers.1.w":{"dtype":"F32","shape":[1,2],"data_offsets":[8,16]}}\
      """;

  private AotTraining() {}

  /// Runs light commands and shows nothing.
  public static void main(String[] args) throws IOException {
    Path file = Files.createTempFile("lines", ".safetensors");
    Path out = file.resolveSibling(file.getFileName() + ".out.safetensors");
    String[] edit = {"edit", "--base", "", "--tuned", "", "--out", out.toString()};
    edit[2] = file.toString();
    edit[4] = file.toString();
    try {
      byte[] header = HEADER.getBytes(StandardCharsets.UTF_8);
      ByteBuffer bytes =
          ByteBuffer.allocate(Long.BYTES + header.length + 16).order(ByteOrder.LITTLE_ENDIAN);
      Files.write(file, bytes.putLong(header.length).put(header).array());
      run("--version");
      run("help");
      run("help", "inspect");
      run("inspect", "--quiet", file.toString());
      run("inspect", "--json", file.toString());
      run(edit);
    } finally {
      Files.delete(file);
      Files.deleteIfExists(out);
    }
  }

  private static void run(String... args) {
    PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
    int code = Main.run(args, nowhere, nowhere);
    if (code != 0) {
      throw new IllegalStateException(String.join(" ", args) + " exited with " + code);
    }
  }
}
