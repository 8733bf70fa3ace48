package org.lines4j.internal.output;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.lines4j.format.Checkpoint;
import org.lines4j.format.Companion;
import org.lines4j.format.Companions;
import org.lines4j.internal.companions.Sidecars;
import org.lines4j.internal.work.Lineage;
import org.lines4j.internal.work.PlannedRun;
import org.lines4j.storage.ByteSource;
import org.lines4j.storage.Location;

/// What the Hugging Face Hub reads at the top of a model card, by its convention: the models that
/// this one comes from, tags, the library that loads it, and its licence where the inputs' cards
/// agree on one.
///
/// Only values of the forms that the Hub knows are written, so nothing in a name can become a line
/// of its own.
final class FrontMatter {
  private static final int LONGEST = 1 << 16;
  private static final Pattern HUB_CACHE =
      Pattern.compile("models--([\\w.-]+?)--([\\w.-]+)|models--([\\w.-]+)");
  private static final Pattern HUB_ADDRESS =
      Pattern.compile("hf://(\\w[\\w.-]*/\\w[\\w.-]*)(?:[@/].*)?");
  private static final Pattern MODEL_ID = Pattern.compile("\\w[\\w.-]{0,95}(/\\w[\\w.-]{0,95})?");
  private static final Pattern LICENCE =
      Pattern.compile(
          "(license|license_name|license_link):\\s*['\"]?([\\w.:/#?=%~+-]+?)['\"]?\\s*");

  private FrontMatter() {}

  /// With the lines that enclose it.
  ///
  /// @param isEdit whether one tuned model was edited, not several merged
  static String of(PlannedRun plan, boolean isEdit) throws IOException {
    List<String> lines = new ArrayList<>();
    List<String> models =
        Lineage.originals(plan).stream()
            .map(Checkpoint::location)
            .distinct()
            .flatMap(location -> modelId(location).stream())
            .distinct()
            .toList();
    if (!models.isEmpty()) {
      lines.add("base_model:");
      models.forEach(model -> lines.add("- " + quotedIfOdd(model)));
      if (!isConversion(plan)) {
        lines.add("base_model_relation: " + (isEdit ? "finetune" : "merge"));
      }
    }
    library(plan).ifPresent(library -> lines.add("library_name: " + library));
    lines.addAll(licence(plan));
    lines.addAll(isConversion(plan) ? List.of("tags:") : List.of("tags:", "- merge"));
    lines.add("- lines");
    if (!isEdit && !isConversion(plan)) {
      lines.add("- mergekit-compatible");
    }
    return lines.stream().collect(Collectors.joining("\n", "---\n", "\n---\n"));
  }

  /// Whether a model's own weights are written in another form.
  static boolean isConversion(PlannedRun plan) {
    return plan.inputs().keySet().equals(Set.of("model"));
  }

  /// Whether a model is read from the Hub.
  static boolean isOfHub(Location location) {
    return HUB_ADDRESS.matcher(location.text()).matches();
  }

  /// The model's name on the Hub, where it lies there or in the Hub's cache; else its folder's.
  private static Optional<String> modelId(Location location) {
    Matcher hub = HUB_ADDRESS.matcher(location.text());
    if (hub.matches()) {
      return Optional.of(hub.group(1));
    }
    String whole =
        location.isLocal()
            ? location.path().toAbsolutePath().normalize().toString()
            : location.text();
    for (String part : whole.split("[/\\\\]", -1)) {
      Matcher cached = HUB_CACHE.matcher(part);
      if (cached.matches()) {
        return Optional.of(
            cached.group(3) == null ? cached.group(1) + "/" + cached.group(2) : cached.group(3));
      }
    }
    return Optional.of(location.name().replaceFirst("\\.safetensors$", ""))
        .filter(name -> MODEL_ID.matcher(name).matches());
  }

  /// YAML takes `1.5` for a number and `no` for a truth.
  private static String quotedIfOdd(String name) {
    boolean isPlain = name.contains("/") || name.matches("[A-Za-z]\\w*-[\\w.-]*");
    return isPlain ? name : "\"" + name + "\"";
  }

  private static Optional<String> library(PlannedRun plan) throws IOException {
    if (plan.sidecarsFrom().isEmpty()) {
      return Optional.empty();
    }
    Companions folder = plan.sidecarsFrom().get().companions();
    if (folder.own("modules.json").isPresent()) {
      return Optional.of("sentence-transformers");
    }
    String config = start(folder, "config.json");
    if (config.contains("\"_diffusers_version\"")) {
      return Optional.of("diffusers");
    }
    return config.contains("\"model_type\"") ? Optional.of("transformers") : Optional.empty();
  }

  /// The lines that say what the licence is; none unless every input says the same.
  private static List<String> licence(PlannedRun plan) throws IOException {
    Set<List<String>> found = new HashSet<>();
    for (Checkpoint input : Lineage.originals(plan)) {
      found.add(licence(start(input.companions(), Sidecars.CARD)));
    }
    return found.size() == 1 ? found.iterator().next() : List.of();
  }

  private static List<String> licence(String card) {
    List<String> lines = card.lines().toList();
    if (lines.isEmpty() || !lines.getFirst().strip().equals("---")) {
      return List.of();
    }
    List<String> licence = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      if (line.strip().equals("---")) {
        return licence.stream().anyMatch(l -> l.startsWith("license: ")) ? licence : List.of();
      }
      Matcher match = LICENCE.matcher(line);
      if (match.matches()) {
        String value = match.group(2);
        boolean isName = match.group(1).equals("license");
        licence.add(
            isName
                ? "license: " + value.toLowerCase(Locale.ROOT)
                : "%s: \"%s\"".formatted(match.group(1), value));
      }
    }
    return List.of(); // it has no end
  }

  /// The beginning of a file; empty if there is none.
  private static String start(Companions folder, String name) throws IOException {
    Optional<Companion> found = folder.own(name);
    if (found.isEmpty()) {
      return "";
    }
    try (ByteSource file = found.get().open()) {
      byte[] bytes = new byte[(int) Math.min(LONGEST, file.size())];
      file.read(0, MemorySegment.ofArray(bytes));
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }
}
