package org.lines4j.lab.image;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.lines4j.error.NearestName;
import org.lines4j.error.RequestException;

/// The tasks that there are.
public final class ImageTasks {
  private static final List<String> DIGITS = letters("0123456789");
  private static final List<String> UPPER = letters("ABCDEFGHIJKLMNOPQRSTUVWXYZ");
  private static final List<String> LOWER = letters("abcdefghijklmnopqrstuvwxyz");
  private static final List<String> GREEK = letters("αβγδεζηθικλμνξοπρστυφχψω");
  private static final List<String> CYRILLIC = letters("АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ");
  private static final List<String> HIRAGANA = letters("あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめも");
  private static final List<String> KATAKANA = letters("アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモ");
  private static final List<String> KANJI = letters("日円年大国人東中本京出時上者十一二三四五六七九");
  private static final List<String> SYMBOLS = letters("&@#$%?{~*±×÷≠≡∞√∪⊂∈→↑←↓∂∇∫∃ℵ∥∠§♠♥♣");
  private static final List<String> ZODIAC = letters("♓☉☿♀⊕♂♃♄♅♆♇☾☄✳☊☋♈♉♊♋♌♍♏♐♑♒");

  private static final List<ImageTask> ALL =
      List.of(
          task("digits", DIGITS, digits()),
          task(
              "upper",
              UPPER,
              new GlyphScene(
                  List.of(
                      single(UPPER, "sans"), drawn(UPPER, "serif"), drawn(UPPER, "bold-italic")),
                  List.of(single(UPPER, "script"), drawn(UPPER, "lombardic")))),
          task(
              "lower",
              LOWER,
              new GlyphScene(
                  List.of(
                      single(LOWER, "sans"), drawn(LOWER, "serif"), drawn(LOWER, "bold-italic")),
                  List.of(single(LOWER, "script"), drawn(LOWER, "gothic")))),
          task(
              "greek",
              GREEK,
              penned(List.of(single(GREEK, "greek-sans"), drawn(GREEK, "greek-serif")))),
          task("cyrillic", CYRILLIC, penned(List.of(drawn(CYRILLIC, "cyrillic")))),
          task("hiragana", HIRAGANA, penned(List.of(drawn(HIRAGANA, "japanese")))),
          task("katakana", KATAKANA, penned(List.of(drawn(KATAKANA, "japanese")))),
          task("kanji", KANJI, penned(List.of(drawn(KANJI, "japanese")))),
          task("symbols", SYMBOLS, penned(List.of(single(SYMBOLS, "symbols", "sans")))),
          task("zodiac", ZODIAC, penned(List.of(drawn(ZODIAC, "zodiac")))),
          task("shapes", ShapeScene.classes(), new ShapeScene()),
          task("gratings", GratingScene.classes(), new GratingScene()),
          task("textures", TextureScene.classes(), new TextureScene()),
          task("counting", CountingScene.classes(), new CountingScene()),
          task("position", PositionScene.classes(), new PositionScene()));

  private ImageTasks() {}

  /// All of them, in a fixed order.
  public static List<ImageTask> all() {
    return ALL;
  }

  /// The task with that name.
  ///
  /// @throws RequestException if there is none
  public static ImageTask named(String name) {
    return ALL.stream()
        .filter(task -> task.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new RequestException("no image task is called '%s'".formatted(name))
                    .withRemedy(
                        NearestName.advice(name, ALL.stream().map(ImageTask::name).toList())));
  }

  private static ImageTask task(String name, List<String> classes, Scene scene) {
    return new RenderedTask(name, classes, scene);
  }

  private static GlyphScene digits() {
    return new GlyphScene(
        List.of(single(DIGITS, "sans"), drawn(DIGITS, "serif"), drawn(DIGITS, "bold-italic")),
        List.of(drawn(DIGITS, "gothic"), single(DIGITS, "sans").with(Pen.HOLLOW)),
        Pose.Range.USUAL.withSize(5, 8),
        0.55f,
        1.1f,
        true);
  }

  /// Glyphs in fonts that training shows, all of them; unseen are the pens.
  private static GlyphScene penned(List<Face> faces) {
    return new GlyphScene(
        faces,
        Stream.of(Pen.DASHED, Pen.HOLLOW)
            .flatMap(pen -> faces.stream().map(face -> face.with(pen)))
            .toList());
  }

  /// A font of single lines.
  private static Face single(List<String> characters, String font, String... others) {
    return Face.of(1, characters, font, others);
  }

  /// A font whose thick strokes are several lines beside each other.
  private static Face drawn(List<String> characters, String font) {
    return Face.of(0.65f, characters, font);
  }

  private static List<String> letters(String text) {
    return IntStream.of(text.codePoints().toArray()).mapToObj(Character::toString).toList();
  }
}
