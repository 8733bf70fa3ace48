package org.lines4j.hub;

import java.io.File;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.lines4j.storage.Location;

/// A place on the Hub: `hf://org/name[@revision][/path]`.
///
/// @param repository `org/name`; without an organisation, as a few old ones are, only where a
///   revision tells it from one: `hf://gpt2@main`
/// @param revision a branch, tag or commit
/// @param path within it, empty for all of it
record HubAddress(String repository, String revision, String path) {
  static final String SCHEME = "hf";
  private static final String MAIN = "main";
  private static final int LONGEST = 96;

  private static final String PART = "\\w(?:[\\w.-]*\\w)?";
  private static final Pattern BARE =
      Pattern.compile("(%s/%s)(?:@([^@\\s+#]+))?".formatted(PART, PART));

  /// Behind a `+` follows an adapter's name, behind a `#` a part's.
  private static final String VERSION = "(refs/(?:pr|convert)/[^/@+#]+|[^/@+#]+)";

  private static final Pattern WITH_ORGANISATION =
      Pattern.compile("(%s/%s)(?:@%s)?(?:/(.*))?".formatted(PART, PART, VERSION));
  private static final Pattern ALONE =
      Pattern.compile("(%s)@%s(?:/(.*))?".formatted(PART, VERSION));

  /// Files of this machine end so more often than models of the Hub do.
  private static final Pattern FILE =
      Pattern.compile(".+\\.(?:safetensors|pt|pth|bin|ckpt|gguf|json|ya?ml)");

  /// What `org/name` or `org/name@revision` means; empty for any other text.
  static Optional<Location> find(String name) {
    Matcher bare = BARE.matcher(File.separatorChar == '/' ? name : name.replace('\\', '/'));
    if (!bare.matches() || FILE.matcher(name).matches() || !isRepository(bare.group(1))) {
      return Optional.empty();
    }
    String revision = bare.group(2) == null ? "" : "@" + bare.group(2).replace("/", "%2F");
    return Optional.of(new Location(SCHEME, SCHEME + "://" + bare.group(1) + revision));
  }

  /// Takes a location apart; empty if it is not as it should be.
  static Optional<HubAddress> of(Location location) {
    String text = location.text().substring(location.text().indexOf("://") + 3);
    Matcher parts = WITH_ORGANISATION.matcher(text);
    if (!parts.matches()) {
      parts = ALONE.matcher(text);
    }
    if (!parts.matches() || !isRepository(parts.group(1))) {
      return Optional.empty();
    }
    String revision = parts.group(2) == null ? MAIN : decoded(parts.group(2));
    String path = parts.group(3) == null ? "" : parts.group(3).replaceFirst("/$", "");
    return isRevision(revision)
        ? Optional.of(new HubAddress(parts.group(1), revision, path))
        : Optional.empty();
  }

  private static String decoded(String revision) {
    try {
      return URLDecoder.decode(revision.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return revision;
    }
  }

  private static boolean isRepository(String name) {
    return name.length() <= LONGEST && !name.contains("--") && !name.contains("..");
  }

  /// What git takes for a name, and no way out of a folder.
  private static boolean isRevision(String name) {
    for (String part : name.split("/", -1)) {
      if (part.isEmpty() || part.startsWith(".") || part.endsWith(".lock")) {
        return false;
      }
    }
    return name.length() <= 255
        && !name.contains("..")
        && name.chars().noneMatch(c -> c <= ' ' || c == 127 || "~^:?*[\\".indexOf(c) >= 0);
  }

  /// The same place of one commit.
  Location at(String commit) {
    String whole = SCHEME + "://" + repository + "@" + commit;
    return new Location(SCHEME, path.isEmpty() ? whole : whole + "/" + path);
  }
}
