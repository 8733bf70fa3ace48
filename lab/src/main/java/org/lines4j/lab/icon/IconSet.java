package org.lines4j.lab.icon;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.lines4j.error.InputException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Icons of one designer, as packages `@iconify-json/…` hold them.
///
/// @param hasColours whether the icons' own colours count
/// @param icons in the package's order, without those that it hides
record IconSet(boolean hasColours, List<Icon> icons) {
  private static final int MOST = 1 << 26;
  private static final double USUAL_SIDE = 16;

  /// An icon.
  ///
  /// @param name lower case, `-` between words
  /// @param categories what the package says it belongs to
  record Icon(String name, IconSvg svg, List<String> categories) {}

  IconSet {
    icons = List.copyOf(icons);
  }

  /// Reads a package.
  ///
  /// @throws InputException if it is malformed
  static IconSet read(NpmPackage source, byte[] archive) throws IOException {
    Map<String, byte[]> files =
        Tarball.files(
            source, archive, name -> name.matches("package/(icons|info|metadata)\\.json"), MOST);
    return new IconSet(
        json(source, files, "info").path("palette").asBoolean(),
        icons(
            source,
            json(source, files, "icons"),
            json(source, files, "metadata").path("categories")));
  }

  private static JsonNode json(NpmPackage source, Map<String, byte[]> files, String name) {
    byte[] bytes = files.get("package/%s.json".formatted(name));
    if (bytes == null) {
      throw new InputException(source, "lacks %s.json".formatted(name));
    }
    try {
      return JsonMapper.shared().readTree(bytes);
    } catch (JacksonException e) {
      throw new InputException(source, "%s.json: %s".formatted(name, e.getOriginalMessage()));
    }
  }

  private static List<Icon> icons(NpmPackage source, JsonNode set, JsonNode byCategory) {
    Map<String, List<String>> categories = new HashMap<>();
    byCategory.forEachEntry(
        (category, names) ->
            names.forEach(
                name ->
                    categories
                        .computeIfAbsent(name.asString(), _ -> new ArrayList<>())
                        .add(category)));
    List<Icon> icons = new ArrayList<>();
    set.path("icons")
        .forEachEntry(
            (name, icon) -> {
              if (!icon.path("hidden").asBoolean()) {
                icons.add(
                    new Icon(
                        name,
                        svg(source, name, set, icon),
                        categories.getOrDefault(name, List.of())));
              }
            });
    return icons;
  }

  private static IconSvg svg(NpmPackage source, String name, JsonNode set, JsonNode icon) {
    return new IconSvg(
        source + ": " + name,
        icon.path("body").asString(),
        number("left", 0, set, icon),
        number("top", 0, set, icon),
        number("width", USUAL_SIDE, set, icon),
        number("height", USUAL_SIDE, set, icon));
  }

  /// What an icon says, else what its set says for all.
  private static double number(String name, double usual, JsonNode set, JsonNode icon) {
    return icon.path(name).asDouble(set.path(name).asDouble(usual));
  }
}
