"""Size, speed, memory and parity of every network, as a Markdown table: ``python benchmarks/systems.py``.

Each row is measured in a process of its own, so its peak memory (resident set, Python and torch included) is its own:
``--warm-up`` frames, then the medians over ``--frames``. CPU seconds are those of all threads; they depend less on
what else the machine does. Allocator and idle threads are set as the commands set them. Frames are random and every
pixel is unknown, so all tiles of DVM run. Weights are the formula weights of the golden files: the official ones are
not shipped, and neither time nor memory depends on them. "Parity error" is the largest one over the golden arrays of
the system: in float64 relative to expected values above 1, in float32 absolute.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

SYSTEMS = (
    "ftpvm",
    "ftpvm-official",
    "rvm_mobilenetv3",
    "rvm_resnet50",
    "dvm-whole",
    "dvm-tiles",
    "pwcnet",
    "flow_unet",
    "funet",
)
_HEADER = ("System", "Parameters", "Parity error", "Seconds a frame", "CPU seconds", "Peak memory", "Command")


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured of one system."""

    title: str
    parameters: int
    parity: str
    seconds: float
    cpu_seconds: float
    peak_bytes: int
    command: str


def markdown(rows: list[Row]) -> str:
    """Return the rows as a Markdown table."""
    cells = [_HEADER, tuple("---" for _ in _HEADER), *map(_cells, rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in cells)


def _cells(row: Row) -> tuple[str, ...]:
    return (
        row.title,
        f"{row.parameters / 1e6:.2f} M" if row.parameters < 100e6 else f"{row.parameters / 1e6:.0f} M",
        row.parity,
        *(f"{value:.2f}" if value < 10 else f"{value:.0f}" for value in (row.seconds, row.cpu_seconds)),
        f"{row.peak_bytes / 2**30:.2f} GiB",
        f"`{row.command}`",
    )


def measure_apart(system: str, options: argparse.Namespace) -> Row:
    """Measure one system in a process of its own.

    Raises:
        SystemExit: that process failed; its words are on stderr.
    """
    command = [sys.executable, str(Path(__file__).resolve()), "--child", system]
    command += ["--frames", str(options.frames), "--warm-up", str(options.warm_up)]
    command += ["--threads", str(options.threads), "--size", *map(str, options.size)]
    command += ["--no-parity"] if options.no_parity else []
    env = os.environ | {"OMP_WAIT_POLICY": "PASSIVE"}  # as trimatte's own command has it
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False, env=env)
    if done.returncode:
        raise SystemExit(f"{system} failed with exit code {done.returncode}; see above.")
    return Row(**json.loads(done.stdout.splitlines()[-1]))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--systems", nargs="+", choices=SYSTEMS, default=SYSTEMS, metavar="NAME")
    parser.add_argument("--frames", type=int, default=3, help="frames timed")
    parser.add_argument("--warm-up", type=int, default=1, help="frames before them")
    parser.add_argument("--threads", type=int, default=2, help="threads of torch")
    parser.add_argument("--size", type=int, nargs=2, default=(1024, 576), metavar=("W", "H"))
    parser.add_argument("--no-parity", action="store_true", help="leave the golden files alone")
    parser.add_argument("--child", choices=SYSTEMS, help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> None:
    """Print the table, a row as soon as it is measured on stderr."""
    options = _options()
    if options.child:
        from system_cases import measure

        print(json.dumps(asdict(measure(options.child, options))))
        return
    rows = []
    for system in options.systems:
        rows.append(measure_apart(system, options))
        print(" | ".join(_cells(rows[-1])), file=sys.stderr)
    width, height = options.size
    print(f"{width}x{height}, CPU, {options.threads} threads, median of {options.frames} frames\n")
    print(markdown(rows))


if __name__ == "__main__":
    main()
