// Draws glyphs of public fonts: WORK/glyphs.bin, a byte (coverage) for each of 32 × 32 pixels of each
// glyph, and WORK/glyphs.json, their code points and fonts.
//
//   node glyphs.mjs WORK
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';

const require = createRequire(path.join(process.cwd(), 'package.json'));
const opentype = require('opentype.js');
const { Resvg } = require('@resvg/resvg-js');

const work = process.argv[2];
const FONTS = 'node_modules/@expo-google-fonts';
const STYLES = ['400Regular', '700Bold'];
const MOST_OF_A_SCRIPT = 60;
const MOST_ACCENTED = 20;

/** First and last code point of each alphabet. */
const ALPHABETS = {
  latin: [0x41, 0x17f], greek: [0x370, 0x3ff], cyrillic: [0x400, 0x52f], armenian: [0x531, 0x58f],
  hebrew: [0x5d0, 0x5ea], arabic: [0x620, 0x64a], devanagari: [0x904, 0x939], bengali: [0x985, 0x9b9],
  gujarati: [0xa85, 0xab9], tamil: [0xb85, 0xbb9], telugu: [0xc05, 0xc39], kannada: [0xc85, 0xcb9],
  malayalam: [0xd05, 0xd39], sinhala: [0xd85, 0xdc6], thai: [0xe01, 0xe30], tibetan: [0xf40, 0xf6c],
  myanmar: [0x1000, 0x102a], georgian: [0x10d0, 0x10f0], ethiopic: [0x1200, 0x12ff],
  khmer: [0x1780, 0x17b3], hiragana: [0x3041, 0x3096], katakana: [0x30a1, 0x30fa],
  han: [0x4e00, 0x9fa5], digits: [0x30, 0x39],
};

/** A generator of numbers below 1, the same each time. */
function numbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 4294967296;
  };
}

function sample(list, count, next) {
  const rest = [...list];
  const drawn = [];
  while (drawn.length < count && rest.length > 0) {
    drawn.push(...rest.splice(Math.floor(next() * rest.length), 1));
  }
  return drawn;
}

/** The code points to draw of a font: of each alphabet that it has. */
function chosen(font, next) {
  const points = [];
  for (const [script, [first, last]] of Object.entries(ALPHABETS)) {
    const own = [];
    for (let point = first; point <= last; point++) {
      if (font.charToGlyphIndex(String.fromCodePoint(point)) > 0) own.push(point);
    }
    if (script === 'latin') {
      points.push(...own.filter((point) => point < 0x7b && /\p{L}/u.test(String.fromCodePoint(point))));
      points.push(...sample(own.filter((point) => point >= 0xc0), MOST_ACCENTED, next));
    } else {
      points.push(...sample(own, MOST_OF_A_SCRIPT, next));
    }
  }
  return points;
}

/** The glyph in the middle of a square, as coverage; null if it does not fill it reasonably. */
function draw(font, point) {
  const outline = font.charToGlyph(String.fromCodePoint(point)).getPath(0, 0, 46);
  const box = outline.getBoundingBox();
  const [width, height] = [box.x2 - box.x1, box.y2 - box.y1];
  if (!(width >= 2 && height >= 2 && width <= 62 && height <= 62)) return null;
  const [left, top] = [(box.x1 + box.x2) / 2 - 32, (box.y1 + box.y2) / 2 - 32];
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="32" height="32" viewBox="${left} ${top} 64 64"><path d="${outline.toPathData(3)}"/></svg>`;
  const pixels = new Resvg(svg, { font: { loadSystemFonts: false } }).render().pixels;
  const alpha = Buffer.alloc(1024);
  for (let i = 0; i < 1024; i++) alpha[i] = pixels[4 * i + 3];
  return Math.max(...alpha) > 80 ? alpha : null;
}

const images = [];
const rows = [];
let seed = 0;
for (const family of fs.readdirSync(FONTS).sort()) {
  for (const style of STYLES) {
    const folder = path.join(FONTS, family, style);
    if (!fs.existsSync(folder)) continue;
    const file = fs.readdirSync(folder).find((name) => /\.(ttf|otf)$/.test(name));
    const bytes = fs.readFileSync(path.join(folder, file));
    const font = opentype.parse(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
    for (const point of chosen(font, numbers(++seed))) {
      const image = draw(font, point);
      if (image) {
        images.push(image);
        rows.push([point, `${family} ${style}`]);
      }
    }
    console.log(family, style, rows.length);
  }
}
fs.writeFileSync(path.join(work, 'glyphs.bin'), Buffer.concat(images));
fs.writeFileSync(path.join(work, 'glyphs.json'), JSON.stringify(rows));
