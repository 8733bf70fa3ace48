package org.lines4j.recipe;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.lines4j.Edit;
import org.lines4j.run.Partial;
import org.lines4j.run.Pass;
import org.lines4j.run.Runner;
import org.snakeyaml.engine.v2.api.Load;

/// Has JVMs of their own carry out the units of passes, in no order, each some of them.
final class OtherProcesses implements Runner, Closeable {
  private static final int PROCESSES = 2;

  private final Path folder;
  private final List<Process> processes = new ArrayList<>();
  private final List<String> passes = new ArrayList<>();
  private final Random random = new Random(9);
  private int files;

  /// @param folder for what goes back and forth
  OtherProcesses(PlanRequest request, Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
    for (int i = 0; i < PROCESSES; i++) {
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(List.of("-Xmx256m", "-XX:TieredStopAtLevel=1", "-cp", classPath()));
      command.add(UnitsProcess.class.getName());
      command.addAll(request.words());
      processes.add(
          new ProcessBuilder(command)
              .redirectError(folder.resolve("errors-" + i).toFile())
              .start());
    }
  }

  private static String classPath() throws IOException {
    try {
      return Stream.of(
              Edit.class,
              RecipeFile.class,
              UnitsProcess.class,
              Class.forName("tools.jackson.core.json.JsonFactory"),
              Load.class)
          .flatMap(OtherProcesses::places)
          .distinct()
          .collect(Collectors.joining(File.pathSeparator));
    } catch (ClassNotFoundException e) {
      throw new IOException(e);
    }
  }

  private static Stream<String> places(Class<?> type) {
    // Patched into one module, main and test classes report the same source: the folders beside it.
    Path source = Path.of(type.getProtectionDomain().getCodeSource().getLocation().getPath());
    return Files.isDirectory(source)
        ? Stream.of("classes", "test-classes").map(name -> source.resolveSibling(name).toString())
        : Stream.of(source.toString());
  }

  /// The titles of the passes that were carried out.
  List<String> passes() {
    return List.copyOf(passes);
  }

  @Override
  public <R extends Partial<R>> R run(Pass<R> pass) throws IOException {
    passes.add(pass.title());
    Path written = next();
    try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(written))) {
      pass.writeTo(out);
    }
    List<Integer> units = new ArrayList<>(IntStream.range(0, pass.units()).boxed().toList());
    Collections.shuffle(units, random);
    List<Path> results = new ArrayList<>();
    for (int i = 0; i < PROCESSES; i++) {
      results.add(begin(i, written, share(units, i)));
    }
    Collections.reverse(results);
    R total = pass.nothing();
    for (int i = 0; i < PROCESSES; i++) {
      await(i);
    }
    for (Path result : results) {
      R partial = pass.nothing();
      try (DataInputStream in = new DataInputStream(Files.newInputStream(result))) {
        partial.readFrom(in);
      }
      total.add(partial);
    }
    return total;
  }

  private static List<Integer> share(List<Integer> units, int process) {
    int from = units.size() * process / PROCESSES;
    return units.subList(from, units.size() * (process + 1) / PROCESSES);
  }

  private Path begin(int process, Path pass, List<Integer> units) throws IOException {
    Path numbers = next();
    Path result = next();
    Files.write(numbers, units.stream().map(String::valueOf).toList());
    Writer line = processes.get(process).outputWriter(StandardCharsets.UTF_8);
    line.write("%s\t%s\t%s%n".formatted(pass, numbers, result));
    line.flush();
    return result;
  }

  private void await(int process) throws IOException {
    BufferedReader answers = processes.get(process).inputReader(StandardCharsets.UTF_8);
    String answer = answers.readLine();
    if (!"done".equals(answer)) {
      throw new IOException(Files.readString(folder.resolve("errors-" + process)));
    }
  }

  private Path next() {
    return folder.resolve("part-" + files++);
  }

  @Override
  public void close() {
    processes.forEach(Process::destroy);
  }
}
