package org.lines4j.numbers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.lines4j.Edit;
import tools.jackson.core.json.JsonFactory;

/// Runs a class of the tests in a JVM of its own, everything on the class path.
record ChildJvm(int exitCode, String output, String errors) {
  static ChildJvm run(Path folder, List<String> options, Class<?> main, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("-cp", classPath(), main.getName()));
    command.addAll(List.of(arguments));
    Path output = folder.resolve("stdout");
    Path errors = folder.resolve("stderr");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(output.toFile())
            .redirectError(errors.toFile())
            .start();
    int exitCode = process.waitFor();
    return new ChildJvm(exitCode, text(output), text(errors));
  }

  private static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
  }

  /// The main classes, the test classes, and the one library that the core needs.
  private static String classPath() {
    return Stream.of(Edit.class, ChildJvm.class, JsonFactory.class)
        .flatMap(ChildJvm::places)
        .distinct()
        .collect(Collectors.joining(java.io.File.pathSeparator));
  }

  private static Stream<String> places(Class<?> type) {
    // Patched into one module, main and test classes report the same source: the folders beside it.
    Path source = Path.of(type.getProtectionDomain().getCodeSource().getLocation().getPath());
    return Files.isDirectory(source)
        ? Stream.of("classes", "test-classes").map(name -> source.resolveSibling(name).toString())
        : Stream.of(source.toString());
  }
}
