package org.lines4j.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.lines4j.Edit;
import org.lines4j.Merge;
import org.lines4j.storage.Location;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.Spec;

/// The command line, which the launcher `lines` starts by way of [Start].
@Command(
    name = "lines",
    header = "Edit and merge fine-tuned models by depth (LiNeS, arXiv 2410.17146).",
    customSynopsis = "lines COMMAND [OPTIONS]",
    versionProvider = Main.Versions.class,
    footer = {
      "%n'lines help COMMAND' explains a command. 'lines demo', a good start, edits and",
      "merges adapters on a public model, and measures it; 'lines lab' trains such",
      "models. These two fetch PyTorch (115 MB), model and texts (120 MB) at first.",
      "Exit codes: 0 done; 1 the work failed; 2 the command line is wrong; 3 an input",
      "is malformed, or inputs do not fit together."
    })
@SuppressWarnings("NullAway.Init") // picocli sets the spec
public final class Main implements Callable<Integer> {
  private static final int WRONG_COMMAND = 2;

  /// Commands that know of no other, in the order that help lists them. Learning of a command takes
  /// picocli a while, so a run that names one of these learns of that one alone.
  private static final Map<String, Class<?>> COMMANDS = new LinkedHashMap<>();

  static {
    COMMANDS.put("edit", EditCommand.class);
    COMMANDS.put("merge", MergeCommand.class);
    COMMANDS.put("methods", MethodsCommand.class);
    COMMANDS.put("inspect", InspectCommand.class);
    COMMANDS.put("diff", DiffCommand.class);
    COMMANDS.put("check", CheckCommand.class);
    COMMANDS.put("convert", ConvertCommand.class);
    COMMANDS.put("extract", ExtractCommand.class);
    COMMANDS.put("tune", TuneCommand.class);
    COMMANDS.put("report", ReportCommand.class);
  }

  /// The commands that write models. What uses the second processor while the command line, whose
  /// words it is given, is read.
  private static final Map<String, Consumer<String[]>> PREPARATIONS =
      Map.of("edit", Main::prepareEdit, "merge", _ -> Merge.prepare(), "tune", _ -> Edit.prepare());

  @Spec private CommandSpec spec;

  @Mixin
  @SuppressWarnings("UnusedVariable") // its option is read by picocli
  private HelpMixin help;

  @Option(
      names = {Start.SHORT_VERSION, Start.LONG_VERSION},
      versionHelp = true,
      description = "Show the version and exit.")
  @SuppressWarnings("UnusedVariable") // read by picocli
  private boolean version;

  Main() {}

  /// Runs and exits with the command's code.
  public static void main(String[] args) {
    Consumer<String[]> preparation = args.length > 0 ? PREPARATIONS.get(args[0]) : null;
    if (preparation != null) {
      Thread.ofPlatform()
          .daemon()
          .start(
              () -> {
                boolean _ = VectorModule.resolve();
                preparation.accept(args);
              });
    }
    System.exit(run(args, writer(FileDescriptor.out), writer(FileDescriptor.err)));
  }

  /// System.out would keep it to itself that a disk is full.
  private static Writer writer(FileDescriptor descriptor) {
    return new OutputStreamWriter(
        new BufferedOutputStream(new FileOutputStream(descriptor)), StandardCharsets.UTF_8);
  }

  /// Small models and adapters are edited before the kernels would be ready.
  private static void prepareEdit(String[] args) {
    if (Arrays.stream(args).anyMatch(ModelSize::isLarge)) {
      Edit.prepare();
    }
  }

  /// Runs one command line and returns its exit code: 0 done, 1 the work failed, 2 the command line
  /// is wrong, 3 an input is malformed or the inputs do not fit together.
  public static int run(String[] args, Writer out, Writer err) {
    Locale.setDefault(Locale.Category.FORMAT, Locale.ROOT); // 0.5 is never 0,5
    TerminalWriter shownOut = new TerminalWriter(out);
    PrintWriter printedOut = new PrintWriter(shownOut);
    PrintWriter printedErr = new PrintWriter(new TerminalWriter(err), true);
    Failures failures = new Failures(Arrays.asList(args), printedOut, printedErr);
    int code = execute(args, printedOut, printedErr, failures);
    printedOut.flush();
    printedErr.flush();
    return shownOut.failure().map(failures::handleLostOutput).orElse(code);
  }

