package org.lines4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.lines4j.error.InputException;
import org.lines4j.error.Shown;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.Formats;
import org.lines4j.layers.LayerMap;
import org.lines4j.layers.LayerOptions;
import org.lines4j.storage.Location;
import org.lines4j.storage.Storage;
import org.lines4j.storage.Storage.Kind;
import org.lines4j.storage.Storages;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;

/// How two pipelines of several models (diffusers, sentence-transformers) are edited part by part.
final class PipelineHint {
  private static final List<String> INDEXES = List.of("model_index.json", "modules.json");

  private static final Pattern WEIGHTS = Pattern.compile(".*\\.(safetensors|ckpt|bin|pt|pth|gguf)");

  /// So many of these are named.
  private static final int MOST_NAMED = 12;

  /// What each part has of its own.
  private static final Set<String> OWN = Set.of("--base", "--tuned", "--out", "--force");

  /// Refused where they find nothing.
  private static final String ONLY = "--only";

  private static final String SKIP = "--skip";

  /// What says where layers are, or that there need be none.
  private static final List<String> OF_PLACES = List.of("--outside", "--layers", "--rules");

  private PipelineHint() {}

  /// The command that edits all parts which both hold, as was asked for, and copies the rest; empty
  /// where these are no pipelines, cannot be looked into, or a copy could change an input.
  static Optional<String> of(Location base, Location tuned, Location out, ParseResult asked) {
    try {
      Location from = Storages.find(base);
      return tuned.isLocal()
              && out.isLocal()
              && isPipeline(tuned)
              && isPipeline(from)
              && isApart(out, from)
              && isApart(out, tuned)
          ? of(from, tuned.path(), out.path(), asked)
          : Optional.empty();
    } catch (IOException | InputException _) {
      return Optional.empty(); // what is wrong is said without it
    }
  }

  private static boolean isPipeline(Location place) throws IOException {
    for (String index : INDEXES) {
      if (Storages.of(place).kind(place.child(index)) == Kind.FILE) {
        return true;
      }
    }
    return false;
  }

  /// Whether an output is not in an input, whatever links lead there.
  private static boolean isApart(Location out, Location input) throws IOException {
    return !input.isLocal() || !Storages.of(out).contains(input, out);
  }

  /// What is asked of a part.
  private static String words(ParseResult asked, Path part) {
    return asked.matchedOptions().stream()
        .filter(option -> !OWN.contains(option.longestName()))
        .filter(option -> !option.longestName().equals(SKIP) || finds(asked, SKIP, part))
        .flatMap(PipelineHint::words)
        .map(word -> " " + word)
        .collect(Collectors.joining());
  }

  private static Stream<String> words(OptionSpec option) {
    return option.arity().max() == 0
        ? Stream.of(option.longestName())
        : option.originalStringValues().stream()
            .map(value -> option.longestName() + "=" + Shown.word(value));
  }

  private static Optional<String> of(Location base, Path tuned, Path out, ParseResult asked)
      throws IOException {
    List<String> all = parts(base, tuned);
    boolean needLayers = OF_PLACES.stream().noneMatch(asked::hasMatchedOption);
    List<String> parts =
        all.stream()
            .filter(part -> !needLayers || hasLayers(tuned.resolve(part)))
            .filter(part -> finds(asked, ONLY, tuned.resolve(part)))
            .toList();
    boolean isPlain =
        all.stream().allMatch(part -> Shown.word(part).equals(part))
            && Stream.of(base, tuned, out)
                .map(Object::toString)
                .allMatch(text -> Shown.whole(text).equals(text));
    if (parts.isEmpty() || !isPlain) {
      return Optional.empty();
    }
    if (isTaken(Location.of(out)) && !asked.hasMatchedOption("--force")) {
      return Optional.of(
          what(tuned, parts)
              + " name an output that does not exist, or give --force, which replaces"
              + " what is there; then the command for it stands here");
    }
    String to = Shown.word(out.toString());
    String from = Shown.word(tuned.toString());
    String copy =
        asked.hasMatchedOption("--dry-run")
            ? ""
            : "mkdir -p %s && cp -rL %s/. %s && ".formatted(to, from, to);
    String loops =
        parts.stream()
            .collect(
                Collectors.groupingBy(
                    part -> words(asked, tuned.resolve(part)),
                    LinkedHashMap::new,
                    Collectors.joining(" ")))
            .entrySet()
            .stream()
            .map(
                loop ->
                    "for part in %s; do lines edit --force --base %s/$part --tuned %s/$part --out %s/$part%s || exit; done"
                        .formatted(
                            loop.getValue(), Shown.word(base.toString()), from, to, loop.getKey()))
            .collect(Collectors.joining("; "));
    return Optional.of("%s%n  %s(%s)".formatted(what(tuned, parts), copy, loops));
  }

