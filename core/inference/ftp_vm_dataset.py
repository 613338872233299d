"""FTP-VM over a clip with given trimaps: when the memory is refreshed, and what else goes into it.

Source: Huang and Lee, FTP-VM, CVPR 2023, and the dataset loop of its release.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from ...kernels.errors import TrimatteError
from ..memory.bank import Entry, MemoryBank
from ..networks.ftp_vm import FTPVM
from .ftp_vm_runner import FtpVmMattes, FtpVmRunner

__all__ = ["FtpVmLoopOptions", "GuidedClip", "matte_clip"]


class GuidedClip(Protocol):
    """A clip with a trimap for every frame that the loop may ask for."""

    def __len__(self) -> int:
        """Return the number of frames."""

    def frames(self, first: int, end: int) -> Tensor:
        """Return (T, 3, H, W) RGB 0..1 of the frames ``first`` to ``end - 1``."""

    def trimap(self, frame: int) -> Tensor:
        """Return (1, H, W) with 0, 0.5 and 1."""

    def background(self, frame: int) -> Tensor:
        """Return the clean background (3, H, W) behind ``frame``, RGB 0..1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FtpVmLoopOptions:
    """How :func:`matte_clip` fills the memory; names in brackets are those of the release."""

    clip_length: int = 8
    """Frames in one call of the network (``frames_per_item``)."""
    memory_update: int = -1
    """Frames after which the first slot takes the given trimap of the coming frame (``memory_iter``,
    ``memory_freq``); -1: never, 0: before every call, 1: the clip length; else a multiple of it."""
    memory_save: int = 0
    """Frames after which one of the model's own trimaps joins the memory (``memory_save_iter``); 0: never."""
    bank_size: int = 5
    """Slots kept (``memory_bank_size``); the release keeps one more."""
    replaces_given: bool = False
    """Where the memory was refreshed, fuse the matte from the given trimap (``replace_by_given_tri``)."""
    refreshes_own: bool = False
    """Refresh from the model's own trimap of the frame before, where ``memory_update`` says so, instead of a given
    one (``memory_gt=False``, which changes nothing in the release): needs ``is_mended``."""
    background_memory: bool = False
    """Remember the clean background with an empty trimap instead of frame and trimap (``memory_bg``)."""
    downsample_ratio: float = 1
    """Working size relative to the frames."""
    is_mended: bool = False
    """Own trimaps get slots of their own, at any ratio, and ``bank_size`` is the number of slots. In the release
    they only replace a temporary one, and any ratio but 1 fails."""

    def __post_init__(self) -> None:
        if self.clip_length < 1 or self.memory_save < 0 or self.bank_size < 1:
            raise TrimatteError(
                f"clip_length is {self.clip_length}, memory_save {self.memory_save}, bank_size {self.bank_size}; "
                "expected 1, 0 and 1 or more."
            )
        if self.memory_update < -1 or (self.memory_update > 1 and self.memory_update % self.clip_length):
            raise TrimatteError(
                f"memory_update is {self.memory_update}; expected -1, 0, 1 or a multiple of clip_length "
                f"({self.clip_length})."
            )
        if not 0 < self.downsample_ratio <= 1:
            raise TrimatteError(f"downsample_ratio is {self.downsample_ratio}; expected above 0 up to 1.")
        if self.memory_save and self.downsample_ratio != 1 and not self.is_mended:
            raise TrimatteError("memory_save at another ratio than 1 fails in the release; set is_mended.")
        if self.refreshes_own and not self.is_mended:
            raise TrimatteError("refreshes_own changes nothing in the release; set is_mended.")
        if self.refreshes_own and (self.replaces_given or self.background_memory):
            raise TrimatteError("refreshes_own takes no given trimap; leave replaces_given and background_memory out.")
        if self.memory_save and self.is_mended and self.bank_size < 2:
            raise TrimatteError("bank_size is 1, which holds the given trimap alone; memory_save needs 2 or more.")


def matte_clip(network: FTPVM, clip: GuidedClip, options: FtpVmLoopOptions) -> Iterator[tuple[int, FtpVmMattes]]:
    """Matte a clip call by call; states run through the whole of it.

    Args:
        network: in eval mode.
        clip: frames and given trimaps; a clean background with ``background_memory``.
        options: see :class:`FtpVmLoopOptions`.

    Yields:
        The number of the first frame of a call, and what was found.
    """
    loop = _Loop(network, clip, options)
    for first in range(0, len(clip), options.clip_length):
        yield first, loop.step(first, min(first + options.clip_length, len(clip)))


class _Loop:
    """The memory of one clip."""

    def __init__(self, network: FTPVM, clip: GuidedClip, options: FtpVmLoopOptions) -> None:
        self._clip, self._options = clip, options
        self._runner = FtpVmRunner(network, ratio=options.downsample_ratio)
        self._small = FtpVmRunner(network)  # encodes what the network saw already
        # The release keeps bank_size slots beside the first.
        self._bank = MemoryBank(max(1, options.bank_size - 1) if options.is_mended else options.bank_size)
        self._since_refresh = 0
        self._saved = 0
        self._last: tuple[int, Tensor, FtpVmMattes] | None = None

    def step(self, first: int, end: int) -> FtpVmMattes:
        """Matte the frames ``first`` to ``end - 1``."""
        options = self._options
        is_fresh = self._refresh(first)
        if options.memory_save:
            self._remember_own(first)
        frames = self._clip.frames(first, end)
        if is_fresh and options.replaces_given and not options.memory_save:
            mattes = self._runner.matte_given(frames, *self._given(first))
        else:
            memory = self._bank.read()
            assert memory is not None
            mattes = self._runner.matte(frames, memory)
        self._last = (first, frames, mattes)
        self._since_refresh += end - first
        return mattes

    def _refresh(self, first: int) -> bool:
        """Put the given trimap of the coming frame into the first slot when it is time."""
        update = self._options.memory_update
        period = self._options.clip_length if update == 1 else update
        if first > 0 and (period < 0 or self._since_refresh < period):
            return False
        if self._options.refreshes_own and self._last is not None:
            self._bank.set_ground_truth(*self._own_entry(len(self._last[1]) - 1))
        else:
            self._bank.set_ground_truth(*self._runner.encode(*self._given(first)))
        self._since_refresh = 0
        return True

    def _given(self, frame: int) -> tuple[Tensor, Tensor]:
        """Return picture (1, 3, H, W) and trimap (1, 1, H, W) for the first slot."""
        if self._options.background_memory:
            background = self._clip.background(frame)[None]
            return background, torch.zeros_like(background[:, :1])
        return self._clip.frames(frame, frame + 1), self._clip.trimap(frame)[None]

    def _remember_own(self, first: int) -> None:
        """Encode the model's own trimap of the frame that completed the latest period."""
        latest = first // self._options.memory_save  # periods that are complete
        if latest == self._saved or self._last is None:
            return
        self._saved = latest
        index = latest * self._options.memory_save - 1 - self._last[0]  # of that frame in the last call
        entry = self._own_entry(index)
        (self._bank.add if self._options.is_mended else self._bank.add_temporary)(*entry)

    def _own_entry(self, index: int) -> Entry:
        """Encode a frame of the last call with the trimap found for it, at the size the network saw."""
        assert self._last is not None
        _, frames, mattes = self._last
        picture, chosen = frames[index : index + 1], slice(index, index + 1)
        if self._options.downsample_ratio != 1:
            return self._small.encode(self._runner.shrunk(picture), mattes.small_trimaps[chosen])
        return self._runner.encode(picture, mattes.trimaps[chosen])
