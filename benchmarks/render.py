"""Time of ``trimatte render``, station by station: ``python benchmarks/render.py [--frames 6] [--threads 2]``.

Everything is measured in one process and one run; compare the numbers of one run only. "Session" calls
``MattingSession`` directly; "effect" goes through host, bundle and worker to the same networks; "shown again" is the
effect for a frame that is solved already, so copies, wire and compositing alone. Of these, "copy in" is what is left
when one pixel is asked for (the whole plate still goes to the worker), less the time in which the host makes the plate;
"copy out" is the rest: the picture is composed, written and brought back. Caches are fresh for each of them.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from trimatte.commands.rendering import RenderRequest, plan_render
from trimatte.commands.rendering.effect_runner import EffectRunner, HostSource
from trimatte.commands.rendering.keyframes import write_keyframes
from trimatte.commands.sample import draw_frame
from trimatte.core.media import FORMATS, MovieWriter, encode_image, open_clip
from trimatte.core.sessions import FrameCache, MattingSession, SessionOptions, tune_allocator
from trimatte.core.sessions.propagator import Propagator
from trimatte.core.sessions.refine import TileRefiner
from trimatte.core.trimap import make_trimap_u8

SIZE = (1024, 576)


def make_clip(folder: Path, num_frames: int) -> tuple[Path, Path]:
    """Write the sample clip at the size of the benchmark, and the trimap of its first frame."""
    clip, trimap = folder / "clip.mp4", folder / "trimap.png"
    with MovieWriter(clip, FORMATS["mp4"], size=SIZE, channels=3, rate=Fraction(24)) as writer:
        for frame in range(num_frames):
            picture = Image.fromarray(draw_frame(frame % 24).picture).resize(SIZE, Image.Resampling.BICUBIC)
            writer.write(frame, np.asarray(picture))
    alpha = Image.fromarray((draw_frame(0).alpha * 255).astype(np.uint8)).resize(SIZE, Image.Resampling.BICUBIC)
    trimap.write_bytes(encode_image(make_trimap_u8(np.asarray(alpha), 25), "png"))
    return clip, trimap


def mean_ms(work: Callable[[int], object], frames: range) -> float:
    """Return the mean milliseconds of ``work`` over ``frames``."""
    began = time.perf_counter()
    for frame in frames:
        work(frame)
    return (time.perf_counter() - began) / len(frames) * 1000


def median_ms(work: Callable[[int], object], frames: range, rounds: int = 5) -> float:
    """Return the median milliseconds of ``work`` over some rounds of ``frames``; for what is short beside its noise."""
    return statistics.median(mean_ms(work, range(frame, frame + 1)) for _ in range(rounds) for frame in frames)


@contextmanager
def timed(times: dict[str, float], name: str, owner: type, method: str) -> Iterator[None]:
    """Add up the milliseconds of ``owner.method`` inside the block under ``name``."""
    original = getattr(owner, method)
    times[name] = 0.0

    def run(*args: object, **options: object) -> object:
        began = time.perf_counter()
        try:
            return original(*args, **options)
        finally:
            times[name] += (time.perf_counter() - began) * 1000

    setattr(owner, method, run)
    try:
        yield
    finally:
        setattr(owner, method, original)


def measure(num_frames: int, threads: int, refine: bool) -> dict[str, float]:
    """Return station -> milliseconds per frame."""
    os.environ["OMP_NUM_THREADS"] = str(threads)
    torch.set_num_threads(threads)
    tune_allocator()
    with tempfile.TemporaryDirectory(prefix="trimatte-bench-") as name:
        folder = Path(name)
        os.environ["TRIMATTE_CACHE"] = str(folder / "cache")
        clip, trimap = make_clip(folder, num_frames)
        request = RenderRequest(
            clip=clip, output=folder / "out", trimaps=(str(trimap),), refine=refine, threads=threads
        )
        with plan_render(request) as plan:
            times = {"decode": mean_ms(plan.clip.read_native, plan.frames)}
            source = HostSource(plan.clip, bits=16)
            times["decode, RGBA for the host"] = mean_ms(source.read, plan.frames)
            options = SessionOptions(refine=refine, device="cpu")
            with open_clip(clip) as direct:
                cache = FrameCache(folder / "direct")
                session = MattingSession(direct, plan.keyframes, options, cache=cache)
                session.solve(0)  # loading and warming up are not a frame's time
                with timed(times, "network", Propagator, "step"), timed(times, "refine", TileRefiner, "refine"):
                    times["session"] = mean_ms(session.solve, plan.frames[1:])
                for stage in ("network", "refine"):
                    times[stage] /= len(plan.frames) - 1
            keyframes = folder / "keyframes"
            keyframes.mkdir()
            write_keyframes(plan.keyframes, keyframes)
            with EffectRunner(plan, keyframes) as runner:

                def show(frame: int) -> np.ndarray:
                    return runner.render(frame, progress=lambda _: True, abort=lambda: False)

                picture = show(0)
                times["effect"] = mean_ms(show, plan.frames[1:])
                times["effect, shown again"] = median_ms(show, plan.frames)
                pixel = median_ms(lambda frame: runner._effect.render(frame, window=(0, 0, 1, 1)), plan.frames)
            times["copy in"] = pixel - median_ms(source.read, plan.frames)
            times["copy out"] = times["effect, shown again"] - pixel
        times |= encoding(picture, folder, num_frames)
    times["effect / session"] = times["effect"] / times["session"]
    return times


def encoding(picture: np.ndarray, folder: Path, num_frames: int) -> dict[str, float]:
    """Return the encoding time of every format for an RGBA picture (H, W, 4) uint16."""
    eight = (picture // 257).astype(np.uint8)
    times = {
        "encode png16": mean_ms(lambda _: encode_image(picture, "png"), range(num_frames)),
        "encode png8": mean_ms(lambda _: encode_image(eight, "png"), range(num_frames)),
        "encode png16 matte": mean_ms(lambda _: encode_image(picture[..., 3], "png"), range(num_frames)),
    }
    for name in ("prores4444", "ffv1", "webm"):
        output = FORMATS[name]
        path = folder / f"out{output.suffix}"
        began = time.perf_counter()
        with MovieWriter(path, output, size=SIZE, channels=4, rate=Fraction(24)) as writer:
            for frame in range(num_frames):
                writer.write(frame, picture if output.bits == 16 else eight)
        times[f"encode {name}"] = (time.perf_counter() - began) / num_frames * 1000
    return times


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=6)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--no-refine", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    times = measure(options.frames, options.threads, not options.no_refine)
    if options.json:
        print(json.dumps(times, indent=1))
        return
    print(f"{SIZE[0]}x{SIZE[1]}, {options.threads} threads, milliseconds per frame")
    for name, value in times.items():
        print(f"{name:<30}{value:>10.3f}" if name == "effect / session" else f"{name:<30}{value:>10.1f}")


if __name__ == "__main__":
    main()
