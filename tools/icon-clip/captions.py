"""Gives images their captions, and puts them together: what `rasterise.mjs` and `glyphs.mjs` left in a folder
becomes mono.npy, colour.npy (images), mono_ids.npy, colour_ids.npy (their captions, by number), captions.json,
and names.npz (500 names of a held-out set, to read zero-shot).

    python captions.py WORK
"""

import collections
import json
import pathlib
import re
import sys
import unicodedata

import numpy as np

SETS = json.loads(pathlib.Path(__file__).with_name("sets.json").read_text())
NAMES_FROM = "mdi"
NAMES = 500
MOST_CHARACTERS = 48

# Words of a name that say how an icon is drawn rather than what it shows.
STYLE = frozenset(
    "alt baseline bold broken circleh color colored duotone fill filled flat light line linear mono monotone off24 "
    "outline outlined regular remix round rounded sharp solid thin tone twotone variant".split()
)
SIZE = re.compile(r"(0[1-5]|10|12|14|16|20|24|28|32|48)(px)?")
# A number at the end counts variants, except where it is what the icon shows.
NUMBERED = frozenset(
    "box circle counter dice digit filter hexagon key keyboard looks n number numeric square".split()
)


def caption(name, icon_set, regions):
    """What an icon shows, from its name; None if it cannot be told."""
    words = [word for word in re.split(r"[-_]", name.lower()) if word]
    if icon_set == "circle-flags":
        region = regions.get(name.upper()) if len(name) == 2 else None
        return region and "flag " + region
    kept = [word for word in words if word not in STYLE and not SIZE.fullmatch(word)]
    if len(kept) > 1 and re.fullmatch(r"\d", kept[-1]) and kept[0] not in NUMBERED:
        kept.pop()
    return " ".join(kept or words)[:MOST_CHARACTERS]


def read_set(folder, icon_set):
    """A set's description and its images: [n, 32, 32] coverage, or [n, 32, 32, 4] colour."""
    description = json.loads((folder / f"{icon_set}.json").read_text())
    images = np.fromfile(folder / f"{icon_set}.bin", dtype=np.uint8)
    shape = (len(description["names"]), 32, 32) + ((4,) if description["colour"] else ())
    return description, images.reshape(shape)


class Captions:
    """Captions by number."""

    def __init__(self):
        self.numbers = {}

    def number(self, text):
        return self.numbers.setdefault(text, len(self.numbers))


def icons(work, captions, regions):
    parts = {False: ([], []), True: ([], [])}
    sizes = {}
    for file in sorted((work / "ras").glob("*.json")):
        icon_set = file.stem
        if icon_set in SETS["heldOut"]:
            continue
        description, images = read_set(file.parent, icon_set)
        colour = description["colour"]
        coverage = images[..., 3] if colour else images
        kept = []
        for i, name in enumerate(description["names"]):
            text = caption(name, icon_set, regions)
            if text and coverage[i].max() >= 60:
                kept.append(i)
                parts[colour][1].append(captions.number(text))
        if kept:
            parts[colour][0].append(images[kept])
            sizes[icon_set] = {
                "images": len(kept),
                "licence": description["licence"],
                "title": description["title"],
                "author": description["author"],
                "url": description["url"],
            }
    (work / "used.json").write_text(json.dumps(sizes, indent=1, ensure_ascii=False) + "\n")
    return parts


def glyphs(work, captions):
    """Glyphs, each known by its Unicode name, or as a Chinese character."""
    rows = json.loads((work / "glyphs.json").read_text())
    images = np.fromfile(work / "glyphs.bin", dtype=np.uint8).reshape(len(rows), 32, 32)
    numbers = []
    for point, _ in rows:
        name = unicodedata.name(chr(point), f"character {point:x}").lower()
        name = "chinese han character" if name.startswith("cjk unified") else name
        numbers.append(captions.number(name[:MOST_CHARACTERS]))
    return images, numbers


def held_out_names(work, captions, counts, regions):
    """Images of a set that training does not see, whose captions are among the 500 that it sees most."""
    description, images = read_set(work / "ras", NAMES_FROM)
    texts = [caption(name, NAMES_FROM, regions) for name in description["names"]]
    known = {text: counts[captions.numbers[text]] for text in texts if text in captions.numbers}
    most = [text for text, _ in collections.Counter(known).most_common(NAMES)]
    kept = [i for i, text in enumerate(texts) if text in set(most)]
    labels = [most.index(texts[i]) for i in kept]
    numbers = [captions.numbers[text] for text in most]
    np.savez(work / "names.npz", images=images[kept], labels=labels, captions=numbers)
    print(f"held-out names: {len(kept)} images, {len(most)} names, each seen {min(known[t] for t in most)} times or more")


def main(work):
    regions = json.loads((work / "regions.json").read_text())
    captions = Captions()
    parts = icons(work, captions, regions)
    of_icons = len(captions.numbers)
    letters, letter_numbers = glyphs(work, captions)
    parts[False][0].append(letters)
    parts[False][1].extend(letter_numbers)
    counts = collections.Counter(parts[False][1] + parts[True][1])
    for colour, name in ((False, "mono"), (True, "colour")):
        np.save(work / f"{name}.npy", np.concatenate(parts[colour][0]))
        np.save(work / f"{name}_ids.npy", np.array(parts[colour][1]))
        print(f"{name}: {len(parts[colour][1])} images")
    texts = {"captions": list(captions.numbers), "ofIcons": of_icons}
    (work / "captions.json").write_text(json.dumps(texts))
    print(f"captions: {len(captions.numbers)}, {of_icons} of them of icons")
    held_out_names(work, captions, counts, regions)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
