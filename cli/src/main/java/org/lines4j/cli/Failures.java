package org.lines4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.lines4j.error.InputException;
import org.lines4j.error.MethodException;
import org.lines4j.error.RequestException;
import org.lines4j.merge.NearestName;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/// Turns what went wrong into one message and an exit code; a stack trace only with `--debug`.
final class Failures implements IExecutionExceptionHandler, IParameterExceptionHandler {
  private static final int FAILED = 1;
  private static final int WRONG_COMMAND = 2;
  private static final int WRONG_INPUT = 3;

  private final boolean debug;

  Failures(boolean debug) {
    this.debug = debug;
  }

  @Override
  public int handleExecutionException(Exception failure, CommandLine line, ParseResult result) {
    PrintWriter err = line.getErr();
    if (debug) {
      failure.printStackTrace(err);
    }
    return switch (failure) {
      case ParameterException e -> handleParseException(e, new String[0]);
      case RequestException e -> say(err, e.getMessage(), WRONG_COMMAND);
      case InputException e -> say(err, e.getMessage(), WRONG_INPUT);
      case MethodException e ->
          say(err, "a merge method failed: " + e.getMessage() + " (--debug shows where)", FAILED);
      case InvalidPathException e -> say(err, describe(e), WRONG_COMMAND);
      case UncheckedIOException e -> say(err, describe(e.getCause()), FAILED);
      case IOException e -> say(err, describe(e), FAILED);
      default -> say(err, defect(failure), FAILED);
    };
  }

  @Override
  public int handleParseException(ParameterException failure, String[] args) {
    CommandLine line = failure.getCommandLine();
    PrintWriter err = line.getErr();
    if (debug) {
      failure.printStackTrace(err);
    }
    if (failure.getCause() instanceof InvalidPathException path) {
      return say(err, describe(path), WRONG_COMMAND);
    }
    // A misspelt option is the better news where a required one is missing, too.
    List<String> unknown =
        failure instanceof UnmatchedArgumentException unmatched
            ? unmatched.getUnmatched()
            : line.getUnmatchedArguments();
    err.println(
        "lines: "
            + (unknown.isEmpty()
                ? lowerCase(failure.getMessage())
                : unknown(line, unknown.getFirst())));
    String name = line.getCommandSpec().qualifiedName();
    err.println("Try '" + name + " --help'.");
    err.flush();
    return WRONG_COMMAND;
  }

  /// Reports that the JVM gave up, or what no program should throw.
  int handleError(Error failure, PrintWriter err) {
    if (debug) {
      failure.printStackTrace(err);
    }
    return say(
        err,
        failure instanceof VirtualMachineError
            ? "the Java virtual machine gave up: %s (LINES_JAVA_OPTS=-Xmx4g gives it more memory)"
                .formatted(failure)
            : defect(failure),
        FAILED);
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
          + NearestName.meant(name, line.getCommandSpec().optionsMap().keySet());
    }
    return (commands.isEmpty() ? "unexpected argument '" : "unknown command '")
        + word
        + "'"
        + NearestName.meant(word, commands);
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

  private static int say(PrintWriter err, @Nullable String message, int code) {
    err.println("lines: " + message);
    err.flush();
    return code;
  }

  /// Java's own messages for these are a bare path.
  private static String describe(@Nullable IOException failure) {
    return switch (failure) {
      case null -> "reading or writing failed";
      case AccessDeniedException e -> e.getFile() + ": permission denied";
      case NoSuchFileException e -> e.getFile() + ": there is no such file or folder";
      case FileSystemException e when e.getReason() == null ->
          e.getFile() + ": " + e.getClass().getSimpleName().replace("Exception", "");
      default -> String.valueOf(failure.getMessage());
    };
  }
}
