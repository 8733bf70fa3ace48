package org.lines4j.recipe;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.lines4j.plan.Plan;
import org.lines4j.plan.PlanRunner;
import org.lines4j.run.Desk;
import org.lines4j.run.Partial;
import org.lines4j.run.Pass;
import org.lines4j.storage.Sink;

/// A JVM that does units of passes for another one. It plans by itself what was asked for. For each
/// pass it reads a line: the files of the pass, of the units' numbers and of what comes of them.
final class UnitsProcess {
  private UnitsProcess() {}

  /// A file that another JVM has begun.
  private record Begun(FileChannel channel) implements Sink {
    @Override
    public void write(MemorySegment bytes, long position) throws IOException {
      ByteBuffer buffer = bytes.asByteBuffer();
      long at = position;
      while (buffer.hasRemaining()) {
        at += channel.write(buffer, at);
      }
    }

    @Override
    public void sync() throws IOException {
      channel.force(true);
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  public static void main(String[] words) throws IOException {
    PlanRequest request = PlanRequest.of(words);
    try (PlanRequest.Planned planned = request.plan();
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String[] files = line.split("\t");
        List<Sink> sinks = new ArrayList<>();
        Pass<?> pass =
            PlanRunner.local()
                .pass(
                    planned.plan(),
                    new DataInputStream(
                        new ByteArrayInputStream(Files.readAllBytes(Path.of(files[0])))),
                    (name, _) -> {
                      sinks.add(begun(planned.plan(), name));
                      return sinks.getLast();
                    });
        List<Integer> units =
            Files.readAllLines(Path.of(files[1])).stream().map(Integer::valueOf).toList();
        run(pass, units, Path.of(files[2]));
        for (Sink sink : sinks) {
          sink.close();
        }
        System.out.println("done");
      }
    }
  }

  private static <R extends Partial<R>> void run(Pass<R> pass, List<Integer> units, Path result)
      throws IOException {
    R partial = pass.nothing();
    try (Arena arena = Arena.ofConfined()) {
      Desk<R> desk = pass.desk(arena);
      for (int unit : units) {
        desk.run(unit, partial);
      }
    }
    try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(result))) {
      partial.writeTo(out);
    }
  }

  /// It lies beside the output's place until all is done.
  private static Sink begun(Plan plan, String name) throws IOException {
    Path out = plan.out().path();
    Path draft = out.resolveSibling("." + plan.out().name() + ".lines-partial").resolve("new");
    Path file = Files.isDirectory(draft) ? draft.resolve(name) : draft;
    return new Begun(FileChannel.open(file, StandardOpenOption.WRITE));
  }
}
