package org.lines4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The command line runs on the class path, where module descriptors count for nothing: what a
/// module provides must stand in `META-INF/services`, too.
class ServicesTest {
  private static final Pattern PROVIDES =
      Pattern.compile("provides\\s+([\\w.]+)\\s+with\\s+([^;]+);");

  static List<Path> modules() throws IOException {
    try (Stream<Path> folders = Files.list(Path.of(".."))) {
      return folders
          .filter(folder -> Files.exists(folder.resolve("src/main/java/module-info.java")))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("modules")
  void whatAModuleProvidesIsFoundOnTheClassPathToo(Path module) throws IOException {
    assertEquals(onTheModulePath(module), onTheClassPath(module));
  }

  @Test
  void thereAreModules() throws IOException {
    assertFalse(modules().isEmpty());
  }

  private static Map<String, Set<String>> onTheModulePath(Path module) throws IOException {
    String text =
        Files.readString(module.resolve("src/main/java/module-info.java")).replaceAll("//.*", "");
    Map<String, Set<String>> services = new TreeMap<>();
    for (MatchResult found : PROVIDES.matcher(text).results().toList()) {
      services.put(
          found.group(1),
          new TreeSet<>(Arrays.stream(found.group(2).split(",")).map(String::strip).toList()));
    }
    return services;
  }

  private static Map<String, Set<String>> onTheClassPath(Path module) throws IOException {
    Map<String, Set<String>> services = new TreeMap<>();
    Path folder = module.resolve("src/main/resources/META-INF/services");
    if (!Files.isDirectory(folder)) {
      return services;
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        services.put(
            file.getFileName().toString(),
            new TreeSet<>(
                Files.readAllLines(file).stream()
                    .map(line -> line.strip().replace('$', '.'))
                    .filter(line -> !line.isEmpty())
                    .toList()));
      }
    }
    return services;
  }
}
