"""Replace the background of a live camera: newest frame, matte, composite, show, again."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from torch import Tensor, nn

from ...kernels.composite import over
from ..memory.bank import MemoryBank
from ..networks.ftp_vm import FTPVM
from ..networks.rvm import automatic_ratio
from .ftp_vm_runner import FtpVmRunner
from .live_background import LiveBackground
from .live_camera import LiveCamera
from .live_output import LiveOutput, ViewerGoneError
from .picture_outputs import to_bytes

__all__ = ["FtpVmLive", "LiveMatter", "LiveReport", "RvmLive", "run_live"]


class LiveMatter(Protocol):
    """What mattes one frame after the other."""

    def matte(self, picture: Tensor) -> tuple[Tensor, Tensor]:
        """Return foreground (3, H, W) and alpha (1, H, W), on the CPU, of a frame (3, H, W); all 0..1."""


class FtpVmLive:
    """FTP-VM with the pictures it was given to remember; more can come, or all go, while it runs.

    What is asked for from another thread (a window) is done before the next frame, so nobody waits for the network.
    """

    def __init__(self, network: FTPVM, memory: tuple[Tensor, Tensor] | None, ratio: float) -> None:
        """Encode the memory.

        Args:
            network: in eval mode.
            memory: picture (1, 3, H, W) and trimap (1, 1, H, W), 0..1; an empty trimap means a clean background.
                ``None``: nothing yet, and frames stay as they are until something is remembered.
            ratio: working size relative to the frames.
        """
        self._runner = FtpVmRunner(network, ratio=ratio, pads_first=False)
        self._bank = MemoryBank()
        self._wishes: deque[Callable[[], None]] = deque()  # its append and popleft are atomic
        if memory is not None:
            self._remember(*memory)

    def remember(self, picture: np.ndarray, trimap: np.ndarray) -> None:
        """Remember a frame (H, W, 3) uint8 with its trimap (H, W) uint8, 0 background to 255 foreground."""
        frame = torch.from_numpy(picture.copy()).permute(2, 0, 1)[None].float() / 255
        label = torch.from_numpy(trimap.copy())[None, None].float() / 255
        self._wishes.append(lambda: self._remember(frame, label))

    def forget_motion(self) -> None:
        """Let go of the recurrent states: what comes does not follow what was."""
        self._wishes.append(self._runner.forget)

    def forget_memory(self) -> None:
        """Let go of all remembered pictures."""
        self._wishes.append(self._empty)

    def matte(self, picture: Tensor) -> tuple[Tensor, Tensor]:
        """See :class:`LiveMatter`; the frame itself stands for the foreground."""
        while self._wishes:
            self._wishes.popleft()()
        memory = self._bank.read()
        if memory is None:
            return picture, torch.ones_like(picture[:1])
        return picture, self._runner.matte(picture[None], memory).alpha[0].float().cpu()

    def _remember(self, picture: Tensor, trimap: Tensor) -> None:
        self._bank.add(*self._runner.encode(picture, trimap))

    def _empty(self) -> None:
        self._bank = MemoryBank()


class RvmLive:
    """RVM, which needs no memory and mattes people."""

    def __init__(self, network: nn.Module, ratio: float | None = None) -> None:
        """Take ``network`` in eval mode; ``ratio`` as for a conversion, ``None``: long side 512."""
        self._network, self._ratio = network, ratio
        weight = next(network.parameters())
        self._place, self._type = weight.device, weight.dtype
        self._states: list[Tensor | None] = [None] * 4

    def matte(self, picture: Tensor) -> tuple[Tensor, Tensor]:
        """See :class:`LiveMatter`."""
        ratio = self._ratio or automatic_ratio(picture.shape[1], picture.shape[2])
        with torch.inference_mode():
            frame = picture.to(self._place, self._type)[None, None]
            foreground, alpha, *self._states = self._network(frame, *self._states, ratio)
        return foreground[0, 0].float().cpu(), alpha[0, 0].float().cpu()


@dataclass(frozen=True, slots=True)
class LiveReport:
    """How a run went."""

    arrived: int
    """Frames the camera showed."""
    matted: int
    """Frames that were shown with another background."""
    dropped: int
    """Frames that came while another was at work, and were overtaken."""
    seconds: float
    """Wall-clock time."""
    mean_delay: float
    """Seconds from a frame's arrival to its display, on average."""
    worst_delay: float
    """Seconds, the longest."""

    def __str__(self) -> str:
        return (
            f"{self.arrived} frames came, {self.matted} matted, {self.dropped} dropped in {self.seconds:.1f} s "
            f"({self.matted / max(self.seconds, 1e-9):.1f} a second); "
            f"delay {self.mean_delay * 1000:.0f} ms, at worst {self.worst_delay * 1000:.0f} ms"
        )


def run_live(
    camera: LiveCamera,
    matter: LiveMatter,
    background: LiveBackground,
    output: LiveOutput | None,
    *,
    preview: Callable[[np.ndarray, np.ndarray], None] | None = None,
    seconds: float | None = None,
    is_stopped: Callable[[], bool] = lambda: False,
) -> LiveReport:
    """Matte what a camera shows until it ends, or until the viewer has gone.

    Args:
        camera: running.
        matter: see :class:`LiveMatter`.
        background: what is put behind.
        output: where it goes; ``None``: nowhere, the preview is all.
        preview: given each frame and its composite, both (H, W, 3) uint8; must return at once.
        seconds: stop after so long; ``None``: at the end of the camera.
        is_stopped: asked before each frame.

    Raises:
        MediaError: the camera or the output failed.
    """
    begin = time.monotonic()
    delays: list[float] = []
    while not is_stopped() and (seconds is None or time.monotonic() - begin < seconds):
        frame = camera.latest()
        if frame is None:
            break
        picture = torch.from_numpy(frame.picture).permute(2, 0, 1).float() / 255
        foreground, alpha = matter.matte(picture)
        composite = over(foreground, alpha, background.at(frame.seconds))
        shown = to_bytes(composite.clamp(0, 1)[None], "nearest")[0]
        try:
            if output is not None:
                output.show(shown, frame.seconds)
        except ViewerGoneError:  # the usual way to end a preview
            break
        if preview is not None:
            preview(frame.picture, shown)
        delays.append(time.monotonic() - frame.arrived)
    return LiveReport(
        arrived=camera.arrived,
        matted=len(delays),
        dropped=camera.dropped,
        seconds=time.monotonic() - begin,
        mean_delay=sum(delays) / max(len(delays), 1),
        worst_delay=max(delays, default=0.0),
    )
