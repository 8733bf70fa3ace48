package org.lines4j.lab.icon;

import java.awt.Shape;
import java.io.Closeable;
import java.io.IOException;
import java.util.Optional;
import org.apache.fontbox.ttf.CmapLookup;
import org.apache.fontbox.ttf.GlyphData;
import org.apache.fontbox.ttf.TTFParser;
import org.apache.fontbox.ttf.TrueTypeFont;
import org.apache.pdfbox.io.RandomAccessReadBuffer;
import org.lines4j.error.InputException;

/// The outlines of a font in TrueType format.
final class Typeface implements Closeable {
  private final TrueTypeFont font;
  private final CmapLookup characters;
  private final double unitsPerEm;

  private Typeface(TrueTypeFont font) throws IOException {
    this.font = font;
    this.characters = font.getUnicodeCmapLookup();
    this.unitsPerEm = font.getUnitsPerEm();
  }

  /// Reads one.
  ///
  /// @throws InputException if it is malformed
  static Typeface read(Object place, byte[] file) {
    try {
      return new Typeface(new TTFParser().parse(new RandomAccessReadBuffer(file)));
    } catch (IOException | RuntimeException e) { // whatever a parser makes of what is wrong
      InputException wrong = new InputException(place, "is no font: " + e.getMessage());
      wrong.initCause(e);
      throw wrong;
    }
  }

  /// The outline of a character, upwards; empty if the font has none.
  Optional<Shape> outline(int character) {
    try {
      int glyph = characters.getGlyphId(character);
      GlyphData data = glyph == 0 ? null : font.getGlyph().getGlyph(glyph);
      return data == null ? Optional.empty() : Optional.of(data.getPath());
    } catch (IOException | RuntimeException e) { // a glyph that is wrong is none
      return Optional.empty();
    }
  }

  double unitsPerEm() {
    return unitsPerEm;
  }

  @Override
  public void close() throws IOException {
    font.close();
  }
}