  /// What the command does, and to which weights it does not.
  private static String what(Path tuned, List<String> parts) throws IOException {
    List<String> others;
    try (Stream<Path> entries = Files.list(tuned)) {
      others =
          entries
              .filter(entry -> isWeights(entry) || holdsWeights(Location.of(entry)))
              .map(entry -> String.valueOf(entry.getFileName()))
              .filter(name -> !parts.contains(name))
              .sorted()
              .toList();
    }
    return others.isEmpty()
        ? "To edit every part:"
        : "To edit every part that has layers and is in both, with %s as tuned:"
            .formatted(Shown.some(others, MOST_NAMED));
  }

  /// Whether it is a file with a model by itself, as some pipelines have beside their folders.
  private static boolean isWeights(Path entry) {
    return WEIGHTS.matcher(String.valueOf(entry.getFileName())).matches()
        && Files.isRegularFile(entry);
  }

  /// Whether it has a depth to scale by, as a `2_Dense` has not.
  private static boolean hasLayers(Path part) {
    return is(
        part, model -> !LayerMap.detect(model.infos(), LayerOptions.defaults()).stacks().isEmpty());
  }

  /// Whether the pattern of an option, if there is one, finds any tensor of a part.
  private static boolean finds(ParseResult asked, String option, Path part) {
    if (!asked.hasMatchedOption(option)) {
      return true;
    }
    Pattern pattern = asked.matchedOptionValue(option, Pattern.compile(""));
    return is(
        part,
        model -> model.infos().stream().anyMatch(info -> pattern.matcher(info.name()).find()));
  }

  private static boolean is(Path part, Predicate<Checkpoint> test) {
    try (Checkpoint model = Checkpoint.open(Location.of(part))) {
      return test.test(model);
    } catch (IOException | InputException _) {
      return true; // the command says what is wrong with it
    }
  }

  private static boolean isTaken(Location out) throws IOException {
    Storage storage = Storages.of(out);
    return switch (storage.kind(out)) {
      case ABSENT -> false;
      case FOLDER -> !storage.list(out).isEmpty();
      case FILE, SPECIAL -> true;
    };
  }

  /// Those of the tuned pipeline that the base has, too.
  private static List<String> parts(Location base, Path tuned) throws IOException {
    List<String> parts = new ArrayList<>();
    for (Path folder : folders(tuned)) {
      String name = String.valueOf(folder.getFileName());
      if (holdsWeights(Location.of(folder)) && holdsWeights(base.child(name))) {
        parts.add(name);
      }
    }
    return parts;
  }

  private static List<Path> folders(Path pipeline) throws IOException {
    try (Stream<Path> entries = Files.list(pipeline)) {
      return entries.filter(Files::isDirectory).sorted().toList();
    }
  }

  private static boolean holdsWeights(Location folder) {
    try {
      return Storages.of(folder).kind(folder) == Kind.FOLDER && Formats.isModel(folder);
    } catch (IOException _) {
      return false; // it may not be read
    }
  }
}