  private static int execute(String[] args, PrintWriter out, PrintWriter err, Failures failures) {
    CommandLine line = commandLine(args, Path.of(""));
    line.setOut(out)
        .setErr(err)
        .setExecutionExceptionHandler(failures)
        .setParameterExceptionHandler(failures)
        .setExecutionStrategy(Main::begin)
        .setHelpFactory(HelpText::new)
        .setColorScheme(Help.defaultColorScheme(Help.Ansi.OFF)); // TerminalWriter escapes colours
    arrange(line);
    Optional<Fault> undecoded = Undecoded.in(args);
    if (undecoded.isPresent()) {
      return failures.tell(undecoded.get());
    }
    try {
      return line.execute(args);
    } catch (Error e) {
      return failures.handleError(e);
    }
  }

  private static int begin(ParseResult parsed) {
    for (ParseResult command = parsed; command != null; command = command.subcommand()) {
      WorkMixin.prepare(command.commandSpec());
    }
    return new RunLast().execute(parsed);
  }

  /// What reads a command line.
  ///
  /// @param folder that relative paths start from; the empty path for the working folder
  private static CommandLine commandLine(String[] args, Path folder) {
    CommandLine line = new CommandLine(new Main());
    if (args.length > 0 && COMMANDS.containsKey(args[0])) {
      line.addSubcommand(COMMANDS.get(args[0]));
    } else {
      addAllCommands(line);
    }
    LocationConverter places = new LocationConverter(folder);
    // these go for the subcommands that are there
    return line.setCaseInsensitiveEnumValuesAllowed(true)
        .registerConverter(Path.class, places::path) // whose error tells what is wrong
        .registerConverter(Integer.class, new WholeNumber<>(Integer::valueOf))
        .registerConverter(int.class, new WholeNumber<>(Integer::valueOf))
        .registerConverter(long.class, new WholeNumber<>(Long::valueOf))
        .registerConverter(Long.class, new WholeNumber<>(Long::valueOf))
        .registerConverter(double.class, new NumberConverter())
        .registerConverter(Double.class, new NumberConverter())
        .registerConverter(Location.class, places);
  }

  /// The command that a user gave to another JVM.
  static Again.Command again(Asked asked) {
    Locale.setDefault(Locale.Category.FORMAT, Locale.ROOT);
    String[] words = asked.words().toArray(String[]::new);
    CommandLine line = commandLine(words, Path.of(asked.folder()));
    line.parseArgs(words);
    CommandLine command = line.getSubcommands().get(words[0]);
    boolean _ = VectorModule.resolve();
    if (command != null && command.getCommand() instanceof Again.Command shared) {
      return shared;
    }
    throw new IllegalArgumentException("cannot be shared: " + words[0]);
  }

  /// All commands with their options, to be described: manual pages, completions, the site.
  public static CommandLine commandLine() {
    CommandLine line = new CommandLine(new Main());
    addAllCommands(line);
    arrange(line);
    return line;
  }

  private static void addAllCommands(CommandLine line) {
    COMMANDS.values().forEach(line::addSubcommand);
    line.addSubcommand(HelpCommand.class).addSubcommand(CompletionCommand.class);
    for (MoreCommands more : ServiceLoader.load(MoreCommands.class)) {
      more.commands().forEach(line::addSubcommand);
    }
  }

  /// `lines` alone: what there is, as an error, for nothing was done.
  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return WRONG_COMMAND;
  }

  /// Gives the help of every command the same shape.
  private static void arrange(CommandLine line) {
    UsageMessageSpec usage = line.getCommandSpec().usageMessage();
    usage
        .synopsisHeading("%nUsage: ")
        .parameterListHeading("%nArguments:%n")
        .optionListHeading("%nOptions:%n")
        .commandListHeading("%nCommands:%n")
        .sortOptions(false);
    if (usage.description().length > 0) {
      usage.descriptionHeading("%n");
    }
    line.getSubcommands().values().forEach(Main::arrange);
  }

  /// The names of the commands, for completion.
  static final class Names implements Iterable<String> {
    Names() {}

    @Override
    public Iterator<String> iterator() {
      return Stream.concat(COMMANDS.keySet().stream(), Stream.of("demo", "lab")).iterator();
    }
  }

  static final class Versions implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {Start.version()};
    }
  }
}
