package org.lines4j.lab.image;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// The glyphs of a task's classes in one font, drawn with one pen.
///
/// The fonts are Hershey's, as `glyphs.txt` holds them: no machine's own fonts play a part.
///
/// @param glyphs one for each class
/// @param pen how they are drawn
/// @param weight how thick the strokes are, relative to a font of single lines
record Face(List<Strokes> glyphs, Pen pen, float weight) {
  Face {
    glyphs = List.copyOf(glyphs);
  }

  /// The same with another pen.
  Face with(Pen other) {
    return new Face(glyphs, other, weight);
  }

  /// A font's glyphs for `characters`; those that the font lacks are taken from `others`, in turn.
  ///
  /// Glyphs are centred, and sized half by themselves and half by the largest among them, so that
  /// small ones can be read and are still smaller.
  static Face of(float weight, List<String> characters, String font, String... others) {
    List<int[][]> outlines = new ArrayList<>();
    for (String character : characters) {
      int[][] outline = FONTS.get(font + '\t' + character);
      for (int i = 0; outline == null && i < others.length; i++) {
        outline = FONTS.get(others[i] + '\t' + character);
      }
      outlines.add(
          Objects.requireNonNull(outline, () -> "no glyph for " + character + " in " + font));
    }
    float largest = 0;
    for (int[][] outline : outlines) {
      largest = Math.max(largest, Box.of(outline).half());
    }
    List<Strokes> glyphs = new ArrayList<>();
    for (int[][] outline : outlines) {
      glyphs.add(normalised(outline, largest));
    }
    return new Face(glyphs, Pen.SOLID, weight);
  }

  private static Strokes normalised(int[][] strokes, float largest) {
    Box box = Box.of(strokes);
    float unit = (box.half() + largest) / 2;
    int points = 0;
    int[] ends = new int[strokes.length];
    for (int i = 0; i < strokes.length; i++) {
      points += strokes[i].length / 2;
      ends[i] = points;
    }
    float[] x = new float[points];
    float[] y = new float[points];
    int at = 0;
    for (int[] stroke : strokes) {
      for (int i = 0; i < stroke.length; i += 2) {
        x[at] = (stroke[i] - (box.left + box.right) / 2f) / unit;
        y[at] = (stroke[i + 1] - (box.top + box.bottom) / 2f) / unit;
        at++;
      }
    }
    return new Strokes(x, y, ends);
  }

  /// What a glyph spans in its font's units.
  private record Box(int left, int top, int right, int bottom) {
    static Box of(int[][] strokes) {
      int left = Integer.MAX_VALUE;
      int top = Integer.MAX_VALUE;
      int right = Integer.MIN_VALUE;
      int bottom = Integer.MIN_VALUE;
      for (int[] stroke : strokes) {
        for (int i = 0; i < stroke.length; i += 2) {
          left = Math.min(left, stroke[i]);
          right = Math.max(right, stroke[i]);
          top = Math.min(top, stroke[i + 1]);
          bottom = Math.max(bottom, stroke[i + 1]);
        }
      }
      return new Box(left, top, right, bottom);
    }

    float half() {
      return Math.max(right - left, bottom - top) / 2f;
    }
  }

  /// By font, tab, character: the strokes, each x, y, x, y, …
  private static final Map<String, int[][]> FONTS = read("glyphs.txt");

  private static Map<String, int[][]> read(String resource) {
    Map<String, int[][]> fonts = new HashMap<>();
    try (InputStream in =
            Objects.requireNonNull(Face.class.getResourceAsStream(resource), resource);
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        int tab = line.lastIndexOf('\t');
        if (!line.startsWith("#")) {
          fonts.put(line.substring(0, tab), strokes(line.substring(tab + 1)));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return fonts;
  }

  private static int[][] strokes(String text) {
    List<int[]> strokes = new ArrayList<>();
    int from = 0;
    while (from < text.length()) {
      int blank = text.indexOf(' ', from);
      int end = blank < 0 ? text.length() : blank;
      strokes.add(text.substring(from, end).chars().map(c -> c - 'R').toArray());
      from = end + 1;
    }
    return strokes.toArray(int[][]::new);
  }
}
