package org.lines4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.lines4j.cli.Fault.Kind;
import org.lines4j.error.InputException;
import org.lines4j.error.MethodException;
import org.lines4j.error.NearestName;
import org.lines4j.error.PlaceException;
import org.lines4j.error.Problem;
import org.lines4j.error.RequestException;
import org.lines4j.error.Shown;
import org.lines4j.files.AtExit;
import org.lines4j.storage.Location;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/// Turns what went wrong into one message and an exit code; a stack trace only with `--debug`, a
/// document on standard output, too, with `--json`.
final class Failures implements IExecutionExceptionHandler, IParameterExceptionHandler {
  private final boolean debug;
  private final boolean json;
  private final PrintWriter out;
  private final PrintWriter err;

  Failures(List<String> args, PrintWriter out, PrintWriter err) {
    this.debug = args.contains("--debug");
    this.json = args.contains("--json");
    this.out = out;
    this.err = err;
  }

  @Override
  public int handleExecutionException(Exception failure, CommandLine line, ParseResult result) {
    if (failure instanceof ParameterException e) {
      return handleParseException(e, new String[0]);
    }
    return handle(failure);
  }

  /// Reports what no command line has to do with.
  int handle(Exception failure) {
    trace(failure);
    Fault fault = fault(failure);
    // what is removed as the JVM ends is missed by what still works: that is nobody's fault
    return AtExit.isUnderWay() ? fault.exitCode() : tell(fault);
  }

  private static Fault fault(Exception failure) {
    String message = String.valueOf(failure.getMessage());
    return switch (failure) {
      case RequestException e -> new Fault(Kind.REQUEST, e.problem());
      case InputException e -> new Fault(Kind.INPUT, e.problem());
      case MethodException _ ->
          new Fault(Kind.METHOD, "a merge method failed: " + message + " (--debug shows where)")
              .withRemedy("--debug shows where");
      case InvalidPathException e -> new Fault(Kind.REQUEST, describe(e));
      case UncheckedIOException e -> fault(e.getCause());
      case IOException e -> fault(e);
      default -> new Fault(Kind.DEFECT, defect(failure));
    };
  }

  private static Fault fault(@Nullable IOException failure) {
    if (failure instanceof PlaceException place) {
      return new Fault(Kind.IO, place.problem());
    }
    Fault fault = new Fault(Kind.IO, describe(failure));
    return failure instanceof FileSystemException e && e.getFile() != null
        ? fault.withFile(e.getFile())
        : fault;
  }

  @Override
  public int handleParseException(ParameterException failure, String[] args) {
    CommandLine line = failure.getCommandLine();
    trace(failure);
    if (failure.getCause() instanceof InvalidPathException path) {
      return tell(new Fault(Kind.USAGE, describe(path)));
    }
    // A misspelt option is the better news where a required one is missing, too.
    List<String> unknown =
        failure instanceof UnmatchedArgumentException unmatched
            ? unmatched.getUnmatched()
            : line.getUnmatchedArguments();
    String help = "Try '%s --help'.".formatted(line.getCommandSpec().qualifiedName());
    String message =
        unknown.isEmpty()
            ? lowerCase(failure.getMessage()) + joined(failure)
            : unknown(line, unknown.getFirst());
    Problem problem =
        failure.getCause() instanceof WrongValue wrong ? wrong.problem() : Problem.of(message);
    int code = tell(new Fault(Kind.USAGE, message, problem).withRemedy(help));
    err.println(help);
    err.flush();
    return code;
  }

  /// What to do where a list was given in two options.
  private static String joined(ParameterException failure) {
    return failure instanceof OverwrittenOptionException twice
            && twice.getOverwritten().paramLabel().contains(SearchMixin.MORE)
        ? "; commas join several values"
        : "";
  }

  /// Reports that the JVM gave up, or what no program should throw.
  int handleError(Error failure) {
    trace(failure);
    return tell(
        failure instanceof VirtualMachineError
            ? new Fault(
                    Kind.MACHINE,
                    "the Java virtual machine gave up: %s (LINES_JAVA_OPTS=-Xmx4g gives it more memory)"
                        .formatted(failure))
                .withRemedy("LINES_JAVA_OPTS=-Xmx4g gives it more memory")
            : new Fault(Kind.DEFECT, defect(failure)));
  }

  /// Reports that nobody has the result, though what the command writes elsewhere is complete. Who
  /// reads no further, as `head`, need not be told.
  int handleLostOutput(IOException failure) {
    String reason = String.valueOf(failure.getMessage());
    Fault fault = new Fault(Kind.IO, "cannot write to standard output: " + reason);
    if (!reason.contains("Broken pipe")) {
      say(fault);
    }
    return fault.exitCode();
  }

