package org.lines4j.lab.icon;

import java.util.List;
import java.util.stream.IntStream;

/// Scripts of the world, and which of their letters are drawn.
enum Script {
  LATIN("latin", 0x41, 0x17f),
  GREEK("greek", 0x370, 0x3ff),
  CYRILLIC("cyrillic", 0x400, 0x52f),
  ARMENIAN("armenian", 0x531, 0x587),
  GEORGIAN("georgian", 0x10d0, 0x10f0),
  HEBREW("hebrew", 0x5d0, 0x5ea),
  ARABIC("arabic", 0x620, 0x6d3),
  DEVANAGARI("devanagari", 0x904, 0x939),
  BENGALI("bengali", 0x985, 0x9b9),
  GUJARATI("gujarati", 0xa85, 0xab9),
  TAMIL("tamil", 0xb85, 0xbb9),
  TELUGU("telugu", 0xc05, 0xc39),
  KANNADA("kannada", 0xc85, 0xcb9),
  MALAYALAM("malayalam", 0xd05, 0xd39),
  SINHALA("sinhala", 0xd85, 0xdc6),
  THAI("thai", 0xe01, 0xe30),
  TIBETAN("tibetan", 0xf40, 0xf6c),
  MYANMAR("myanmar burmese", 0x1000, 0x102a),
  ETHIOPIC("ethiopic", 0x1200, 0x135a),
  CHEROKEE("cherokee", 0x13a0, 0x13f4),
  KHMER("khmer", 0x1780, 0x17b3),
  BRAILLE("braille", 0x2801, 0x28ff),
  HIRAGANA("japanese hiragana", 0x3041, 0x3096),
  KATAKANA("japanese katakana", 0x30a1, 0x30fa),
  HAN("chinese han", 0x4e00, 0x9fa5),
  HANGUL("hangul korean", 0xac00, 0xd7a3);

  private static final int MOST = 400;

  private final String words;
  private final int first;
  private final int last;

  Script(String words, int first, int last) {
    this.words = words;
    this.first = first;
    this.last = last;
  }

  /// As prompts call it.
  String words() {
    return words + " script";
  }

  /// The letters, evenly chosen of those that have thousands.
  List<Integer> letters() {
    Character.UnicodeScript script = Character.UnicodeScript.valueOf(name());
    int step = Math.ceilDiv(last - first + 1, MOST);
    return IntStream.iterate(first, c -> c <= last, c -> c + step)
        .filter(c -> Character.UnicodeScript.of(c) == script)
        .filter(c -> this == BRAILLE || Character.isLetter(c))
        .boxed()
        .toList();
  }
}
