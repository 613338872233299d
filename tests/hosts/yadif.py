"""Yadif for one frame, written down as formulas: what the Deinterlace of openfx-misc is compared with.

After the description of the filter in MPlayer's and FFmpeg's manuals: each missing line is the better of a spatial
guess along edges and a temporal one, kept near what the neighbouring fields allow.
"""

import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.float32]


def deinterlace(before: Picture, now: Picture, after: Picture, *, keep: bool, upper_first: bool) -> Picture:
    """Return (H, W, C) with every second line made anew.

    Args:
        before: the frame before, (H, W, C), first line first.
        now: the frame itself.
        after: the frame after it.
        keep: whether the even lines are kept; the odd ones otherwise.
        upper_first: order of the fields.
    """
    made = now.copy()
    height = now.shape[0]
    parity = 0 if keep else 1
    second = parity ^ int(upper_first)
    earlier, later = (before, now) if second else (now, after)
    for y in range(height):
        if (y ^ parity) & 1:
            below = y + 1 if y + 1 < height else y - 1
            above = y - 1 if y else y + 1
            made[y] = _line(before, now, after, earlier, later, y, above, below)
    return made


def _line(
    before: Picture, now: Picture, after: Picture, earlier: Picture, later: Picture, y: int, above: int, below: int
) -> Picture:
    c, e = now[above], now[below]
    d = (earlier[y] + later[y]) / 2
    change = np.maximum(
        np.abs(earlier[y] - later[y]) / 2,
        np.maximum(
            (np.abs(before[above] - c) + np.abs(before[below] - e)) / 2,
            (np.abs(after[above] - c) + np.abs(after[below] - e)) / 2,
        ),
    )
    guess = _along_edges(c, e)
    if y != 1 and y + 2 != now.shape[0]:  # the lines next to the border have no second neighbours
        far_above, far_below = y + 2 * (above - y), y + 2 * (below - y)
        b = (earlier[far_above] + later[far_above]) / 2
        f = (earlier[far_below] + later[far_below]) / 2
        highest = np.maximum(np.maximum(d - e, d - c), np.minimum(b - c, f - e))
        lowest = np.minimum(np.minimum(d - e, d - c), np.maximum(b - c, f - e))
        change = np.maximum(change, np.maximum(lowest, -highest))
    return np.clip(guess, d - change, d + change)


def _along_edges(c: Picture, e: Picture) -> Picture:
    """Return the mean of two lines along the direction in which they differ least; straight at the sides."""
    guess = (c + e) / 2
    width = c.shape[0]
    for x in range(3, width - 3):
        for channel in range(c.shape[1]):
            up, down = c[:, channel], e[:, channel]
            best = _difference(up, down, x, 0)
            for direction in (-1, 1):
                for slant in (direction, 2 * direction):
                    score = _difference(up, down, x, slant)
                    if score >= best:
                        break
                    best = score
                    guess[x, channel] = (up[x + slant] + down[x - slant]) / 2
    return guess


def _difference(up: Picture, down: Picture, x: int, slant: int) -> np.float32:
    return np.float32(sum(abs(up[x + slant + k] - down[x - slant + k]) for k in (-1, 0, 1)))