  private void trace(Throwable failure) {
    if (debug) {
      failure.printStackTrace(err);
    }
  }

  /// Says what is wrong, and returns the exit code.
  int tell(Fault fault) {
    if (json) {
      Json.print(out, fault::write);
    }
    say(fault);
    Undecoded.workingFolder(System.getProperty("user.dir", ""))
        .ifPresent(why -> err.println("  " + Shown.whole(why)));
    return fault.exitCode();
  }

  private void say(Fault fault) {
    err.println("lines: " + Shown.message(fault.message()));
    err.flush();
  }

  private static String defect(Throwable failure) {
    return "this is a defect of lines, not of your input: %s (run again with --debug and report it)"
        .formatted(failure);
  }

  private static String unknown(CommandLine line, String word) {
    String name = word.replaceFirst("=.*", "");
    Set<String> commands = line.getSubcommands().keySet();
    if (word.startsWith("-")) {
      return "unknown option '"
          + name
          + "'"
          + byPlace(line, name)
              .orElseGet(() -> meant(name, line.getCommandSpec().optionsMap().keySet()));
    }
    return commands.isEmpty()
        ? "unexpected argument '" + word + "'" + byOptions(line)
        : "unknown command '" + word + "'" + meant(word, commands);
  }

  /// That a command takes as an argument what others take as an option.
  private static Optional<String> byPlace(CommandLine line, String option) {
    return line.getCommandSpec().positionalParameters().stream()
        .map(PositionalParamSpec::paramLabel)
        .filter(label -> option.equals("--" + label.toLowerCase(Locale.ROOT)))
        .findFirst()
        .map(
            label ->
                "; %s is given without it: %s %s"
                    .formatted(
                        label,
                        line.getCommandSpec().qualifiedName(),
                        line.getCommandSpec().positionalParameters().stream()
                            .map(PositionalParamSpec::paramLabel)
                            .collect(Collectors.joining(" "))));
  }

  /// What a command without arguments takes instead.
  private static String byOptions(CommandLine line) {
    List<String> required =
        line.getCommandSpec().options().stream()
            .filter(option -> option.required() || option.type() == Location.class)
            .map(OptionSpec::longestName)
            .toList();
    return required.isEmpty() || !line.getCommandSpec().positionalParameters().isEmpty()
        ? ""
        : "; what it needs is given by options: " + String.join(", ", required);
  }

  private static String meant(String word, Set<String> known) {
    if (word.matches("-\\w")) {
      List<String> longer =
          known.stream().filter(name -> name.startsWith("-" + word)).sorted().toList();
      return longer.isEmpty()
          ? ""
          : "; options have long names, such as " + String.join(", ", longer);
    }
    String hint = NearestName.meant(word, known);
    return hint.isEmpty() ? "" : "; " + hint;
  }

  /// picocli's messages begin with a capital, and speak of Java's types.
  private static String lowerCase(@Nullable String message) {
    return message == null || message.isEmpty()
        ? "the command line is wrong"
        : Character.toLowerCase(message.charAt(0))
            + message.substring(1).replace(" is not a long", " is not a whole number");
  }

  /// A path that this system has no name for.
  private static String describe(InvalidPathException failure) {
    String path = failure.getInput();
    String charset = System.getProperty("sun.jnu.encoding", "UTF-8");
    boolean isForeign = path.chars().anyMatch(c -> c > 127) && !charset.equalsIgnoreCase("UTF-8");
    return isForeign
        ? "%s: the locale's character set, %s, cannot name this path: set LC_ALL=C.UTF-8, or another locale of UTF-8 that is installed ('locale -a' lists them)"
            .formatted(path, charset)
        : "%s: is no path: %s".formatted(path, failure.getReason());
  }

  /// Java's own messages for these are a bare path.
  private static String describe(@Nullable IOException failure) {
    return switch (failure) {
      case null -> "reading or writing failed";
      case AccessDeniedException e -> e.getFile() + ": permission denied";
      case NoSuchFileException e -> e.getFile() + ": there is no such file or folder";
      case FileAlreadyExistsException e ->
          e.getFile() + ": is there already, and is no folder; name another place, or move it away";
      case NotDirectoryException e -> e.getFile() + ": is a file, where a folder is expected";
      case DirectoryNotEmptyException e ->
          e.getFile() + ": a folder that is not empty, where a file should be; name another place";
      case FileSystemException e when e.getReason() == null ->
          e.getFile() + ": " + e.getClass().getSimpleName().replace("Exception", "");
      default -> String.valueOf(failure.getMessage());
    };
  }
}
