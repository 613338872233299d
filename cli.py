"""The ``trimatte`` command: finds the sub-command in a table and imports only that one.

A sub-command is a module of ``trimatte.commands`` with an ``app`` (a :class:`typer.Typer`). It is
imported when it is called, so ``trimatte --help`` starts at once and never loads torch.
"""

import os
import sys
from importlib import import_module
from typing import Final

from . import __version__

COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "render": ("render", "Matte a clip from one or more trimaps, through the effect."),
    "paint": ("paint", "Paint trimaps on keyframes in a window, see the matte, track."),
    "contact-sheet": ("contact_sheet", "Draw plates, mattes and edges of a rendered clip on one page."),
    "demo": ("demo", "Make a sample clip, matte it and score it against its true alpha."),
    "doctor": ("doctor", "Check devices, libraries, bundle and weights; render one frame."),
    "host": ("host", "Host any OpenFX effect: list, show, survey."),
    "install-plugin": ("install_plugin", "Put the effect on the OpenFX path of this machine."),
    "ftpvm": ("ftpvm", "Matte by trimap propagation (FTP-VM): convert, footage, dataset, speed."),
    "live": ("live", "Replace the background behind a camera, live."),
    "rvm": ("rvm", "Matte people without a trimap (RVM): convert, speed."),
    "flow": ("flow", "Estimate optical flow between two pictures (PWC-Net)."),
    "funet": ("funet", "Segment people by optical flow (FUNet): predict, masks, generate, extract, dataset."),
    "dvm": ("dvm", "Matte with the large DVM network: test, tfrecord."),
    "weights": ("weights", "Weights of the published networks: list, import, verify, fetch."),
    "dataset": ("dataset", "Training sets: list, check, process."),
    "train": ("train", "Train the networks."),
    "finetune": ("finetune", "Adapt the networks to the keyframes of one shot."),
    "evaluate": ("evaluate", "Score mattes against true alpha."),
}
"""Name of the sub-command -> (module in ``trimatte.commands``, one line of help)."""

EXIT_OK: Final = 0
EXIT_BAD_INPUT: Final = 2
EXIT_INTERRUPTED: Final = 130


def main(arguments: list[str] | None = None) -> None:
    """Run ``trimatte``; never returns, the exit code says how it went.

    Args:
        arguments: ``None`` takes those of the process, which is then ours to tune.
    """
    is_own_process = arguments is None
    arguments = sys.argv[1:] if arguments is None else arguments
    name = arguments[0] if arguments else "--help"
    if name in {"-h", "--help", "help"}:
        sys.stdout.write(_help())
        sys.exit(EXIT_OK)
    if name == "--version":
        sys.stdout.write(f"trimatte {__version__}\n")
        sys.exit(EXIT_OK)
    if name not in COMMANDS:
        sys.stderr.write(f"trimatte: there is no command '{name}'; use one of: {', '.join(COMMANDS)}.\n")
        sys.exit(EXIT_BAD_INPUT)
    sys.exit(_run(name, arguments[1:], is_own_process=is_own_process))


def _run(name: str, arguments: list[str], *, is_own_process: bool) -> int:
    """Run one sub-command and return its exit code; an error of ours becomes one line on stderr."""
    # Before torch loads: idle OpenMP threads sleep. On a busy machine two spinning ones cost twenty times a frame.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    import typer

    from .core.sessions.allocator import tune_allocator
    from .kernels.errors import TrimatteError

    if is_own_process:
        tune_allocator()
    module = import_module(f".commands.{COMMANDS[name][0]}", package=__package__)
    try:
        typer.main.get_command(module.app)(args=arguments, prog_name=f"trimatte {name}")
    except TrimatteError as error:
        sys.stderr.write(f"error: {error}\n")
        return EXIT_BAD_INPUT
    except KeyboardInterrupt:
        return EXIT_INTERRUPTED
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else EXIT_OK
    return EXIT_OK


def _help() -> str:
    """Return the page of ``trimatte --help``."""
    width = max(map(len, COMMANDS)) + 2
    lines = [f"  {name:<{width}}{summary}" for name, (_, summary) in COMMANDS.items()]
    return (
        "Usage: trimatte COMMAND [OPTIONS]\n\n"
        "Video matting as an OpenFX effect: paint a trimap once, get alpha for every frame.\n\n"
        "Commands:\n" + "\n".join(lines) + "\n\n"
        "'trimatte COMMAND --help' explains one command; 'trimatte --version' prints the version.\n"
    )
