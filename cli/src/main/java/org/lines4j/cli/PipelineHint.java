package org.lines4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.lines4j.storage.Location;

/// How two pipelines of several models (diffusers) are edited part by part.
final class PipelineHint {
  private static final String INDEX = "model_index.json";
  private static final String PLAIN = "[\\w./+=@:-]+";

  private PipelineHint() {}

  /// The command that edits all parts which both hold and copies the rest; empty where these are no
  /// pipelines.
  static Optional<String> of(Location base, Location tuned, Location out) throws IOException {
    return base.isLocal() && tuned.isLocal() && out.isLocal()
        ? of(base.path(), tuned.path(), out.path())
        : Optional.empty();
  }

  private static Optional<String> of(Path base, Path tuned, Path out) throws IOException {
    if (!Files.exists(base.resolve(INDEX)) || !Files.exists(tuned.resolve(INDEX))) {
      return Optional.empty();
    }
    List<String> parts = parts(base);
    parts.retainAll(parts(tuned));
    boolean isPlain =
        Stream.concat(parts.stream(), Stream.of(base, tuned, out).map(Path::toString))
            .allMatch(word -> word.matches(PLAIN));
    return parts.isEmpty() || !isPlain
        ? Optional.empty()
        : Optional.of(
            ("To edit every part:%n  cp -r %s %s && for part in %s; do lines edit --force --base"
                    + " %s/$part --tuned %s/$part --out %s/$part; done")
                .formatted(tuned, out, String.join(" ", parts), base, tuned, out));
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
    try (Stream<Path> files = Files.list(folder)) {
      return files.anyMatch(file -> file.toString().endsWith(".safetensors"));
    } catch (IOException _) {
      return false; // a file, or not to be read
    }
  }
}
