"""What a program does with lines_merge; run by check.py in an environment that has nothing else."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import lines_merge

os.chdir(sys.argv[1])


def said(what: str) -> None:
    print("ok:", what, flush=True)


steps: list[tuple[str, int, int]] = []
edited = lines_merge.edit(base="base", tuned="tuned", out="edited", beta=0.5, progress=lambda *step: steps.append(step))
assert Path("edited/model.safetensors").exists() and isinstance(edited, dict) and edited, edited
assert steps and all(0 <= done <= total for _, done, total in steps), steps
said(f"edit, {len(steps)} steps told, the last {steps[-1]}")

planned = lines_merge.edit(base="base", tuned="tuned", out="planned", dry_run=True)
assert planned and not Path("planned").exists()
said("a dry run writes nothing")

recipe = {
    "merge_method": "task_arithmetic", "base_model": str(Path("base").resolve()),
    "models": [{"model": str(Path(name).resolve())} for name in ("tuned", "other")],
    "lines": {"alpha": "auto", "beta": 0.5},
}
assert lines_merge.merge(recipe, "merged") and Path("merged/model.safetensors").exists()
said("merge, of a recipe that is a dictionary")

recipe["base_model"], recipe["models"] = Path("base"), [{"model": "tuned"}, {"model": "other"}]
assert lines_merge.merge(recipe, "merged-2") and Path("merged-2/model.safetensors").read_bytes() == Path("merged/model.safetensors").read_bytes()
assert not list(Path().glob(".lines*"))
said("its models are relative to the working folder, where it leaves nothing")


def stop(*_: object) -> None:
    raise KeyError("enough")


try:
    lines_merge.edit(base="base", tuned="tuned", out="stopped", progress=stop)
    raise SystemExit("no error")
except KeyError:
    said("what a progress callback raises, the call raises")

assert lines_merge.diff("base", "tuned") and lines_merge.inspect("edited")
said("diff and inspect")

measure = Path("measure.py")
measure.write_text("import json, sys\nprint(json.dumps({'score': 0.5}))\n")
tuned = lines_merge.tune(base="base", tuned="tuned", out="search", target="score", evaluate=f"{sys.executable} {measure.resolve()} {{model}}")
assert Path("search/results.json").exists() and tuned
grid = {"target": "score", "evaluate": f"{sys.executable} {measure.resolve()} {{model}}", "budget": 3}
assert lines_merge.tune(recipe, out="search-2", **grid)
measured = Path("search-2/trials.jsonl").read_bytes()
assert lines_merge.tune(recipe, out="search-2", **grid) and Path("search-2/trials.jsonl").read_bytes() == measured
said("tune, of two models and of a recipe; the same again measures nothing")

try:
    lines_merge.edit(base="base", tuned="nowhere", out="x")
    raise SystemExit("no error")
except lines_merge.LinesError as error:
    assert error.code == 3 or error.code == 2, error.code
    assert error.error and "nowhere" in str(error), error.error
    said(f"an error is an exception: code {error.code}, {error.error.get('kind')}")

# a caller that is killed while a candidate is being measured, for half a minute
slow = Path("slow.py")
slow.write_text("import time\ntime.sleep(30)\n")
caller = subprocess.Popen([
    sys.executable, "-c",
    "import lines_merge, sys\n"
    f"lines_merge.tune(base='base', tuned='tuned', out='killed', target='score', evaluate={f'{sys.executable} {slow.resolve()}'!r} + ' {{model}}')",
])


def children() -> list[int]:
    found = Path(f"/proc/{caller.pid}/task/{caller.pid}/children")
    return [int(pid) for pid in found.read_text().split()] if found.exists() else []


if sys.platform.startswith("linux"):
    deadline = time.monotonic() + 60
    while not (Path("killed/trials.jsonl").exists() or Path("killed").exists()) and time.monotonic() < deadline:
        time.sleep(0.1)
    running = children()
    assert running, "lines does not run"
    caller.send_signal(signal.SIGKILL)
    caller.wait()
    while any(Path(f"/proc/{pid}").exists() for pid in running) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not any(Path(f"/proc/{pid}").exists() for pid in running), "lines outlives its caller"
    said("lines ends with a caller that is killed")
