package org.lines4j.dist.site;

import java.util.Arrays;
import java.util.List;
import picocli.CommandLine.Help.Ansi;

/// What the command line says of itself, for those who show it elsewhere.
public final class HelpLines {
  private HelpLines() {}

  /// What picocli makes of its formats and colours, without colours.
  public static List<String> plain(String[] lines) {
    return Arrays.stream(lines)
        .flatMap(line -> Ansi.OFF.string(line.replace("%n", "\n").replace("%%", "%")).lines())
        .toList();
  }
}
