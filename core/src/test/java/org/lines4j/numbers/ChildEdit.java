package org.lines4j.numbers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.lines4j.Edit;
import org.lines4j.format.Checkpoint;
import org.lines4j.internal.kernel.KernelChoice;
import org.lines4j.plan.RunOptions;

/// The program of a child JVM: edits a pair of models and says how.
///
/// Arguments: base, tuned, folder for the outputs, how often, threads, bytes of a chunk.
final class ChildEdit {
  private ChildEdit() {}

  public static void main(String[] arguments) throws IOException {
    for (int i = 0; i < Integer.parseInt(arguments[3]); i++) {
      try (Checkpoint base = Checkpoint.open(Path.of(arguments[0]));
          Checkpoint tuned = Checkpoint.open(Path.of(arguments[1]))) {
        Path out = Path.of(arguments[2], "out-" + i + ".safetensors");
        Edit.of(base, tuned)
            .plan(out)
            .run(
                RunOptions.defaults()
                    .withThreads(Integer.parseInt(arguments[4]))
                    .withChunkBytes(Integer.parseInt(arguments[5])));
      }
    }
    System.out.println("kernels: " + KernelChoice.kernels().name());
    Path status = Path.of("/proc/self/status");
    if (Files.exists(status)) {
      Files.readAllLines(status).stream()
          .filter(line -> line.startsWith("VmHWM"))
          .forEach(System.out::println);
    }
  }
}
