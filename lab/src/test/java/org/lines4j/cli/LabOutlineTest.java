package org.lines4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/// What completes the lab's commands where the lab is not there.
class LabOutlineTest {
  @ParameterizedTest
  @ValueSource(strings = {"demo", "lab"})
  void itHasTheCommandsAndOptionsOfTheLab(String name) {
    CommandLine outline = new CommandLine(CommandSpec.create().name("lines"));
    LabOutline.addTo(outline);
    assertEquals(options(name, Main.commandLine()), options(name, outline));
  }

  private static SortedMap<String, SortedSet<String>> options(String name, CommandLine line) {
    SortedMap<String, SortedSet<String>> options = new TreeMap<>();
    collect(name, Objects.requireNonNull(line.getSubcommands().get(name), name), options);
    return options;
  }

  private static void collect(
      String path, CommandLine command, Map<String, SortedSet<String>> options) {
    options.put(path, new TreeSet<>(command.getCommandSpec().optionsMap().keySet()));
    command.getSubcommands().forEach((name, part) -> collect(path + " " + name, part, options));
  }
}
