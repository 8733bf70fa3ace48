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
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Union

from ._program import ends_with_caller, program

__all__ = ["LinesError", "Progress", "diff", "edit", "inspect", "merge", "run", "tune", "version"]

Name = Union[str, "os.PathLike[str]"]
"""A model, a recipe or an output: a path, or any name that ``lines`` knows."""

Option = Union[str, int, float, bool, "os.PathLike[str]", Sequence[Union[str, int, float]], None]
"""An option's value: ``True`` for a flag, a list for what may be given several times; ``None`` and ``False`` leave it out."""

Recipe = Union[Name, Mapping[str, Any]]
"""A recipe: a file, or what one would hold."""

Progress = Callable[[str, int, int], None]
"""Is told the phase, what is done of it, and how much it is in all. What it raises ends the command, and the call."""


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


def edit(*, tuned: Name, out: Name, base: Name | None = None, progress: Progress | None = None, **options: Option) -> dict[str, Any]:
    """Scales what fine-tuning changed by depth: ``lines edit``. An adapter needs no base."""
    return run("edit", base=base, tuned=tuned, out=out, progress=progress, **options)


def merge(recipe: Recipe, out: Name, *, progress: Progress | None = None, **options: Option) -> dict[str, Any]:
    """Merges by a recipe: ``lines merge``. A recipe is a file, or what one in the working folder would hold."""
    with _file(recipe) as file:
        return run("merge", file, out, progress=progress, **options)


def tune(recipe: Recipe | None = None, *, progress: Progress | None = None, **options: Option) -> dict[str, Any]:
    """Chooses α and β by measurement: ``lines tune``. A recipe is a file, or what one in the working folder would hold."""
    if recipe is None:
        return run("tune", progress=progress, **options)
    with _file(recipe) as file:
        return run("tune", file, progress=progress, **options)


def diff(base: Name, tuned: Name, *, progress: Progress | None = None, **options: Option) -> dict[str, Any]:
    """How far a tuned model is from its base, layer by layer: ``lines diff``."""
    return run("diff", base, tuned, progress=progress, **options)


def inspect(model: Name, **options: Option) -> dict[str, Any]:
    """What a checkpoint holds: ``lines inspect``."""
    return run("inspect", model, progress=None, **options)


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
        arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8", errors="replace", preexec_fn=ends_with_caller()
    ) as process:
        listener = _Listener(process, progress)
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
    if listener.failure is not None:
        raise listener.failure
    if code == 0:
        result: dict[str, Any] = json.loads(printed)
        return result
    raise _error(printed, listener.said, code)


@contextmanager
def _file(recipe: Recipe) -> Iterator[Name]:
    """A recipe as a file; one of our own lies in the working folder, which its models are relative to."""
    if not isinstance(recipe, Mapping):
        yield recipe
        return
    here = os.getcwd()
    handle, name = tempfile.mkstemp(suffix=".yml", prefix=".lines-", dir=here if os.access(here, os.W_OK) else None)
    try:
        with open(handle, "w", encoding="utf-8") as file:
            json.dump(recipe, file, default=os.fspath)  # JSON is YAML
        yield name
    finally:
        os.unlink(name)


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


class _Listener(threading.Thread):
    """Reads what a command says while it runs, to the end: a pipe that nobody reads would stop it."""

    def __init__(self, process: subprocess.Popen[str], progress: Progress | None) -> None:
        super().__init__(daemon=True)
        self.process = process
        self.progress = progress
        self.said: list[str] = []
        self.failure: BaseException | None = None

    def run(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            if not line.startswith('{"progress":'):
                self.said.append(line.rstrip("\n"))
            elif self.progress is not None:
                self._tell(self.progress, json.loads(line)["progress"])

    def _tell(self, progress: Progress, step: Mapping[str, Any]) -> None:
        try:
            progress(step["phase"], step["done"], step["total"])
        except BaseException as failure:  # the caller's; raised where the command was called
            self.progress = None
            self.failure = failure
            self.process.terminate()


def _error(printed: str, said: Sequence[str], code: int) -> LinesError:
    try:
        error = json.loads(printed)["error"]
    except (ValueError, KeyError, TypeError):
        error = {}
    message = error.get("message") or "\n".join(said) or f"lines ended with code {code}"
    return LinesError(message, code, error)
