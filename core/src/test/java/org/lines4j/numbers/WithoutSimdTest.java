package org.lines4j.numbers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.lines4j.tensor.DType;

/// The SIMD module is an incubator module: a JVM has it only when told to.
class WithoutSimdTest {
  private static ModelFile model(long seed) {
    ModelFile model = new ModelFile();
    for (int i = 0; i < 4; i++) {
      for (DType type : List.of(DType.F32, DType.BF16, DType.F16, DType.F64, DType.F8_E4M3)) {
        model.random("blocks.%d.%s".formatted(i, type), type, seed, 9_999);
      }
    }
    return model;
  }

  @Test
  void anEditWithoutTheSimdModuleGivesTheSameBytesAndSaysSoOnce(@TempDir Path folder)
      throws IOException, InterruptedException {
    Path base = model(1).write(folder.resolve("base.safetensors"));
    Path tuned = model(2).write(folder.resolve("tuned.safetensors"));
    String[] arguments = {base.toString(), tuned.toString(), folder.toString(), "2", "2", "65536"};
    ChildJvm without = ChildJvm.run(folder, List.of(), ChildEdit.class, arguments);
    assertEquals(0, without.exitCode(), without.errors());
    assertTrue(without.output().contains("kernels: scalar"), without.output());
    assertEquals(1, count(without.errors(), "Running without SIMD"), without.errors());
    assertEquals(1, count(without.errors(), "--add-modules jdk.incubator.vector"));

    Path other = Files.createDirectory(folder.resolve("with"));
    arguments[2] = other.toString();
    ChildJvm with =
        ChildJvm.run(
            folder, List.of("--add-modules=jdk.incubator.vector"), ChildEdit.class, arguments);
    assertEquals(0, with.exitCode(), with.errors());
    assertTrue(with.output().contains("kernels: vector"), with.output());
    assertEquals(0, count(with.errors(), "Running without SIMD"), with.errors());
    for (String name : List.of("out-0.safetensors", "out-1.safetensors")) {
      assertEquals(-1, Files.mismatch(folder.resolve(name), other.resolve(name)));
    }
  }

  @Test
  void aWidthThatTheKernelsDoNotKnowIsNotTakenForAMissingModule(@TempDir Path folder)
      throws IOException, InterruptedException {
    String model = model(1).write(folder.resolve("base.safetensors")).toString();
    ChildJvm wide =
        ChildJvm.run(
            folder,
            List.of("--add-modules=jdk.incubator.vector", "-Dlines4j.vectorBits=100"),
            ChildEdit.class,
            model,
            model,
            folder.toString(),
            "1",
            "1",
            "65536");
    assertEquals(0, wide.exitCode(), wide.errors());
    assertTrue(wide.output().contains("kernels: vector 128 bits"), wide.output());
    assertEquals(0, count(wide.errors(), "Running without SIMD"), wide.errors());
  }

  private static int count(String text, String part) {
    return (text.length() - text.replace(part, "").length()) / part.length();
  }
}
