package org.lines4j.dist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lines4j.files.Digests;

/// What is large and few need: a folder for each such part, with our own jars and a list of those
/// that the launcher fetches from a repository of Maven's when they are first needed.
final class Parts {
  private static final String LIST = "fetched.txt";
  private static final String OURS = "org.lines4j";

  /// As Maven lists them: `group:name:jar:version:scope`, or with a classifier before the version.
  private static final Pattern COORDINATES =
      Pattern.compile("([^\\s:]+):([^:]+):jar:(?:([^:]+):)?([^:]+):(?:compile|runtime)\\b.*");

  /// By their groups.
  private static final Map<String, List<String>> GROUPS = new LinkedHashMap<>();

  static {
    GROUPS.put("s3", List.of("software.amazon.awssdk", "org.reactivestreams", "org.slf4j"));
    GROUPS.put("evaluate", List.of("ai.djl", "ai.djl.huggingface", "org.slf4j"));
    GROUPS.put("text", List.of("dev.langchain4j", "net.sf.extjwnl", "net.fellbaum", "com.ibm.icu"));
  }

  /// All that the command line has not and no other part has.
  private static final String LAB = "lab";

  private final Release release;
  private final List<Artifact> artifacts;

  private Parts(Release release) throws IOException {
    this.release = release;
    this.artifacts =
        Files.readAllLines(release.lab().resolve("runtime.txt")).stream()
            .map(line -> COORDINATES.matcher(line.strip()))
            .filter(Matcher::matches)
            .map(Artifact::of)
            .toList();
  }

  private record Artifact(String group, String file, String place) {
    static Artifact of(MatchResult found) {
      String classifier = found.group(3) == null ? "" : "-" + found.group(3);
      String file = "%s-%s%s.jar".formatted(found.group(2), found.group(4), classifier);
      String place =
          String.join("/", found.group(1).replace('.', '/'), found.group(2), found.group(4), file);
      return new Artifact(found.group(1), file, place);
    }
  }

  /// Makes them.
  ///
  /// @param libraries of the command line, which lose what a part has
  static void take(Release release, Path libraries, Path folder) throws IOException {
    Parts parts = new Parts(release);
    List<Artifact> rest = new ArrayList<>(parts.artifacts);
    for (Map.Entry<String, List<String>> part : GROUPS.entrySet()) {
      List<Artifact> fetched =
          parts.artifacts.stream().filter(a -> part.getValue().contains(a.group())).toList();
      rest.removeAll(fetched);
      for (Artifact artifact : fetched) {
        Files.deleteIfExists(libraries.resolve(artifact.file()));
      }
      parts.list(fetched, folder.resolve(part.getKey()));
      Path ours = libraries.resolve("lines-" + part.getKey() + "-" + release.version() + ".jar");
      if (Files.exists(ours)) {
        Files.move(ours, folder.resolve(part.getKey()).resolve(ours.getFileName()));
      }
    }
    rest.removeIf(
        artifact ->
            artifact.group().equals(OURS) || Files.exists(libraries.resolve(artifact.file())));
    parts.list(rest, folder.resolve(LAB));
    Files.copy(release.lab().resolve("lines.jar"), folder.resolve(LAB).resolve("lines-lab.jar"));
  }

  private void list(List<Artifact> fetched, Path folder) throws IOException {
    StringJoiner list = new StringJoiner("\n", "", "\n");
    for (Artifact artifact : fetched) {
      byte[] bytes = Files.readAllBytes(release.lab().resolve("lib").resolve(artifact.file()));
      list.add("%s %d %s".formatted(Digests.sha256(bytes), bytes.length, artifact.place()));
    }
    Files.createDirectories(folder);
    Files.writeString(folder.resolve(LIST), list.toString());
  }
}
