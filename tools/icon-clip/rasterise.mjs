// Draws icon sets, 32 × 32: WORK/ras/SET.bin, a byte (coverage) for each pixel of an icon without colours,
// four (red, green, blue times alpha, and alpha) of one with, and WORK/ras/SET.json. Sets that are there are left alone.
//
//   node rasterise.mjs WORK [PART OF]
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';

const require = createRequire(path.join(process.cwd(), 'package.json'));
const { Resvg } = require('@resvg/resvg-js');

const ICONS = 'node_modules/@iconify/json';
const [work, part = '0', of = '1'] = process.argv.slice(2);
const sets = JSON.parse(fs.readFileSync(new URL('sets.json', import.meta.url)));
const collections = JSON.parse(fs.readFileSync(path.join(ICONS, 'collections.json')));

/** Sets whose licence permits it, but brands' marks and what others contain. */
function chosen() {
  const excluded = new Set([...sets.brands, ...sets.superseded, ...sets.emoji]);
  return Object.keys(collections).filter(
    (name) => sets.licences.includes(collections[name].license.spdx) && !excluded.has(name));
}

/** Icons of a set that differ from each other in more than style or size. */
function names(set, icons) {
  const all = Object.keys(icons).filter((name) => !icons[name].hidden);
  if (set === 'fluent') {
    return all.filter((name) => /-(24|20)-(regular|filled)$/.test(name)
      && (!/-20-/.test(name) || !icons[name.replace('-20-', '-24-')]));
  }
  if (set === 'material-symbols' || set === 'material-symbols-light') {
    return all.filter((name) => !/-sharp$|-rounded$/.test(name)
      || (name.length * 7 + name.charCodeAt(1)) % 3 === 0);
  }
  if (set === 'iconmind') return all.filter((_, i) => i % 2 === 0);
  if (set.startsWith('fluent-emoji')) {
    return all.filter((name) => !/skin-tone|-(light|medium|dark)(-|$)/.test(name));
  }
  return all;
}

/** An icon in the middle of a square; null if it cannot be drawn. */
function draw(icon, set, colour) {
  const [left, top] = [icon.left ?? set.left ?? 0, icon.top ?? set.top ?? 0];
  const [width, height] = [icon.width ?? set.width ?? 16, icon.height ?? set.height ?? 16];
  const side = Math.max(width, height);
  const box = `${left - (side - width) / 2} ${top - (side - height) / 2} ${side} ${side}`;
  const body = icon.body.replace(/currentColor/g, '#000');
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="32" height="32" viewBox="${box}">${body}</svg>`;
  let pixels;
  try {
    pixels = new Resvg(svg, { font: { loadSystemFonts: false } }).render().pixels;
  } catch {
    return null;
  }
  if (pixels.length !== 4096) return null;
  if (colour) return Buffer.from(pixels);
  const coverage = Buffer.alloc(1024);
  for (let i = 0; i < 1024; i++) coverage[i] = pixels[4 * i + 3];
  return coverage;
}

function rasterise(name) {
  const target = path.join(work, 'ras', name);
  if (fs.existsSync(`${target}.json`)) return;
  const set = JSON.parse(fs.readFileSync(path.join(ICONS, 'json', `${name}.json`)));
  const { palette: colour, license, author, name: title } = collections[name];
  const drawn = names(name, set.icons)
    .map((icon) => [icon, draw(set.icons[icon], set, colour)])
    .filter(([, image]) => image);
  fs.writeFileSync(`${target}.bin`, Buffer.concat(drawn.map(([, image]) => image)));
  fs.writeFileSync(`${target}.json`, JSON.stringify({
    colour, names: drawn.map(([icon]) => icon), licence: license.spdx, title,
    author: author.name, url: author.url ?? license.url ?? '',
  }));
  console.log(name, drawn.length);
}

/** Regions by their two letters, in English. */
function regions() {
  const english = new Intl.DisplayNames(['en'], { type: 'region' });
  const byCode = {};
  for (let i = 0; i < 676; i++) {
    const code = String.fromCharCode(65 + Math.floor(i / 26), 65 + (i % 26));
    const region = english.of(code);
    if (region && region !== code && region !== 'Unknown Region') byCode[code] = region.toLowerCase();
  }
  return byCode;
}

fs.mkdirSync(path.join(work, 'ras'), { recursive: true });
fs.writeFileSync(path.join(work, 'regions.json'), JSON.stringify(regions()));
chosen().sort((a, b) => collections[b].total - collections[a].total)
  .filter((_, i) => i % Number(of) === Number(part))
  .forEach(rasterise);
