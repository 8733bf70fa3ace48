package org.lines4j.cli;

import java.util.Locale;
import java.util.Optional;
import org.lines4j.error.Problem;
import org.lines4j.error.Remedy;
import tools.jackson.core.JsonGenerator;

/// What went wrong, for people in one message and for programs in its parts.
///
/// @param message for people; it may end without what to do
record Fault(Kind kind, String message, Problem problem) {
  /// Whose fault it is, and with it the exit code.
  enum Kind {
    /// The command line cannot be read.
    USAGE(2),
    /// What was asked for is wrong in itself.
    REQUEST(2),
    /// An input is malformed, or inputs do not fit together.
    INPUT(3),
    /// A merge method failed.
    METHOD(1),
    /// Reading or writing failed.
    IO(1),
    /// The Java virtual machine gave up.
    MACHINE(1),
    /// A defect of lines.
    DEFECT(1);

    private final int code;

    Kind(int code) {
      this.code = code;
    }
  }

  Fault(Kind kind, String message) {
    this(kind, message, Problem.of(message));
  }

  /// What the library says is wrong, in the words of the command line.
  Fault(Kind kind, Problem problem) {
    this(kind, problem.inWords(OptionNames::of), problem);
  }

  /// This about a file, which the message names already.
  Fault withFile(String file) {
    return new Fault(kind, message, problem.in(file));
  }

  /// This with what to do, which the message does not say.
  Fault withRemedy(String remedy) {
    return new Fault(kind, message, problem.withRemedy(Remedy.of(remedy)));
  }

  int exitCode() {
    return kind.code;
  }

  /// As one JSON document: `error` with what is known of it.
  void write(JsonGenerator json) {
    json.writeObjectPropertyStart("error");
    json.writeStringProperty("kind", kind.name().toLowerCase(Locale.ROOT));
    part(json, "file", problem.file());
    part(json, "tensor", problem.tensor());
    part(json, "expected", problem.expected());
    part(json, "found", problem.found());
    part(json, "remedy", problem.remedy().map(remedy -> remedy.inWords(OptionNames::of)));
    json.writeStringProperty("message", message);
    json.writeEndObject();
  }

  private static void part(JsonGenerator json, String name, Optional<String> value) {
    value.ifPresent(text -> json.writeStringProperty(name, text));
  }
}
