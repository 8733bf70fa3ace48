package org.lines4j.internal.foreign;

import java.nio.file.Files;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lines4j.storage.Location;

/// A model's name on the Hugging Face hub, where a path was wanted.
public final class HubName {
  private static final Pattern NAME =
      Pattern.compile("([A-Za-z0-9][\\w.-]*/[A-Za-z0-9][\\w.-]*)(?:@([\\w./-]+))?");

  /// Models that the Hub once named without an owner, and whose they are.
  private static final Map<Pattern, String> OWNERS =
      Map.of(
          Pattern.compile("bert-(base|large)-.+"), "google-bert",
          Pattern.compile("gpt2(-medium|-large|-xl)?"), "openai-community",
          Pattern.compile("(xlm-)?roberta-(base|large).*"), "FacebookAI",
          Pattern.compile("distil(bert-base-.+|roberta-base|gpt2)"), "distilbert",
          Pattern.compile("t5-(small|base|large|3b|11b)"), "google-t5",
          Pattern.compile("albert-(x{0,2}large|base)-v[12]"), "albert",
          Pattern.compile("xlnet-(base|large)-cased"), "xlnet");

  private HubName() {}

  /// In words, how to download the model that a path that leads nowhere may mean; empty where it
  /// cannot mean one.
  ///
  /// @param folder what the path is relative to
  public static String advice(String path, Location folder) {
    Optional<String> owner =
        OWNERS.entrySet().stream()
            .filter(entry -> entry.getKey().matcher(path).matches())
            .map(Map.Entry::getValue)
            .findFirst();
    if (owner.isPresent()) {
      return "the Hugging Face hub names it with its owner: %s/%s".formatted(owner.get(), path);
    }
    Matcher name = NAME.matcher(path);
    if (!name.matches() || !folder.isLocal()) {
      return "";
    }
    String model = name.group(1);
    boolean isPath = Files.exists(folder.child(model.substring(0, model.indexOf('/'))).path());
    String revision = name.group(2) == null ? "" : " --revision " + name.group(2);
    return isPath && !Files.isDirectory(folder.child(model).path())
        ? ""
        : "models are folders and files: download a model of the Hugging Face hub first, with: hf"
            + " download %s%s --local-dir %s".formatted(model, revision, model);
  }
}
