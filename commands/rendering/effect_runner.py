"""The effect in our host: loads the bundle as any editor would, and asks it for frames."""

import os
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Final

import numpy as np

from ...core.errors import MediaError
from ...core.media import Clip
from ...host_bridge import Host, HostError
from ...plugin import bundle_path
from ...plugin.params import KERNELS, MODELS
from .finished import finish_picture
from .plan import RenderPlan
from .request import RenderRequest

IDENTIFIER: Final = "org.trimatte.Trimatte"


class HostSource:
    """A clip as the host takes it: RGBA of one depth, opaque, y down."""

    def __init__(self, clip: Clip, *, bits: int) -> None:
        """Show the readable frames of ``clip`` at ``bits`` (8, 16; 32 for float) per channel."""
        self._clip, self._bits = clip, bits
        self.first, self.last = clip.first, clip.last_readable
        self.rate = float(clip.rate or 24)  # hosts must state one; frames are asked for by number
        self.pixel_aspect = float(clip.pixel_aspect)
        self.failure: MediaError | None = None
        """Why a frame could not be read; all that an effect may say of it is that the frame was missing."""

    def read(self, time: float) -> np.ndarray:
        """Return frame ``time`` as (H, W, 4) uint8, uint16 or float32.

        Raises:
            MediaError: it cannot be read; kept in :attr:`failure` too.
        """
        try:
            native = self._clip.read_native(round(time))
        except MediaError as error:
            self.failure = error
            raise
        colour = native[..., :3]
        if self._bits == 16 and native.dtype == np.uint8:
            colour = colour.astype(np.uint16) * np.uint16(257)
        top = 1 if colour.dtype == np.float32 else np.iinfo(colour.dtype).max
        opaque = np.full((*colour.shape[:2], 1), top, colour.dtype)
        return np.concatenate([colour, opaque], axis=2)


class EffectRunner:
    """One instance of the effect with its parameters set; a context manager."""

    def __init__(self, plan: RenderPlan, keyframes: Path) -> None:
        """Host the installed bundle.

        Args:
            plan: clip and settings.
            keyframes: folder with the trimaps that were checked.

        Raises:
            HostError: the bundle cannot be loaded or refuses a value.
        """
        request = plan.request
        _set_up_worker(request)
        self._request, self._output = request, plan.output
        bits = 8 if plan.output.bits == plan.clip.bits == 8 else max(plan.clip.bits, 16)
        self._host = Host([bundle_path().parent])
        self._effect = self._host.plugins()[IDENTIFIER].create("filter")
        params = self._effect.params
        params["keyframes"] = str(keyframes)
        for name, value in request.look.page().items():
            params[name] = value
        params["model"] = next(label for label, model in MODELS.items() if model == request.model)
        params["weights"] = request.weights
        params["workingResolution"] = request.working_resolution
        params["refine"] = request.refine
        params["tiles"] = str(request.tiles)
        params["memoryBudget"] = request.memory_budget
        params["bandWidth"] = request.band_width
        params["inputSpace"] = request.input_space
        params["ocioSpace"] = request.ocio_space
        params["ocioConfig"] = str(request.ocio_config or "")
        params["device"] = {"auto": "Auto", "cpu": "CPU"}.get(request.device, "CUDA")
        params["kernels"] = next(label for label, kernels in KERNELS.items() if kernels == request.kernels)
        params["cacheKey"] = f"{plan.clip.identity}-{plan.clip.last_readable}-{bits}"
        self._source = HostSource(plan.clip, bits=bits)
        self._effect.connect("Source", self._source)

    def render(self, frame: int, *, progress: Callable[[float], bool], abort: Callable[[], bool]) -> np.ndarray:
        """Return what the effect shows at ``frame``, as the files of the output hold it.

        Raises:
            MediaError: a frame that the effect needs cannot be read.
            HostError: the effect failed; its message says why.
        """
        self._effect.on_progress = lambda fraction, _: progress(fraction)
        try:
            picture = self._effect.render(frame, abort=abort)
        except HostError as error:
            if self._source.failure is not None:
                raise self._source.failure from error
            raise
        return finish_picture(picture, self._request, self._output)

    def __enter__(self) -> "EffectRunner":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._effect.close()


def _set_up_worker(request: RenderRequest) -> None:
    """The worker inherits the environment of its host."""
    if request.threads is not None:
        os.environ["OMP_NUM_THREADS"] = str(request.threads)
    if request.device.startswith("cuda:"):
        os.environ["CUDA_VISIBLE_DEVICES"] = request.device.removeprefix("cuda:")
