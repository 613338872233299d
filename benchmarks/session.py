"""Time and memory of a session: ``python benchmarks/session.py speed`` or ``... memory``.

``speed`` solves the same frames of a 1024x576 movie with each number of threads, with glibc's allocator as it comes
and tuned, and prints milliseconds per frame and stage; compare numbers of one run only. ``memory`` solves 50 and 500
frames in a process each and prints their peak resident size and its ratio.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import torch
from PIL import Image

from trimatte.core import create_network
from trimatte.core.errors import CheckpointError
from trimatte.core.media import open_clip
from trimatte.core.sessions import (
    FrameCache,
    MattingSession,
    SessionOptions,
    cache,
    engine,
    frame_source,
    lift,
    propagator,
    refine,
    tune_allocator,
)
from trimatte.core.weights import Models, load_default_models

STAGES: dict[str, tuple[Any, str]] = {
    "decode": (frame_source.PlateReader, "read"),
    "network": (propagator.Propagator, "step"),
    "refine": (refine.TileRefiner, "refine"),
    "enlarge": (engine, "lift"),
    "cache write": (cache.FrameCache, "put"),
    "cache read": (cache.FrameCache, "get"),
}
assert engine.lift is lift.lift


def pictures(width: int, height: int, num_frames: int) -> Iterator[np.ndarray]:
    """Yield (H, W, 3) uint8: a textured disc that drifts over a moving texture."""
    y, x = np.mgrid[:height, :width]
    texture = np.random.default_rng(1).integers(0, 120, (height, width * 2, 3), dtype=np.uint8)
    texture = np.repeat(np.repeat(texture[::6, ::6], 6, axis=0), 6, axis=1)[:height, : width * 2]
    for number in range(num_frames):
        shift = number * 2 % width
        picture = texture[:, shift : shift + width].copy()
        picture[disc_distance(x, y, number, width, height) < 0.25 * height] += np.uint8(100)
        yield picture


def make_movie(path: Path, width: int, height: int, num_frames: int) -> None:
    """Write the pictures as H.264."""
    with av.open(str(path), "w") as movie:
        stream = movie.add_stream("libx264", rate=25, options={"crf": "18", "preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for picture in pictures(width, height, num_frames):
            for packet in stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")):
                movie.mux(packet)
        for packet in stream.encode(None):
            movie.mux(packet)


def disc_distance(x: np.ndarray, y: np.ndarray, number: int, width: int, height: int) -> np.ndarray:
    """Return the distance (H, W) from the disc's centre in frame ``number``."""
    centre = width * (0.5 + 0.2 * np.sin(number / 25))
    return np.asarray(np.hypot(x - centre, y - height / 2))


def first_trimap(width: int, height: int) -> np.ndarray:
    """Return the trimap of frame 0."""
    y, x = np.mgrid[:height, :width]
    distance = disc_distance(x, y, 0, width, height) / height
    return np.where(distance < 0.22, 255, np.where(distance > 0.28, 0, 128)).astype(np.uint8)


def load_models() -> tuple[Models, str]:
    """Return the default weights, or random ones, and which."""
    try:
        return load_default_models(), "default weights"
    except CheckpointError:
        torch.manual_seed(0)
        propagation: Any = create_network("ftpvm").eval()
        refiner: Any = create_network("st_fam").eval().to(memory_format=torch.channels_last)
        return Models(propagation, refiner, "random"), "random weights"


def time_stages() -> dict[str, float]:
    """Wrap every stage; return the dictionary that their seconds add up in."""
    seconds: dict[str, float] = defaultdict(float)

    def timed(stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **options: Any) -> Any:
            start = time.perf_counter()
            try:
                return function(*args, **options)
            finally:
                seconds[stage] += time.perf_counter() - start

        return run

    for stage, (owner, name) in STAGES.items():
        setattr(owner, name, timed(stage, getattr(owner, name)))
    return seconds


def solve(args: argparse.Namespace) -> dict[str, Any]:
    """Solve in this process; return what was measured."""
    torch.set_num_threads(args.threads)
    if args.tuned:
        tune_allocator()
    models, kind = load_models()
    clip = open_clip(args.movie)
    options = SessionOptions(working_size=args.working_size, device="cpu")
    seconds = time_stages()
    trimap = first_trimap(clip.width, clip.height)
    with (
        tempfile.TemporaryDirectory() as folder,
        FrameCache(Path(folder)) as store,
        MattingSession(clip, {0: trimap}, options, models=models, cache=store) as session,
    ):
        session.solve(1)
        seconds.clear()
        start = time.perf_counter()
        for frame in range(2, args.frames + 2):
            session.solve(frame)
        total = time.perf_counter() - start
    clip.close()
    stages = {stage: 1000 * seconds[stage] / args.frames for stage in STAGES}
    rest = 1000 * total / args.frames - sum(stages.values())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"weights": kind, "total": 1000 * total / args.frames, **stages, "rest": rest, "peak MiB": peak}


def measure(movie: Path, **options: Any) -> dict[str, Any]:
    """Run :func:`solve` in a process of its own."""
    flags = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
    command = [sys.executable, __file__, "solve", f"--movie={movie}", *flags]
    found: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return found


def main() -> None:
    """Read the command line and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["speed", "memory", "solve"])
    parser.add_argument("--movie", default="")
    parser.add_argument("--frames", type=int, default=8)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--tuned", type=int, default=1)
    parser.add_argument("--working-size", type=int, default=512)
    args = parser.parse_args()
    if args.what == "solve":
        print(json.dumps(solve(args)))
        return
    with tempfile.TemporaryDirectory() as folder:
        movie = Path(folder) / "disc.mp4"
        if args.what == "speed":
            make_movie(movie, 1024, 576, args.frames + 4)
            rows = [
                {"threads": threads, "allocator": "tuned" if tuned else "as it comes"}
                | measure(movie, threads=threads, tuned=tuned, frames=args.frames, working_size=args.working_size)
                for threads in sorted({1, args.threads})
                for tuned in (0, 1)
            ]
        else:
            # images: a movie clip keeps up to 192 MiB of decoded frames, which is its affair and hides the session's
            for number, picture in enumerate(pictures(256, 144, 504)):
                Image.fromarray(picture).save(Path(folder) / f"disc.{number:04}.png")
            plates = Path(folder) / "disc.%04d.png"
            rows = [
                {"frames": n} | measure(plates, frames=n, threads=args.threads, working_size=128) for n in (50, 500)
            ]
            print(f"peak of 500 frames / peak of 50 frames: {rows[1]['peak MiB'] / rows[0]['peak MiB']:.3f}")
    for row in rows:
        print("  ".join(f"{k} {v:.0f}" if isinstance(v, float) else f"{k} {v}" for k, v in row.items()))


if __name__ == "__main__":
    main()
