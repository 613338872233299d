"""What the effect shows: pictures made from the plate and its solved frame by formulas, without any network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from ..core.sessions import FrameResult
from ..kernels.finesse import despeckle, finesse
from .colour import from_display
from .colour_choice import ColourChoice
from .foreground import foreground_colour
from .look import Look, Output, View

OVERLAY_COLOURS: Final = {0: (0.1, 0.2, 1.0), 128: (1.0, 0.5, 0.0), 255: (0.1, 1.0, 0.2)}
"""Level of the trimap -> its colour in the overlay: blue background, orange unknown region, green foreground."""

OVERLAY_STRENGTH: Final = 0.4
"""Share of that colour in the overlay."""

CHECKER_GREYS: Final = (0.18, 0.4)
"""The two greys of the checker."""

CHECKER_PIXELS: Final = 32
"""Side of its squares at full size."""

_DOUBT_COLOUR: Final = (1.0, 0.0, 0.0)
_GREY_STRENGTH: Final = 0.5  # of the plate under the confidence: doubt must stand out on a bright plate


def compose(
    look: Look,
    plate: np.ndarray,
    solved: FrameResult,
    *,
    scale: float = 1.0,
    device: torch.device | None = None,
    space: ColourChoice | None = None,
) -> np.ndarray:
    """Return the picture to show.

    Args:
        look: what to show, lengths at full size.
        plate: (H, W, C) float32 as the host sent it, C = 1, 3 or 4; decides the channels of the picture.
        solved: the frame, of the size of the plate.
        scale: size of the plate by that of the full picture; below 1 for proxies.
        device: computes it; ``None`` takes the CPU.
        space: what the values of the plate mean, and those of the picture; ``None``: sRGB.

    Returns:
        (H, W, C) float32. A picture of one channel holds matte, trimap or confidence, never colour.
    """
    channels = plate.shape[2]
    look = look.at_scale(scale)
    picture = Picture(
        look, plate, solved, scale=scale, device=device or torch.device("cpu"), space=space or ColourChoice()
    )
    colour, alpha = picture.grey() if channels == 1 else picture.colour()
    planes = colour.expand(3, *colour.shape[-2:]) if channels > 1 else colour
    shown = np.empty(plate.shape, dtype=np.float32)
    for channel in range(min(channels, 3)):
        shown[..., channel] = planes[channel].cpu().numpy()
    if channels == 4:
        shown[..., 3] = 1 if alpha is None else alpha.cpu().numpy()
    return shown


class Picture:
    """One frame under one look; colour is (3, H, W) or (1, H, W) for grey, no alpha means opaque."""

    def __init__(
        self,
        look: Look,
        plate: np.ndarray,
        solved: FrameResult,
        *,
        scale: float,
        device: torch.device,
        space: ColourChoice,
    ) -> None:
        self._look, self._solved, self._scale, self._device, self._space = look, solved, scale, device, space
        self._pixels = plate

    def grey(self) -> tuple[Tensor, None]:
        """Return the picture of one channel."""
        view = self._look.view
        if view in {View.TRIMAP, View.TRIMAP_OVERLAY}:
            return self._trimap_levels(), None
        if view is View.CONFIDENCE:
            return self._certainty(), None
        matte = self._matte()[None]
        return self._mixed_alpha(matte) if view is View.RESULT else matte, None

    def colour(self) -> tuple[Tensor, Tensor | None]:
        """Return colour and alpha of the picture."""
        view = self._look.view
        if view in _OF_THE_NETWORKS:
            return _OF_THE_NETWORKS[view](self), None
        matte = self._matte()
        if view is View.RESULT:
            return self._result(matte)
        if view is View.MATTE:
            return matte[None], None
        colour = self._foreground()
        if view is View.OVER_CHECKER:
            colour = _times(colour, matte) + self._checker() * (1 - matte)
        return colour, None

    def _result(self, matte: Tensor) -> tuple[Tensor, Tensor | None]:
        """Return the result; mixed with the source as two premultiplied pictures are, the source being opaque."""
        look, mix = self._look, self._look.mix
        plate = self._plate()
        if look.output is Output.MATTE_IN_RGB:
            return (matte[None] if mix == 1 else _mixed(plate, matte[None], mix)), None
        alpha = self._mixed_alpha(matte)
        if look.output is Output.MATTE_IN_ALPHA or mix == 0:
            return plate, alpha
        colour = self._foreground()
        if mix == 1:
            return (_times(colour, matte) if look.output is Output.PREMULTIPLIED else colour), alpha
        premultiplied = _mixed(plate, _times(colour, matte), mix)
        return (premultiplied if look.output is Output.PREMULTIPLIED else premultiplied / alpha), alpha

    def _mixed_alpha(self, matte: Tensor) -> Tensor:
        return matte if self._look.mix == 1 else 1 - self._look.mix + self._look.mix * matte

    def _matte(self) -> Tensor:
        """Return alpha (H, W) after all that the user does to it."""
        return finesse(torch.from_numpy(self._solved.alpha).to(self._device), self._look.matte)

    def _plate(self) -> Tensor:
        """Return the plate's colour (3, H, W)."""
        planes = np.ascontiguousarray(self._pixels[..., :3].transpose(2, 0, 1))
        return torch.from_numpy(planes).to(self._device)

    def _foreground(self) -> Tensor:
        """Return the straight colour of the foreground.

        It follows from the matte as it was solved: what the user grows must not bring the background back. Holes that
        are filled and specks that are removed are errors of the solved matte, though.
        """
        look = self._look
        alpha = despeckle(torch.from_numpy(self._solved.alpha).to(self._device), size=look.matte.despeckle)
        is_premultiplied = look.view is not View.FOREGROUND and look.output is not Output.STRAIGHT
        return foreground_colour(
            self._plate(),
            alpha,
            is_estimated=look.is_estimated,
            is_extended=not is_premultiplied or look.matte.grow > 0 or look.matte.edge_blur > 0,
            despill=look.despill,
        )

    def _trimap_levels(self) -> Tensor:
        """Return the trimap as (1, H, W) of 0, 0.5 and 1."""
        trimap = torch.from_numpy(self._solved.trimap).to(self._device)
        return ((trimap > 0).float() + (trimap == 255).float())[None] * 0.5

    def _overlay(self) -> Tensor:
        trimap = torch.from_numpy(self._solved.trimap).to(self._device)
        tinted = self._plate() * (1 - OVERLAY_STRENGTH)
        for level, colour in OVERLAY_COLOURS.items():
            strength = (trimap == level).float() * OVERLAY_STRENGTH
            tint = self._ours(colour)
            for channel in range(3):
                tinted[channel] += strength * tint[channel]
        return tinted

    def _ours(self, colour: tuple[float, float, float]) -> Tensor:
        """Return a colour of ours, sRGB, as (3, 1, 1) in the space of the plate."""
        converted = from_display(np.array([[colour]], dtype=np.float32), self._space)
        return torch.from_numpy(np.ascontiguousarray(converted.reshape(3, 1, 1))).to(self._device)

    def _certainty(self) -> Tensor:
        """Return (1, H, W) 0..1: how sure the networks were of each pixel's region."""
        small = torch.from_numpy(self._solved.certainty).to(self._device).float()[None, None] / 255
        return F.interpolate(small, size=self._solved.alpha.shape, mode="bilinear", align_corners=False)[0]

    def _doubt(self) -> Tensor:
        """Return the plate in grey, red where the networks were not sure."""
        doubt = 1 - self._certainty()
        grey = self._plate().mean(dim=0, keepdim=True) * _GREY_STRENGTH
        return grey * (1 - doubt) + self._ours(_DOUBT_COLOUR) * doubt

    def _checker(self) -> Tensor:
        """Return the checker (3, H, W); its squares start in the upper left corner of the plate."""
        height, width = self._solved.alpha.shape
        side = max(round(CHECKER_PIXELS * self._scale), 1)
        odd = (torch.arange(height)[:, None] // side + torch.arange(width) // side) % 2
        dark, light = (self._ours((grey, grey, grey)) for grey in CHECKER_GREYS)
        return torch.where(odd.to(self._device) == 1, dark, light)


_OF_THE_NETWORKS: Final[dict[View, Callable[[Picture], Tensor]]] = {
    View.TRIMAP: Picture._trimap_levels,
    View.TRIMAP_OVERLAY: Picture._overlay,
    View.CONFIDENCE: Picture._doubt,
}
"""Views of what the networks found, which nothing on the page changes."""


def _times(colour: Tensor, matte: Tensor) -> Tensor:
    """Return premultiplied ``colour``; where the matte is empty, what is infinite or no number becomes black too."""
    premultiplied = colour * matte
    if not all(bound.isfinite() for bound in torch.aminmax(premultiplied)):
        premultiplied[:, matte == 0] = 0
    return premultiplied


def _mixed(source: Tensor, result: Tensor, mix: float) -> Tensor:
    return source * (1 - mix) + result * mix
