package org.lines4j.cli;

import org.lines4j.error.Option;

/// What the command line calls the options that messages of the library speak of.
final class OptionNames {
  private OptionNames() {}

  static String of(Option option) {
    return switch (option) {
      case FORCE -> "--force";
      case MISMATCH -> "--on-mismatch";
      case LAYERS -> "--layers";
      case RULES -> "--rules";
      case STACKLESS -> "--outside";
      case RENAMES -> "--rename";
      case ONLY -> "--only";
      case SKIP -> "--skip";
      case DTYPE -> "--dtype";
      case OBJECTIVE -> "--objective";
      case OUT -> "--out";
      case STREAMING -> "--no-cache";
    };
  }
}
