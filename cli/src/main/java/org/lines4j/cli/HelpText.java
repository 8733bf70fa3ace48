package org.lines4j.cli;

import java.util.List;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/// picocli's help, the lines of a description one below the other.
final class HelpText extends Help {
  HelpText(CommandSpec spec, ColorScheme colours) {
    super(spec, colours);
  }

  @Override
  public Layout createDefaultLayout(
      List<OptionSpec> options, List<PositionalParamSpec> parameters, ColorScheme colours) {
    Layout layout = super.createDefaultLayout(options, parameters, colours);
    layout.textTable().indentWrappedLines = 0;
    return layout;
  }
}
