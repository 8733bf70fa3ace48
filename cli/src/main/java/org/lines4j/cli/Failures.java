package org.lines4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import org.lines4j.InputException;
import org.lines4j.RequestException;
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
      case UncheckedIOException e -> say(err, describe(e.getCause()), FAILED);
      case IOException e -> say(err, describe(e), FAILED);
      default ->
          say(
              err,
              "this is a defect of lines, not of your input: %s (run again with --debug and report it)"
                  .formatted(failure),
              FAILED);
    };
  }

  @Override
  public int handleParseException(ParameterException failure, String[] args) {
    CommandLine line = failure.getCommandLine();
    PrintWriter err = line.getErr();
    if (debug) {
      failure.printStackTrace(err);
    }
    err.println("lines: " + failure.getMessage());
    UnmatchedArgumentException.printSuggestions(failure, err);
    String name = line.getCommandSpec().qualifiedName();
    err.println("Try '" + name + " --help'.");
    err.flush();
    return WRONG_COMMAND;
  }

  private static int say(
      PrintWriter err, @org.jspecify.annotations.Nullable String message, int code) {
    err.println("lines: " + message);
    err.flush();
    return code;
  }

  /// Java's own messages for these are a bare path.
  private static String describe(@org.jspecify.annotations.Nullable IOException failure) {
    return switch (failure) {
      case null -> "reading or writing failed";
      case AccessDeniedException e -> e.getFile() + ": permission denied";
      case FileSystemException e when e.getReason() == null ->
          e.getFile() + ": " + e.getClass().getSimpleName().replace("Exception", "");
      default -> String.valueOf(failure.getMessage());
    };
  }
}
