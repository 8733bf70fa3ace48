#!/usr/bin/env python3
"""Checks that `lines` and huggingface_hub share one cache, both ways.

A server of this machine answers as the Hub does (start); `lines` fetches from it, then huggingface_hub finds everything offline;
huggingface_hub fetches into an empty cache, then `lines` finds everything offline. Tried with huggingface_hub 1.33.0.

usage: tools/local-hub/check.py            needs: pip install huggingface_hub safetensors numpy; LINES=PROGRAM checks another than ./lines
"""
import hashlib, json, os, pathlib, subprocess, sys, tempfile

import numpy
from safetensors.numpy import save_file

ROOT = pathlib.Path(__file__).resolve().parents[2]
TEMPORARY = tempfile.TemporaryDirectory(prefix="lines-hub-")
WORK = pathlib.Path(TEMPORARY.name)
MODELS = WORK / "models"


def make(name, seed, shards):
    folder = MODELS / name
    (folder / "sub dir").mkdir(parents=True)
    random = numpy.random.default_rng(seed)
    tensors = {f"model.layers.{i}.w.weight": random.random((200, 300), dtype=numpy.float32) for i in range(4)}
    if shards == 1:
        save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    else:
        index = {}
        for i, (key, value) in enumerate(tensors.items()):
            file = f"model-{i + 1:05d}-of-00004.safetensors"
            save_file({key: value}, folder / file, metadata={"format": "pt"})
            index[key] = file
        (folder / "model.safetensors.index.json").write_text(json.dumps({"metadata": {}, "weight_map": index}))
    (folder / "config.json").write_text('{"model_type": "llama", "num_hidden_layers": 4}')
    (folder / "tokenizer.json").write_text(" " * 5000 + "{}")
    (folder / "sub dir" / "größe.json").write_text("{}")


def lines(*words, **environment):
    done = subprocess.run([os.environ.get("LINES", ROOT / "lines"), *map(str, words)], env={**os.environ, **environment}, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"lines {words}: {done.stderr}")
    return done.stdout


def python(code, **environment):
    done = subprocess.run([sys.executable, "-c", code], env={**os.environ, **environment}, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{code}: {done.stderr}")
    return done.stdout


def content(folder):
    return {str(f.relative_to(folder)): hashlib.sha256(f.read_bytes()).hexdigest() for f in sorted(folder.rglob("*")) if f.is_file()}


make("acme/base", 1, 1)
make("acme/tuned", 2, 4)
server = subprocess.Popen([ROOT / "tools/local-hub/start", MODELS, "0"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
for line in server.stdout:
    if line.startswith("serving "):
        endpoint = line.split()[1]
        break
online = {"HF_ENDPOINT": endpoint, "HF_HUB_DISABLE_XET": "1"}
nowhere = {"HF_ENDPOINT": "http://127.0.0.1:1", "HF_HUB_OFFLINE": "1"}
wanted = WORK / "wanted"
lines("edit", "--base", MODELS / "acme/base", "--tuned", MODELS / "acme/tuned", "--out", wanted)


def same(out):
    ours, theirs = content(out), content(wanted)
    ours.pop("README.md"), theirs.pop("README.md")  # which names the inputs
    assert ours == theirs, out


try:
    # what lines has fetched, Python finds
    cache = {"HF_HUB_CACHE": str(WORK / "ours")}
    lines("edit", "--base", "acme/base", "--tuned", "acme/tuned", "--out", WORK / "out", **online, **cache)
    same(WORK / "out")
    for name in ("acme/base", "acme/tuned"):
        weights = [f.name for f in (MODELS / name).glob("*.safetensors")]
        code = (
            "from huggingface_hub import hf_hub_download, scan_cache_dir\n"
            f"for file in {weights + ['config.json']}: print(hf_hub_download('{name}', file))\n"
            "report = scan_cache_dir()\n"
            "assert not report.warnings, report.warnings\n"
            f"assert '{name}' in [repo.repo_id for repo in report.repos]"
        )
        for path in python(code, **nowhere, **cache).split("\n")[:-1]:
            found = pathlib.Path(path)
            assert found.read_bytes() == (MODELS / name / found.name).read_bytes(), path
    python(
        f"from huggingface_hub import snapshot_download\nsnapshot_download('acme/tuned', allow_patterns=['model*', 'config.json', 'tokenizer.json'])",
        **nowhere, **cache)
    print("what lines has fetched, huggingface_hub finds offline")
    # and goes on with
    python("from huggingface_hub import snapshot_download\nsnapshot_download('acme/base')", **online, **cache)
    python("from huggingface_hub import snapshot_download\nsnapshot_download('acme/base')", **nowhere, **cache)
    print("huggingface_hub completes what lines has begun")

    # what Python has fetched, lines finds
    cache = {"HF_HUB_CACHE": str(WORK / "theirs")}
    python("from huggingface_hub import snapshot_download\nfor name in ('acme/base', 'acme/tuned'): snapshot_download(name)", **online, **cache)
    before = content(WORK / "theirs")
    lines("edit", "--base", "acme/base", "--tuned", "acme/tuned@main", "--out", WORK / "out2", **nowhere, **cache)
    same(WORK / "out2")
    assert content(WORK / "theirs") == before
    print("what huggingface_hub has fetched, lines finds offline")
    # and needs nothing more than a look at the revision when it may ask
    server.stdin.write("\n"), server.stdin.flush(), server.stdout.readline()
    lines("edit", "--base", "acme/base", "--tuned", "acme/tuned", "--out", WORK / "out3", **online, **cache)
    same(WORK / "out3")
    server.stdin.write("\n"), server.stdin.flush()
    sent = int(server.stdout.readline().split()[0])
    assert sent < 2000, f"{sent} bytes"
    print(f"lines asked for {sent} bytes where all is cached")
finally:
    server.stdin.close()
    server.wait(10)
