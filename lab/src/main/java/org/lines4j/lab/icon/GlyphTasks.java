package org.lines4j.lab.icon;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.IntFunction;
import org.lines4j.lab.icon.Glyphs.Glyph;
import org.lines4j.lab.icon.PictureTask.Example;

/// Questions about letters and numerals in fonts.
final class GlyphTasks {
  private static final List<String> DIGITS =
      List.of("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine");
  private static final int LETTERS = 26;
  private static final int FEWEST_OF_SCRIPT = 70;
  private static final int MOST_OF_SCRIPT = 330;

  /// Latin ones are in every font.
  private static final int MOST_OF_LATIN_NUMERAL = 120;

  private static final long SEED = 4;

  private final List<Glyph> glyphs;
  private final String source;

  private GlyphTasks(List<Glyph> glyphs, int packages) {
    this.glyphs = glyphs;
    this.source =
        ("%d packages of fonts of npm: @expo-google-fonts/… (OFL-1.1, Apache-2.0, UFL-1.0),"
                + " dejavu-fonts-ttf (Bitstream Vera)")
            .formatted(packages);
  }

  static List<PictureTask> all(Packages packages) throws IOException {
    List<Glyph> glyphs = new ArrayList<>();
    for (NpmPackage fonts : packages.fonts()) {
      glyphs.addAll(Glyphs.draw(fonts, packages.read(fonts)));
    }
    Collections.shuffle(glyphs, new Random(SEED));
    GlyphTasks tasks = new GlyphTasks(glyphs, packages.fonts().size());
    return List.of(tasks.letters(), tasks.scripts(), tasks.numerals());
  }

  /// Small and capital letters are one; fonts of one family are in one part.
  private PictureTask letters() {
    List<String> classes = new ArrayList<>();
    for (char letter = 'a'; letter <= 'z'; letter++) {
      classes.add("the letter " + letter);
    }
    classes.addAll(numbers());
    return task(
        "letters",
        "Which letter or digit is it?",
        classes,
        examples(
            character -> {
              if (character > 'z' || !Character.isLetterOrDigit(character)) {
                return -1;
              }
              int letter = Character.toLowerCase(character) - 'a';
              return letter < 0 ? LETTERS + character - '0' : letter;
            },
            Integer.MAX_VALUE));
  }

  /// A letter is in one part, whatever font it is from.
  private PictureTask scripts() {
    Map<Script, List<Glyph>> byScript = new EnumMap<>(Script.class);
    for (Glyph glyph : glyphs) {
      if (Character.isDigit(glyph.character())) {
        continue;
      }
      Character.UnicodeScript script = Character.UnicodeScript.of(glyph.character());
      Arrays.stream(Script.values())
          .filter(one -> one.name().equals(script.name()))
          .forEach(one -> byScript.computeIfAbsent(one, _ -> new ArrayList<>()).add(glyph));
    }
    byScript.values().removeIf(drawn -> drawn.size() < FEWEST_OF_SCRIPT);
    List<Script> scripts = List.copyOf(byScript.keySet());
    List<Example> examples = new ArrayList<>();
    byScript.forEach(
        (script, drawn) ->
            drawn.stream()
                .limit(MOST_OF_SCRIPT)
                .map(
                    glyph ->
                        new Example(
                            "character " + glyph.character(),
                            scripts.indexOf(script),
                            glyph.picture()))
                .forEach(examples::add));
    return task(
        "scripts",
        "Which script is the letter of?",
        scripts.stream().map(Script::words).toList(),
        examples);
  }

  /// Which number a numeral of any script stands for.
  private PictureTask numerals() {
    return task(
        "numerals",
        "Which number is it, in a script of the world?",
        numbers(),
        examples(
            character -> Character.isDigit(character) ? Character.digit(character, 10) : -1,
            MOST_OF_LATIN_NUMERAL));
  }

  private static List<String> numbers() {
    return DIGITS.stream().map(digit -> "the number " + digit).toList();
  }

  /// By family.
  ///
  /// @param label of a character; negative for none
  /// @param mostOfDigit how many there are at most of each digit of ASCII
  private List<Example> examples(IntFunction<Integer> label, int mostOfDigit) {
    Map<Integer, Integer> digits = new HashMap<>();
    List<Example> examples = new ArrayList<>();
    for (Glyph glyph : glyphs) {
      int number = label.apply(glyph.character());
      boolean isDigit = glyph.character() <= '9';
      if (number >= 0
          && (!isDigit || digits.merge(glyph.character(), 1, Integer::sum) <= mostOfDigit)) {
        String family = glyph.family().toLowerCase(Locale.ROOT);
        examples.add(new Example("family " + family, number, glyph.picture()));
      }
    }
    return examples;
  }

  private PictureTask task(
      String name, String question, List<String> classes, List<Example> examples) {
    return new PictureTask(name, question, source, classes, examples, Map.of());
  }
}
