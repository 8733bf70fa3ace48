package org.lines4j.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.lines4j.Edit;
import org.lines4j.Version;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.IVersionProvider;

/// The command line, started by the launcher `lines`.
@Command(
    name = "lines",
    header = "Edits and merges fine-tuned models by depth (LiNeS, arXiv 2410.17146).",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Versions.class,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      EditCommand.class,
      InspectCommand.class,
      DiffCommand.class,
      HelpCommand.class,
      AutoComplete.GenerateCompletion.class
    })
public final class Main {
  Main() {}

  /// Runs and exits with the command's code.
  public static void main(String[] args) {
    if (args.length > 0 && args[0].equals("edit")) {
      Thread.ofPlatform().daemon().start(Main::prepare);
    }
    PrintWriter out = new PrintWriter(System.out, false, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    int code = run(args, out, err);
    out.flush();
    System.exit(code);
  }

  /// Uses the second processor while the command line is read.
  private static void prepare() {
    VectorModule.resolve();
    Edit.prepare();
  }

  /// Runs one command line and returns its exit code: 0 done, 1 the work failed, 2 the command line
  /// is wrong, 3 an input is malformed or the inputs do not fit together.
  static int run(String[] args, PrintWriter out, PrintWriter err) {
    Failures failures = new Failures(Arrays.asList(args).contains("--debug"));
    return new CommandLine(new Main())
        .setOut(out)
        .setErr(err)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(failures)
        .setParameterExceptionHandler(failures)
        .execute(args);
  }

  static final class Versions implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {"lines " + Version.current()};
    }
  }
}
