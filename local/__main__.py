"""The command line of the local stack: `python -m local run` and `python -m local demo`."""

import argparse
import sys
from pathlib import Path

from local.demo import demo
from local.run import run


def main() -> int:
    """Read the command line, do what it says, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    runner = commands.add_parser("run", help="start the stack; Ctrl-C stops it and keeps its data")
    runner.add_argument("--port", type=int, default=8000, help="of 127.0.0.1 (%(default)s)")
    runner.add_argument("--fresh", action="store_true", help="forget the kept data first")
    runner.add_argument(
        "--folder", type=Path, default=Path(".local"), help="of the data (%(default)s)"
    )
    player = commands.add_parser("demo", help="play a patient's way on a stack of its own")
    player.add_argument("--port", type=int, help="of 127.0.0.1 (a free one)")
    wanted = parser.parse_args()
    if wanted.command == "run":
        return run(wanted.port, wanted.folder, fresh=wanted.fresh)
    return demo(wanted.port)


if __name__ == "__main__":
    sys.exit(main())
