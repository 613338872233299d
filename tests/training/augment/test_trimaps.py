from collections.abc import Callable

import numpy as np
import pytest
import torch

from trimatte.training.augment.trimaps import ellipse, random_element, trimap_from_alpha

Golden = Callable[[str], dict[str, np.ndarray]]


@pytest.mark.parametrize("size", [3, 17, 25])
def test_elements_and_trimaps_equal_those_of_the_release(golden_arrays: Golden, size: int) -> None:
    arrays = golden_arrays("ftpvm_losses")
    np.testing.assert_array_equal(ellipse(size, size).numpy(), arrays[f"tg_kernel_{size}"])
    alpha = torch.from_numpy(arrays["tg_alpha"])
    np.testing.assert_array_equal(trimap_from_alpha(alpha, ellipse(size, size)).numpy(), arrays[f"tg_tri_{size}"])


@pytest.mark.parametrize("shape", [1, 3, 4])
def test_odd_shapes_equal_those_of_the_release(golden_arrays: Golden, shape: int) -> None:
    arrays = golden_arrays("ftpvm_losses")
    element = torch.from_numpy(arrays[f"tg_rkernel_{shape}_9"]).float()
    if shape > 1:
        assert torch.equal(ellipse(*element.shape), element)
    trimap = trimap_from_alpha(torch.from_numpy(arrays["tg_alpha"]), element)
    np.testing.assert_array_equal(trimap.numpy(), arrays[f"tg_rtri_{shape}_9"])


def test_soft_pixels_are_unknown_whatever_the_element() -> None:
    alpha = torch.rand(1, 1, 24, 31, generator=torch.Generator().manual_seed(2)).round(decimals=1)
    for seed in range(8):
        trimap = trimap_from_alpha(alpha, random_element(np.random.default_rng(seed)))
        soft = (alpha > 0.005) & (alpha <= 0.995)
        assert (trimap[soft] == 0.5).all()
        assert ((trimap == 1) <= (alpha > 0.995)).all()
