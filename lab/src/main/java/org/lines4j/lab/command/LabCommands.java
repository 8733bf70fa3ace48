package org.lines4j.lab.command;

import java.util.List;
import org.lines4j.cli.MoreCommands;

/// The commands that need PyTorch.
public final class LabCommands implements MoreCommands {
  /// For `ServiceLoader`.
  public LabCommands() {}

  @Override
  public List<Object> commands() {
    return List.of(new DemoCommand(), new LabCommand());
  }
}
