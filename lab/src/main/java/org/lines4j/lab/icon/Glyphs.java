package org.lines4j.lab.icon;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Letters and numerals, drawn from the fonts of packages.
final class Glyphs {
  private static final int MOST = 1 << 26;

  /// How many letters a face gives of a script other than Latin.
  private static final int OF_SCRIPT = 60;

  /// Which files of a package are drawn from: few of a family, so that none outweighs the others.
  private static final Pattern FACES =
      Pattern.compile(
          "package/(?:(?:400Regular|700Bold|400Regular_Italic|300Light)/([^/]+)_[^_/]+(?:_Italic)?"
              + "|ttf/(DejaVu(?:Sans|SansMono|Serif))(?:-(?:Bold|Oblique|Italic))?)\\.ttf");

  /// A character as a face draws it.
  ///
  /// @param family of fonts that look alike
  record Glyph(String family, int character, Picture picture) {}

  private Glyphs() {}

  /// All that are wanted, of every face of a package.
  static List<Glyph> draw(NpmPackage source, byte[] archive) throws IOException {
    Map<String, byte[]> files =
        Tarball.files(source, archive, name -> FACES.matcher(name).matches(), MOST);
    List<Glyph> glyphs = new ArrayList<>();
    GlyphPainter painter = new GlyphPainter();
    for (Map.Entry<String, byte[]> file : new TreeMap<>(files).entrySet()) {
      Matcher name = FACES.matcher(file.getKey());
      if (!name.matches()) {
        continue;
      }
      String family = name.group(1) == null ? name.group(2) : name.group(1);
      try (Typeface face = Typeface.read(source + ": " + file.getKey(), file.getValue())) {
        for (int character : characters(face, file.getKey())) {
          face.outline(character)
              .flatMap(outline -> painter.draw(outline, face.unitsPerEm()))
              .ifPresent(picture -> glyphs.add(new Glyph(family, character, picture)));
        }
      }
    }
    return glyphs;
  }

  private static List<Integer> characters(Typeface face, String name) {
    Random random = new Random(name.hashCode());
    List<Integer> chosen = new ArrayList<>();
    for (int c = '0'; c <= 'z'; c++) {
      if (Character.isLetterOrDigit(c)) {
        chosen.add(c);
      }
    }
    for (Script script : Script.values()) {
      List<Integer> letters =
          new ArrayList<>(
              script.letters().stream()
                  .filter(c -> c > 'z' && face.outline(c).isPresent())
                  .toList());
      Collections.shuffle(letters, random);
      chosen.addAll(letters.subList(0, Math.min(OF_SCRIPT, letters.size())));
    }
    for (int c = 'z'; c <= 0x1fff; c++) {
      if (Character.getType(c) == Character.DECIMAL_DIGIT_NUMBER) {
        chosen.add(c);
      }
    }
    return chosen;
  }
}
