"""What a camera does to a picture, and what it leaves alone."""

import numpy as np
import pytest
import torch

from trimatte.training.augment.camera import compress, defocus, flicker, roll_rows


def test_defocus_spreads_a_point_over_a_disc_and_keeps_its_light() -> None:
    layer = torch.zeros(1, 4, 31, 31)
    layer[..., 15, 15] = 1
    blurred = defocus(layer, 5)
    assert float(blurred[0, 0].sum()) == pytest.approx(1, abs=1e-5)
    assert blurred[0, 0, 15, 11] == pytest.approx(float(blurred[0, 0, 15, 15]), rel=1e-5)  # flat, not a bell
    assert blurred[0, 0, 15, 22] == 0
    assert torch.equal(defocus(layer, 0.0), layer)


def test_compression_changes_more_at_lower_quality_and_shows_blocks() -> None:
    ramp = torch.linspace(0, 1, 52).expand(1, 3, 37, 52).contiguous()
    picture = (ramp + 0.05 * torch.randn((1, 1, 37, 52), generator=torch.Generator().manual_seed(1))).clamp(0, 1)
    fine, coarse = ((compress(picture, quality) - picture).abs().mean() for quality in (95, 10))
    assert fine < 0.01
    assert coarse > 0.02
    gentle = compress(0.3 + 0.2 * ramp, 5)[0, 1, 20]
    steps = gentle.diff().abs()
    assert steps[7::8].mean() > 2 * steps.mean()


def test_a_flat_grey_survives_compression() -> None:
    grey = torch.full((2, 3, 20, 30), 0.4)
    torch.testing.assert_close(compress(grey, 80), grey, atol=0.004, rtol=0)


def test_flicker_differs_between_frames_and_rows_within_its_strength() -> None:
    gains = flicker(np.random.default_rng(2), 6, 40, 0.1, torch.device("cpu"))
    assert gains.shape == (6, 1, 40, 1)
    assert (gains - 1).abs().max() <= 0.1 + 1e-6
    assert gains.std(0).max() > 1e-3
    assert gains.std(2).max() > 1e-3


def test_rows_are_exposed_from_top_to_bottom() -> None:
    first, last = torch.zeros(1, 5, 4, 2), torch.ones(1, 5, 4, 2)
    assert roll_rows(first, last)[0, :, 0, 0].tolist() == [0, 0.25, 0.5, 0.75, 1]
