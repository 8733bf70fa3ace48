"""The command ``lines``."""

import os
import subprocess
import sys

from ._program import program


def main() -> None:
    command = [program(), *sys.argv[1:]]
    if os.name == "nt":
        sys.exit(subprocess.call(command))
    os.execv(command[0], command)


if __name__ == "__main__":
    main()
