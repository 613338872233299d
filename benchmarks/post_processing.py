"""Milliseconds of what follows the networks: ``python benchmarks/post_processing.py [WIDTH HEIGHT]``.

One line per parameter of the effect's page, at a strong setting: the time from a solved frame to the picture that the
host gets, CPU time of one thread, the best of five. Contract 7 of DESIGN.md wants a few tens of milliseconds at 1080p.
"""

from __future__ import annotations

import sys
import time
from typing import Final

import numpy as np
import torch

from trimatte.core.sessions import FrameResult
from trimatte.kernels.finesse import FinesseOptions
from trimatte.plugin.look import DespillOptions, Look, Output, Screen, View
from trimatte.plugin.views import compose

_REPEATS: Final = 5
_SOFT_PIXELS: Final = 40.0


def make_frame(width: int, height: int) -> tuple[np.ndarray, FrameResult]:
    """Return a plate of noise and a solved disc with a soft edge, a third of the picture."""
    y, x = np.mgrid[:height, :width]
    distance = np.hypot(y - height / 2, x - width / 2)
    alpha = np.clip((height * 0.4 - distance) / _SOFT_PIXELS + 0.5, 0, 1).astype(np.float32)
    trimap = np.where(alpha == 1, 255, np.where(alpha == 0, 0, 128)).astype(np.uint8)
    plate = np.random.default_rng(1).random((height, width, 4), dtype=np.float32)
    return plate, FrameResult(0, alpha, trimap, 1.0, np.full((288, 512), 200, np.uint8))


def looks() -> dict[str, Look]:
    """Return name -> look."""
    matte = {
        "clip": FinesseOptions(clip_black=0.1, clip_white=0.9),
        "gamma": FinesseOptions(gamma=2.0),
        "shrink": FinesseOptions(grow=-2.5),
        "grow": FinesseOptions(grow=8.0),
        "edge blur": FinesseOptions(edge_blur=4.0),
        "despeckle 20": FinesseOptions(despeckle=20),
    }
    return {
        "default": Look(),
        "plate colour": Look(is_estimated=False),
        "straight": Look(output=Output.STRAIGHT),
        "despill, plate colour": Look(is_estimated=False, despill=DespillOptions(amount=1, screen=Screen.GREEN)),
        "mix": Look(mix=0.5),
        **{f"{name}, view matte": Look(view=View.MATTE, matte=options) for name, options in matte.items()},
        "grow and blur, premultiplied": Look(matte=FinesseOptions(grow=3.0, edge_blur=2.0)),
        **{f"view {view.value}": Look(view=view) for view in View if view is not View.RESULT},
    }


def main(width: int, height: int) -> None:
    """Print the table."""
    torch.set_num_threads(1)
    plate, solved = make_frame(width, height)
    for name, look in looks().items():
        times = []
        for _ in range(_REPEATS + 1):  # the first one warms up
            began = time.thread_time()
            compose(look, plate, solved)
            times.append(time.thread_time() - began)
        sys.stdout.write(f"{name:32} {min(times[1:]) * 1000:7.1f} ms\n")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:3] or ("1920", "1080")))
