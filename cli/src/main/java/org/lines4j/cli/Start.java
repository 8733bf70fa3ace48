package org.lines4j.cli;

import org.lines4j.error.Version;

/// Where the JVM begins: it says the version before anything else of the command line is loaded,
/// for scripts ask for it often.
public final class Start {
  static final String SHORT_VERSION = "-V";
  static final String LONG_VERSION = "--version";

  private Start() {}

  /// Runs and exits with the command's code.
  public static void main(String[] args) {
    if (args.length == 1 && (args[0].equals(SHORT_VERSION) || args[0].equals(LONG_VERSION))) {
      System.out.println(version());
      if (!System.out.checkError()) {
        System.exit(0);
      } // else Main fails in the same way, and says how
    }
    Main.main(args);
  }

  static String version() {
    return "lines " + Version.current();
  }
}
