package org.lines4j.cli;

import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LauncherOptionsTest {
  private static final Path OPTIONS = Path.of("src", "main", "launcher", "heavy.options");
  private static final Path KERNELS =
      Path.of("..", "core", "src", "main", "java", "org", "lines4j", "internal", "kernel");
  private static final Pattern COMPILED_AT_ONCE =
      Pattern.compile(
          "CompileThresholdScaling,org\\.lines4j\\.internal\\.kernel\\.(\\w+)::(?:\\*|carried),0\\.001");

  @Test
  void everyKernelIsCompiledAtOnce() throws IOException {
    Set<String> named =
        COMPILED_AT_ONCE
            .matcher(Files.readString(OPTIONS))
            .results()
            .map(result -> result.group(1))
            .collect(toSet());
    assertEquals(classes(), named);
  }

  private static Set<String> classes() throws IOException {
    try (Stream<Path> files = Files.list(KERNELS)) {
      return files
          .map(file -> String.valueOf(file.getFileName()).replace(".java", ""))
          .filter(name -> !"package-info".equals(name))
          .filter(name -> !"PlainLoops".equals(name)) // calls them, once
          .collect(toSet());
    }
  }
}
