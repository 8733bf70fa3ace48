package org.lines4j.recipe;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.lines4j.plan.PlanRunner;
import org.lines4j.plan.SharedPass;

/// A JVM that does units of passes for another one. It plans by itself what was asked for. For each
/// pass it reads a line: the files of the pass, of the units' numbers and of what comes of them.
final class UnitsProcess {
  private UnitsProcess() {}

  public static void main(String[] words) throws IOException {
    PlanRequest request = PlanRequest.of(words).elsewhere();
    try (PlanRequest.Planned planned = request.plan();
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] files = line.split("\t", -1);
        byte[] written = Files.readAllBytes(Path.of(files[0]));
        int[] units =
            Files.readAllLines(Path.of(files[1])).stream().mapToInt(Integer::parseInt).toArray();
        try (SharedPass<?> pass =
            PlanRunner.local()
                .pass(planned.plan(), new DataInputStream(new ByteArrayInputStream(written)))) {
          Files.write(Path.of(files[2]), pass.run(units, () -> false));
        }
        System.out.println("done");
      }
    }
  }
}
