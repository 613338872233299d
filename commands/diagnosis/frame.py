"""One frame through the whole way: host, bundle, worker, networks."""

import tempfile
import time
from pathlib import Path

import numpy as np

from ...core.media import encode_image
from ...core.trimap import make_trimap_u8
from ..rendering import RenderRequest, plan_render
from ..rendering.effect_runner import EffectRunner
from ..rendering.keyframes import write_keyframes
from ..sample import draw_frame
from .check import Check, State


def check_one_frame() -> list[Check]:
    """Render a frame of the sample clip twice: with the start of the worker, and without."""
    with tempfile.TemporaryDirectory(prefix="trimatte-doctor-") as name:
        folder = Path(name)
        (folder / "plates").mkdir()
        (folder / "keyframes").mkdir()
        for frame in (1, 2):
            (folder / "plates" / f"plate.{frame:04d}.png").write_bytes(encode_image(draw_frame(frame).picture, "png"))
        trimap = make_trimap_u8((draw_frame(1).alpha * 255).astype(np.uint8), 21)
        (folder / "trimap.png").write_bytes(encode_image(trimap, "png"))
        request = RenderRequest(
            clip=folder / "plates", output=folder / "out", trimaps=(str(folder / "trimap.png"),), format_name="png16"
        )
        with plan_render(request) as plan:
            write_keyframes(plan.keyframes, folder / "keyframes")
            seconds = []
            with EffectRunner(plan, folder / "keyframes") as runner:
                for frame in (1, 2):
                    began = time.monotonic()
                    picture = runner.render(frame, progress=lambda _: True, abort=lambda: False)
                    seconds.append(time.monotonic() - began)
    height, width = picture.shape[:2]
    seen = f"{width}x{height}, alpha {picture[..., 3].min() / 65535:.2f} to {picture[..., 3].max() / 65535:.2f}"
    detail = f"{seen}; first {seconds[0] * 1000:.0f} ms with start of the worker, next {seconds[1] * 1000:.0f} ms"
    return [Check("one frame", "through the effect", State.OK, detail)]
