"""Picks the glyphs that the lab draws out of the Hershey fonts, into one compact file: see README.md."""

import pathlib
import sys

ACKNOWLEDGEMENT = """\
This distribution of the Hershey Fonts may be used by anyone for any purpose, commercial or otherwise,
providing that:
1. The following acknowledgements must be distributed with the font data:
   - The Hershey Fonts were originally created by Dr. A. V. Hershey while working at the U. S. National
     Bureau of Standards.
   - The format of the Font data in this distribution was originally created by
     James Hurt, Cognition, Inc., 900 Technology Park Drive, Billerica, MA 01821 (mit-eddie!ci-dandelion!hurt)
2. The font data in this distribution may be converted into any other format *EXCEPT* the format
   distributed by the U.S. NTIS (which organization holds the rights to the distribution and use of the font
   data in that particular format). Not that anybody would really *want* to use their format... each point
   is described in eight bytes as "xxx yyy:", where xxx and yyy are the coordinate values as ASCII numbers.

A selection, made by tools/glyphs/make_glyphs.py. A line is: font, tab, character, tab, strokes. Strokes are
set apart by blanks; each is a row of points of two letters, x and y (downwards), counted from the letter R."""

LATIN_UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LATIN_LOWER = LATIN_UPPER.lower()
DIGITS = "0123456789"
ASCII = {c: ord(c) - 32 for c in DIGITS + LATIN_UPPER + LATIN_LOWER}


def at(start, characters):
    """Characters that follow one another in a font; a blank passes over a place."""
    return {c: start + i for i, c in enumerate(characters) if c != " "}


KANA = 33, "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめも"
KATAKANA = 113, "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモ"

# our font: [(file, {character: place in the file})]
FONTS = {
    "sans": [("rowmans", {c: ord(c) - 32 for c in DIGITS + LATIN_UPPER + LATIN_LOWER + "&@#$%?{~*"})],
    "serif": [("timesr", ASCII)],
    "bold-italic": [("timesib", ASCII)],
    "script": [("scripts", {c: ord(c) - 32 for c in LATIN_UPPER + LATIN_LOWER})],
    "gothic": [("gothiceng", ASCII)],
    "lombardic": [("gothicita", {c: ord(c) - 32 for c in LATIN_UPPER})],
    "greek-sans": [("greeks", at(65, "αβγδεζηθικλμνξοπρστυφχψω"))],
    "greek-serif": [("greekc", at(65, "αβγδεζηθικλμνξοπρστυφχψω"))],
    "cyrillic": [
        ("cyrilc_1", at(33, "АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩ")),
        ("cyrillic", {"Ъ": 61, "Ы": 4, "Ь": 63, "Э": 35, "Ю": 53, "Я": 62}),
    ],
    "japanese": [("japanese", at(*KANA) | at(*KATAKANA) | at(3, "日円年大国人東中本京出時上者十一二三四五六七 九"))],
    "symbols": [
        ("mathlow", {"±": 1, "×": 3, "≠": 31, "≡": 32, "∞": 63, "√": 66} | at(68, "⊂∪ ")
         | at(72, "∈→↑←↓∂∇ ∫") | {"∃": 86, "ℵ": 87, "÷": 88, "∥": 89, "∠": 92}),
        ("symbolic", {"§": 73, "♠": 77, "♥": 78, "♣": 80}),
    ],
    "zodiac": [
        ("astrology", {"♓": 1, "☉": 3, "☿": 4, "♀": 5, "⊕": 6, "♂": 7, "♃": 10, "♄": 11, "♅": 13, "♆": 15, "♇": 26,
                       "☾": 27, "☄": 28, "✳": 29, "☊": 30, "☋": 31, "♈": 32, "♉": 59, "♊": 61, "♋": 62, "♌": 63,
                       "♍": 64, "♏": 91, "♐": 92, "♑": 93, "♒": 94})
    ],
}


def read(path):
    """The strokes of a .jhf file's glyphs: 5 columns of number, 3 of pairs, then the pairs, over several lines."""
    lines = iter(path.read_text("latin-1").split("\n"))
    glyphs = []
    for line in lines:
        if not line.strip():
            continue
        pairs = int(line[5:8])
        while len(line) < 8 + 2 * pairs:
            line += next(lines)
        points = [line[8 + 2 * i : 10 + 2 * i] for i in range(1, pairs)]  # the first pair holds the bearings
        strokes = "".join("\n" if p == " R" else p for p in points).split("\n")
        glyphs.append([s for s in strokes if len(s) >= 4])
    return glyphs


def main(source, target):
    out = ["# " + line if line else "#" for line in ACKNOWLEDGEMENT.split("\n")]
    for font, parts in FONTS.items():
        for file, places in parts:
            glyphs = read(pathlib.Path(source, file + ".jhf"))
            for character, place in places.items():
                strokes = glyphs[place]
                assert strokes and not any(" " in s or "\t" in s for s in strokes), (font, character)
                out.append(f"{font}\t{character}\t{' '.join(strokes)}")
    pathlib.Path(target).write_text("\n".join(out) + "\n", "utf-8", newline="\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
