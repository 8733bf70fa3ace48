"""LiNeS for Python: edits, merges and compares checkpoints with the program ``lines``, which comes along.

Each function runs one command and returns what it says as JSON. An option is a keyword with underscores
(``--dry-run`` is ``dry_run=True``); ``lines help COMMAND`` explains them all.

    >>> import lines_merge
    >>> lines_merge.edit(base="base", tuned="tuned", out="edited")["out"]
"""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Union

from ._program import ends_with_caller, program

__all__ = ["LinesError", "Progress", "diff", "edit", "inspect", "merge", "run", "tune", "version"]

Name = Union[str, "os.PathLike[str]"]
"""A model, a recipe or an output: a path, or any name that ``lines`` knows."""

Option = Union[str, int, float, bool, "os.PathLike[str]", Sequence[Union[str, int, float]], None]
"""An option's value: ``True`` for a flag, a list for what may be given several times; ``None`` and ``False`` leave it out."""

Progress = Callable[[str, int, int], None]
"""Is told the phase, what is done of it, and how much it is in all."""


class LinesError(Exception):
    """A command failed.

    Attributes:
        code: the exit code: 1 the work failed, 2 the command was wrong, 3 an input is malformed, or inputs do not fit.
        error: what is known of it: ``kind``, ``file``, ``tensor``, ``expected``, ``found``, ``remedy`` where there are.
    """

    def __init__(self, message: str, code: int, error: Mapping[str, Any]) -> None:
        super().__init__(message)
        self.code = code
        self.error = dict(error)


def edit(base: Name | None = None, tuned: Name = ..., out: Name = ..., *, progress: Progress | None = None, **options: Option) -> dict[str, Any]:
    """Scales what fine-tuning changed by depth: ``lines edit``. An adapter needs no base."""
    return run("edit", base=base, tuned=tuned, out=out, progress=progress, **options)


def merge(recipe: Name | Mapping[str, Any], out: Name, *, progress: Progress | None = None, **options: Option) -> dict[str, Any]:
    """Merges by a recipe: ``lines merge``. A recipe is a file, or what one would hold."""
    if isinstance(recipe, Mapping):
        import tempfile

        with tempfile.TemporaryDirectory(prefix="lines") as folder:
            file = Path(folder, "recipe.yml")
            file.write_text(json.dumps(recipe), encoding="utf-8")  # JSON is YAML
            return run("merge", file, out, progress=progress, **options)
    return run("merge", recipe, out, progress=progress, **options)


def tune(recipe: Name | None = None, *, progress: Progress | None = None, **options: Option) -> dict[str, Any]:
    """Chooses α and β by measurement: ``lines tune``."""
    places = [] if recipe is None else [recipe]
    return run("tune", *places, progress=progress, **options)


def diff(base: Name, tuned: Name, *, progress: Progress | None = None, **options: Option) -> dict[str, Any]:
    """How far a tuned model is from its base, layer by layer: ``lines diff``."""
    return run("diff", base, tuned, progress=progress, **options)


def inspect(model: Name, **options: Option) -> dict[str, Any]:
    """What a checkpoint holds: ``lines inspect``."""
    return run("inspect", model, **options)


def version() -> str:
    """The version of ``lines``."""
    found = subprocess.run([program(), "--version"], capture_output=True, text=True, check=True)
    return found.stdout.split()[-1]


def run(command: str, *places: Name, progress: Progress | None = None, **options: Option) -> dict[str, Any]:
    """Runs any command with ``--json`` and returns what it printed.

    Raises:
        LinesError: if it fails.
    """
    arguments = [program(), command, *_options(options), "--json"]
    arguments += ["--progress", "json"] if progress else ["--quiet"]
    arguments += [os.fspath(place) for place in places]
    with subprocess.Popen(
        arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8", preexec_fn=ends_with_caller()
    ) as process:
        said: list[str] = []
        listener = threading.Thread(target=_listen, args=(process, said, progress), daemon=True)
        listener.start()
        try:
            assert process.stdout is not None
            printed = process.stdout.read()
            code = process.wait()
        except BaseException:  # the caller is ended: so is the work, which leaves nothing half-written
            process.terminate()
            process.wait()
            raise
        listener.join()
    if code == 0:
        return json.loads(printed)
    raise _error(printed, said, code)


def _options(options: Mapping[str, Option]) -> list[str]:
    arguments: list[str] = []
    for name, value in options.items():
        flag = "--" + name.rstrip("_").replace("_", "-")
        if value is None or value is False:
            continue
        if value is True:
            arguments.append(flag)
        elif isinstance(value, (list, tuple)):
            for each in value:
                arguments += [flag, str(each)]
        else:
            arguments += [flag, os.fspath(value) if isinstance(value, os.PathLike) else str(value)]
    return arguments


def _listen(process: subprocess.Popen[str], said: list[str], progress: Progress | None) -> None:
    assert process.stderr is not None
    for line in process.stderr:
        if progress and line.startswith('{"progress":'):
            step = json.loads(line)["progress"]
            progress(step["phase"], step["done"], step["total"])
        else:
            said.append(line.rstrip("\n"))


def _error(printed: str, said: Sequence[str], code: int) -> LinesError:
    try:
        error = json.loads(printed)["error"]
    except (ValueError, KeyError, TypeError):
        error = {}
    message = error.get("message") or "\n".join(said) or f"lines ended with code {code}"
    return LinesError(message, code, error)
