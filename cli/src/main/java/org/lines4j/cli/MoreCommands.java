package org.lines4j.cli;

import java.util.List;

/// Commands that another jar adds to the command line. Found by `ServiceLoader`.
public interface MoreCommands {
  /// Objects that picocli takes for commands.
  List<Object> commands();
}
