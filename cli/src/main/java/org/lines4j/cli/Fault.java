package org.lines4j.cli;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JsonGenerator;

/// What went wrong, for people in one message and for programs in its parts.
///
/// @param file that is wrong, where it is one
/// @param remedy what to do, where the message does not end with it
record Fault(Kind kind, String message, Optional<String> file, Optional<String> remedy) {
  private static final Pattern TENSOR = Pattern.compile("\\btensor ([^\\s:,]+)");

  /// How messages say what was found instead of what.
  private static final Pattern FOUND =
      Pattern.compile(
          "\\b(?:expected|should (?:be|have|hold|name)) ([^;\\n]+?), (?:but )?found ([^;\\n]+)");

  /// What to do stands behind the last semicolon of the first line.
  private static final Pattern REMEDY = Pattern.compile("[^\\n]*; (?!so are )([^\\n]+)(?s:\\n.*)?");

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
    this(kind, message, Optional.empty(), Optional.empty());
  }

  Fault withFile(Optional<String> newFile) {
    return new Fault(kind, message, newFile, remedy);
  }

  Fault withRemedy(String newRemedy) {
    return new Fault(kind, message, file, Optional.of(newRemedy));
  }

  int exitCode() {
    return kind.code;
  }

  /// As one JSON document: `error` with what is known of it.
  void write(JsonGenerator json) {
    String detail = file.map(name -> message.replace(name + ": ", "")).orElse(message);
    json.writeObjectPropertyStart("error");
    json.writeStringProperty("kind", kind.name().toLowerCase(Locale.ROOT));
    file.ifPresent(name -> json.writeStringProperty("file", name));
    part(json, "tensor", TENSOR.matcher(detail), 1);
    part(json, "expected", FOUND.matcher(detail), 1);
    part(json, "found", FOUND.matcher(detail), 2);
    if (remedy.isPresent()) {
      json.writeStringProperty("remedy", remedy.get());
    } else {
      part(json, "remedy", REMEDY.matcher(detail), 1);
    }
    json.writeStringProperty("message", message);
    json.writeEndObject();
  }

  private static void part(JsonGenerator json, String name, Matcher matcher, int group) {
    if (matcher.find()) {
      json.writeStringProperty(name, matcher.group(group).strip());
    }
  }
}
