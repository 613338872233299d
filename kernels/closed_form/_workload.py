"""The closed-form matte as sessions ask for it: a band around the edge of a shape at native size."""

import torch

from ..workload import Operation, Workload, bytes_of, noise
from . import TWINS, solve_closed_form

_ITERATIONS = 20


def workload(height: int, width: int) -> Workload:
    """Return the call for a picture of (height, width); a tenth of it is open."""
    y, x = torch.linspace(-1, 1, height)[:, None], torch.linspace(-1, 1, width)
    distance = (0.25 - x.square() - y.square())[None]  # from the edge of an ellipse, outwards negative
    alpha = (distance * 8 + 0.5).clamp(0, 1)
    plate = torch.stack([0.8 * alpha[0], 0.5 - 0.3 * alpha[0], 0.2 + 0.4 * x.expand(height, width)])
    plate = (plate + 0.1 * noise(3, height, width)).clamp(0, 1)
    region = (alpha > 0) & (alpha < 1)
    pixels = int(region.sum())
    return Workload(
        arguments=(plate, alpha, region),
        options={"trust": 0.1, "iterations": _ITERATIONS, "tolerance": 0.0},
        # a step reads 25 weights and the centre of the diagonal, and reads or writes twelve vectors
        bytes_moved=bytes_of(plate, alpha, region, alpha) + _ITERATIONS * pixels * 4 * (26 + 12),
        # rows: nine windows of a covariance (90), its inverse (30) and nine affinities (7); a step: 25 products and 11
        operations=pixels * (9 * (120 + 9 * 7) + _ITERATIONS * (2 * 25 + 11)),
    )


OPERATIONS = (Operation("solve_closed_form", solve_closed_form, TWINS, workload),)
