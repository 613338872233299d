"""FTP-VM on frames of any size: padded, run with the states of the frames before, cut back."""

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from ..memory.bank import Entry
from ..networks.ftp_vm import FTPVM, Result
from ..networks.ftp_vm_decoders import State
from ..networks.ftp_vm_frames import pad, shrink, shrunk_size, trimap_from_logits, unpad

__all__ = ["FtpVmMattes", "FtpVmRunner"]


@dataclass(frozen=True, slots=True)
class FtpVmMattes:
    """What FTP-VM finds in frames that follow one another."""

    alpha: Tensor
    """(T, 1, H, W), 0..1: the full matte."""
    boundary: Tensor
    """(T, 1, H, W), 0..1: the matte before the trimap joined it; means something in the unknown region."""
    trimaps: Tensor
    """(T, 1, H, W) 0, 0.5 or 1: the propagated trimaps, at the size of the frames."""
    small_trimaps: Tensor
    """(T, 1, h, w): the same as the network saw them, padded."""


class FtpVmRunner:
    """One clip on its way through the network; frames come in order."""

    def __init__(self, network: FTPVM, *, ratio: float = 1, pads_first: bool = True) -> None:
        """Start a clip.

        Args:
            network: in eval mode, on the device and in the type to compute in.
            ratio: working size relative to the frames, above 0 up to 1.
            pads_first: pad frames to the stride before they shrink, as the dataset loop of the release does. At
                ratio 1 they are padded in any case.
        """
        self.network, self.ratio = network, ratio
        self._pads = pads_first or ratio == 1
        weight = next(network.parameters())
        self._place, self._type = weight.device, weight.dtype
        self._states: list[State] = network.default_rec

    def encode(self, frames: Tensor, trimaps: Tensor) -> Entry:
        """Encode memory frames (M, 3, H, W) with trimaps (M, 1, H, W), 0 background to 1 foreground."""
        with torch.inference_mode():
            pair = (self._ready(frames), self._ready(trimaps))
            entry: Entry = self.network.encode_imgs_to_value(*pair, self.ratio)
            return entry

    def matte(self, frames: Tensor, memory: Entry) -> FtpVmMattes:
        """Matte the next frames (T, 3, H, W) by an encoded memory."""
        with torch.inference_mode():
            result = self.network.forward_with_memory(
                self._ready(frames), memory[0], memory[1], self._states[0], self._states[1], self.ratio
            )
        return self._mattes(result, frames)

    def matte_given(self, frames: Tensor, memory_frames: Tensor, memory_trimaps: Tensor) -> FtpVmMattes:
        """Matte the next frames by memory frames, whose trimaps replace those of as many first frames."""
        inputs = (self._ready(pictures) for pictures in (frames, memory_frames, memory_trimaps))
        with torch.inference_mode():
            result = self.network(*inputs, *self._states, downsample_ratio=self.ratio, replace_given_seg=True)
        return self._mattes(result, frames)

    def shrunk(self, frames: Tensor) -> Tensor:
        """Return frames (T, 3, H, W) as the network sees them, (T, 3, h, w)."""
        return shrink(self._ready(frames), self.ratio)[0]

    def forget(self) -> None:
        """Start anew: the frames to come do not follow those before."""
        self._states = self.network.default_rec

    def _ready(self, pictures: Tensor) -> Tensor:
        """Turn (T, C, H, W) into what the network takes."""
        placed = pictures.to(self._place, self._type)[None]
        return pad(placed) if self._pads else placed

    def _mattes(self, result: Result, frames: Tensor) -> FtpVmMattes:
        logits, boundary, full, self._states = result
        small = trimap_from_logits(logits)[0]
        trimaps, boundary = small, boundary[0]
        if self.ratio != 1:
            size = shrunk_size(full, self.ratio)
            trimaps = F.interpolate(unpad(small, size), full.shape[-2:], mode="nearest-exact")
            boundary = F.interpolate(unpad(boundary, size), full.shape[-2:], mode="bilinear")
        size = (frames.shape[-2], frames.shape[-1])
        alpha, boundary, trimaps = (unpad(x, size) if self._pads else x for x in (full[0], boundary, trimaps))
        return FtpVmMattes(alpha.clamp(0, 1), boundary, trimaps, small)
