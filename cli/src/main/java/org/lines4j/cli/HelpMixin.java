package org.lines4j.cli;

import picocli.CommandLine.Option;

/// `--help`, which every command has.
public final class HelpMixin {
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  @SuppressWarnings("UnusedVariable") // read by picocli
  private boolean help;

  /// For picocli.
  public HelpMixin() {}
}
