package org.lines4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.lines4j.error.Shown;
import org.lines4j.format.Formats;
import org.lines4j.storage.Location;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/// How two pipelines of several models (diffusers) are edited part by part.
final class PipelineHint {
  private static final String INDEX = "model_index.json";
  private static final String PLAIN = "[\\w./+=@:,-]+";

  /// What each part has of its own.
  private static final Set<String> OWN = Set.of("--base", "--tuned", "--out", "--force");

  private PipelineHint() {}

  /// The command that edits all parts which both hold, as was asked for, and copies the rest; empty
  /// where these are no pipelines.
  static Optional<String> of(Location base, Location tuned, Location out, ParseResult asked)
      throws IOException {
    return base.isLocal() && tuned.isLocal() && out.isLocal()
        ? of(base.path(), tuned.path(), out.path(), words(asked))
        : Optional.empty();
  }

  private static String words(ParseResult asked) {
    return asked.matchedOptions().stream()
        .filter(option -> !OWN.contains(option.longestName()))
        .flatMap(PipelineHint::words)
        .map(word -> " " + word)
        .collect(Collectors.joining());
  }

  private static Stream<String> words(OptionSpec option) {
    return option.arity().max() == 0
        ? Stream.of(option.longestName())
        : option.originalStringValues().stream()
            .map(value -> option.longestName() + "=" + quoted(value));
  }

  private static String quoted(String value) {
    return value.matches(PLAIN) ? value : "'" + value.replace("'", "'\\''") + "'";
  }

  private static Optional<String> of(Path base, Path tuned, Path out, String words)
      throws IOException {
    boolean isApart = Stream.of(base, tuned).noneMatch(input -> isWithin(out, input));
    if (!isApart || !Files.exists(base.resolve(INDEX)) || !Files.exists(tuned.resolve(INDEX))) {
      return Optional.empty();
    }
    List<String> parts = parts(base);
    parts.retainAll(parts(tuned));
    boolean isPlain =
        parts.stream().allMatch(part -> part.matches(PLAIN))
            && Stream.of(base, tuned, out)
                .map(Path::toString)
                .allMatch(text -> Shown.whole(text).equals(text));
    String to = quoted(out.toString());
    String from = quoted(tuned.toString());
    return parts.isEmpty() || !isPlain
        ? Optional.empty()
        : Optional.of(
            ("To edit every part:%n  mkdir -p %s && cp -rL %s/. %s && for part in %s; do lines edit"
                    + " --force --base %s/$part --tuned %s/$part --out %s/$part%s; done")
                .formatted(
                    to,
                    from,
                    to,
                    String.join(" ", parts),
                    quoted(base.toString()),
                    from,
                    to,
                    words));
  }

  /// Whether the copy would change an input.
  private static boolean isWithin(Path out, Path input) {
    return out.toAbsolutePath().normalize().startsWith(input.toAbsolutePath().normalize());
  }

  private static List<String> parts(Path pipeline) throws IOException {
    try (Stream<Path> folders = Files.list(pipeline)) {
      return new java.util.ArrayList<>(
          folders
              .filter(PipelineHint::holdsWeights)
              .map(folder -> String.valueOf(folder.getFileName()))
              .sorted()
              .toList());
    }
  }

  private static boolean holdsWeights(Path folder) {
    try {
      return Files.isDirectory(folder) && Formats.isModel(Location.of(folder));
    } catch (IOException _) {
      return false; // it may not be read
    }
  }
}
