from collections.abc import Callable
from typing import get_args

import numpy as np
import pytest

from trimatte.training.metrics import rvm_foreground_metrics, rvm_metrics
from trimatte.training.metrics.maps import gaussian_derivative
from trimatte.training.metrics.robust_video_matting import RvmProtocol

Golden = Callable[[str], dict[str, np.ndarray]]


@pytest.mark.parametrize("protocol", get_args(RvmProtocol))
def test_every_metric_matches_the_golden_file(golden_arrays: Golden, protocol: RvmProtocol) -> None:
    arrays = golden_arrays("metrics")
    names = {"low": {"mad", "mse", "grad", "conn", "dtssd"}, "high": {"mad", "mse", "grad", "dtssd"}}[protocol]
    before = None
    for frame in range(len(arrays["pred_u8"])):
        now = arrays["pred_u8"][frame], arrays["true_u8"][frame]
        found = rvm_metrics(*now, before, protocol=protocol)
        assert set(found) == names
        for name, value in found.items():
            expected = float(arrays[f"rvm_{protocol[0]}r.{name}"][frame])
            assert value == pytest.approx(expected, rel=1e-5, abs=1e-9), (name, frame)
        before = now


def test_the_filter_of_the_gradient_metric_matches_the_golden_file(golden_arrays: Golden) -> None:
    smooth, slope = gaussian_derivative()
    np.testing.assert_allclose(np.outer(smooth, slope), golden_arrays("metrics")["grad_kernel_x"], rtol=0, atol=1e-15)


def test_the_colour_metrics_match_the_golden_file_and_are_nan_without_foreground(golden_arrays: Golden) -> None:
    arrays = golden_arrays("metrics")
    for frame in range(len(arrays["pred_u8"])):
        found = rvm_foreground_metrics(*(arrays[name][frame] for name in ("pred_fgr_u8", "true_fgr_u8", "true_u8")))
        for name, value in found.items():
            assert value == pytest.approx(float(arrays[f"rvm_lr.{name}"][frame]), rel=1e-5, nan_ok=True), (name, frame)
    assert np.isnan(found["fgr_mad"])


def test_the_protocols_differ_where_a_matte_does_not_reach_white() -> None:
    truth = np.zeros((20, 20), np.uint8)
    truth[5:15, 5:15] = 200
    low, high = (rvm_metrics(truth // 2, truth, protocol=protocol)["grad"] for protocol in get_args(RvmProtocol))
    assert low == pytest.approx(0, abs=1e-9)
    assert high > 1e-3
