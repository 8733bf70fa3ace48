package org.lines4j.internal.foreign;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.lines4j.error.NearestName;
import org.lines4j.storage.Location;

/// What may be meant by a model's name that leads nowhere.
public final class MeantPath {
  /// How advice begins that says no more than that.
  public static final String NO_FOLDER = "nor is there a folder ";

  /// So many names are looked at for the one that was meant.
  private static final int MOST_NEIGHBOURS = 2000;

  private static final String PART = "[A-Za-z0-9][\\w.-]*";

  /// As browsers show an address, and as Git wants it.
  private static final Pattern PAGE =
      Pattern.compile(
          "(?:git@)?(?:www\\.)?(?:huggingface\\.co|hf\\.co)[/:](%s/%s?)(?:\\.git)?/?"
              .formatted(PART, PART));

  private static final Pattern REVISION =
      Pattern.compile("(%s/%s)[@:]([\\w./-]*)".formatted(PART, PART));

  private static final Pattern SCHEME = Pattern.compile("(hf|s3|https?):/?([^/].*)");

  /// As programs on llama.cpp name one of a model's files, by its quantisation.
  private static final Pattern QUANTISED =
      Pattern.compile(
          "(?:(?:huggingface\\.co|hf\\.co)/)?(%s/%s):((?i:UD-)?(?i:I?Q\\d|B?F16|F32|TQ\\d|MXFP4)\\w*)"
              .formatted(PART, PART));

  /// A file behind a model's name.
  private static final Pattern FILE =
      Pattern.compile(
          "%s/%s/(?:[\\w-][\\w.-]*/)*[\\w-][\\w.-]*\\.(?:safetensors|bin|pt|pth|ckpt|gguf)"
              .formatted(PART, PART));

  private static final String LOCAL = "file:";
  private static final String FILE_OF_HUB =
      "a file of a model of the Hugging Face hub is named hf://";

  private MeantPath() {}

  /// In words, what to name instead; empty where nothing is near.
  ///
  /// @param folder what the path is relative to
  public static String advice(String name, Location folder) {
    if (!folder.isLocal() || name.contains("://")) {
      return "";
    }
    String mistyped = mistyped(name);
    String hub = mistyped.isEmpty() ? HubName.advice(name, folder) : mistyped;
    return hub.isEmpty() ? neighbour(name, folder) : hub;
  }

  /// What is no path in any folder.
  private static String mistyped(String name) {
    if (name.equals("~") || name.startsWith("~/")) {
      return "'~' is the home folder to a shell alone: write "
          + System.getProperty("user.home", "~")
          + name.substring(1);
    }
    Matcher page = PAGE.matcher(name);
    if (page.matches()) {
      return "a model of the Hugging Face hub is named " + page.group(1);
    }
    Matcher quantised = QUANTISED.matcher(name);
    if (quantised.matches()) {
      return "%s%s/FILE, where FILE has %s in it"
          .formatted(FILE_OF_HUB, quantised.group(1), quantised.group(2));
    }
    if (name.startsWith(LOCAL)) {
      return "name the path alone: " + name.substring(LOCAL.length());
    }
    Matcher scheme = SCHEME.matcher(name);
    if (scheme.matches()) {
      return "an address has two slashes: %s://%s".formatted(scheme.group(1), scheme.group(2));
    }
    Matcher revision = REVISION.matcher(name);
    boolean isRevision = revision.matches() && (name.contains(":") || name.endsWith("@"));
    return isRevision
        ? "a revision is named behind an @, such as %s@%s"
            .formatted(revision.group(1), revision.group(2).isEmpty() ? "main" : revision.group(2))
        : "";
  }

  /// The name beside it that was probably meant.
  private static String neighbour(String name, Location base) {
    Path path;
    try {
      path = base.resolve(name).path().toAbsolutePath().normalize();
    } catch (InvalidPathException _) {
      return "";
    }
    Path folder = path.getParent();
    if (folder == null || !isTelling(path)) {
      return "";
    }
    if (!Files.isDirectory(folder)) {
      boolean mayBeOfHub = FILE.matcher(name).matches();
      return NO_FOLDER + folder + (mayBeOfHub ? "; " + FILE_OF_HUB + name : "");
    }
    return near(path);
  }

  /// In words, the name that was probably meant by that of a path that leads nowhere; empty where
  /// nothing is near.
  public static String near(Path path) {
    Path folder = path.toAbsolutePath().getParent();
    if (folder == null || !isTelling(path) || !Files.isDirectory(folder)) {
      return "";
    }
    try (Stream<Path> entries = Files.list(folder)) {
      List<String> names =
          entries
              .limit(MOST_NEIGHBOURS)
              .map(entry -> String.valueOf(entry.getFileName()))
              .filter(entry -> !entry.startsWith("."))
              .toList();
      return NearestName.meant(String.valueOf(path.getFileName()), names);
    } catch (IOException _) {
      return ""; // it may not be read
    }
  }

  /// One letter is near to any other.
  private static boolean isTelling(Path path) {
    return path.getFileName() != null && path.getFileName().toString().length() > 1;
  }
}
