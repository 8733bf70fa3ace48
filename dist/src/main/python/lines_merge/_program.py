"""Where the program is."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

_ROOT = Path(__file__).parent / "program"
_TIME = int((_ROOT / "time").read_text()) if (_ROOT / "time").exists() else None


def program() -> str:
    """The program's path, once its files have their times: the start-up cache holds only for those that it saw."""
    if _TIME is not None:
        for file in (_ROOT / "runtime/lib/modules", *(_ROOT / "app").glob("*.jar"), *(_ROOT / "app/lib").glob("*.jar")):
            if int(file.stat().st_mtime) != _TIME:
                try:
                    os.utime(file, (_TIME, _TIME))
                except OSError:  # installed by somebody else: only slower to start
                    break
    return str(_ROOT / "bin" / ("lines.bat" if os.name == "nt" else "lines"))


def ends_with_caller() -> Callable[[], None] | None:
    """What a child does first, so that it is asked to end when its caller is killed: on Linux; elsewhere there is nothing such."""
    if not sys.platform.startswith("linux"):
        return None
    import ctypes

    prctl = ctypes.CDLL(None).prctl  # found now: between fork and exec as little as can be happens
    caller = os.getpid()

    def end() -> None:
        prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
        if os.getppid() != caller:
            os._exit(1)

    return end
