"""Where the program is."""

from __future__ import annotations

import os
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
