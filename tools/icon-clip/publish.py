"""Makes what `pretrain.py` wrote into what the lab ships: weights in bfloat16, in which they were trained, and
SOURCES.md, whose images they were trained on.

    python publish.py WORK OUT ../../lab/src/main/resources/org/lines4j/lab/encoder/icon-base
"""

import json
import pathlib
import sys

import torch
from safetensors.torch import load_file, save_file


def sources(work):
    used = json.loads((work / "used.json").read_text())
    total = sum(icon_set["images"] for icon_set in used.values())
    lines = [
        "# Whose images the encoder of icons was trained on",
        "",
        f"{total:,} icons of {len(used)} sets, as `@iconify/json` 2.2.535 (npm) holds them. Drawn 32 × 32; none of the"
        " images is shipped.",
        "",
        "| set | by | licence | images | where |",
        "|---|---|---|---|---|",
    ]
    for name, icon_set in used.items():
        title = icon_set["title"].replace("|", "/")
        author = icon_set["author"].replace("|", "/")
        lines.append(f"| {title} (`{name}`) | {author} | {icon_set['licence']} | {icon_set['images']} | {icon_set['url']} |")
    fonts = sorted({font.split()[0] for _, font in json.loads((work / "glyphs.json").read_text())})
    glyphs = len(json.loads((work / "glyphs.json").read_text()))
    lines += [
        "",
        f"And {glyphs:,} glyphs of {len(fonts)} fonts under the SIL Open Font License 1.1, as the npm packages"
        " `@expo-google-fonts/…` hold them: " + ", ".join(fonts) + ".",
    ]
    return "\n".join(lines) + "\n"


def main(work, pretrained, out):
    out.mkdir(parents=True, exist_ok=True)
    tensors = load_file(pretrained / "model.safetensors")
    save_file(
        {name: value.to(torch.bfloat16) for name, value in tensors.items()}, out / "model.safetensors", {"format": "pt"}
    )
    (out / "model.safetensors").chmod(0o644)
    config = (pretrained / "config.json").read_text().replace('"float32"', '"bfloat16"')
    (out / "config.json").write_text(config)
    (out / "SOURCES.md").write_text(sources(work))


if __name__ == "__main__":
    main(*map(pathlib.Path, sys.argv[1:]))
