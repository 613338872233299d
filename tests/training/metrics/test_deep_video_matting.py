from collections.abc import Callable

import numpy as np
import pytest

from trimatte.kernels.errors import ShapeError
from trimatte.training.metrics.deep_video_matting import dvm_metrics, dvm_test_scores, messddt

Arrays = Callable[[str], dict[str, np.ndarray]]


@pytest.mark.parametrize("region", ["none", "tri"])
@pytest.mark.parametrize("metric", ["sad", "mse", "grad", "conn", "ssda", "dtssd"])
def test_every_metric_equals_the_original(golden_arrays: Arrays, metric: str, region: str) -> None:
    arrays = golden_arrays("dvm_losses")
    found = dvm_metrics(arrays["m_pred"], arrays["m_gt"], arrays["m_trimap"] if region == "tri" else None)
    np.testing.assert_allclose(getattr(found, metric), arrays[f"m_{region}_{metric}"], rtol=1e-5)
    np.testing.assert_array_equal(found.counts, arrays[f"m_{region}_ssda_num"])
    np.testing.assert_array_equal(found.counts[:-1], arrays[f"m_{region}_dtssd_num"])


@pytest.mark.parametrize("region", ["none", "tri"])
def test_change_along_the_motion_equals_the_original(golden_arrays: Arrays, region: str) -> None:
    arrays = golden_arrays("dvm_losses")
    trimap = arrays["m_trimap"] if region == "tri" else None
    found = messddt(arrays["m_pred"], arrays["m_gt"], arrays["m_flow"], trimap)
    np.testing.assert_allclose(found, arrays[f"m_{region}_messddt"], rtol=1e-5)


def test_errors_that_move_with_the_picture_do_not_change() -> None:
    random = np.random.default_rng(5)
    truth, predicted = (random.integers(1, 255, (12, 20), np.uint8) for _ in range(2))
    clips = [np.stack([np.roll(frame, 2 * shift, axis=1) for shift in range(3)]) for frame in (predicted, truth)]
    flow = np.zeros((2, 12, 20, 2))
    flow[..., 0] = 2
    trimap = np.zeros((3, 12, 20), np.uint8)
    for shift in range(3):
        trimap[shift, 2:-2, 4 + 2 * shift : 10 + 2 * shift] = 128  # moves along, away from the borders
    assert messddt(*clips, flow, trimap, is_mended=True).tolist() == [0, 0]
    assert (messddt(*clips, flow, trimap) > 0).all()


def test_scores_of_the_test_equal_the_original(golden_arrays: Arrays) -> None:
    arrays = golden_arrays("dvm_losses")
    rows = [
        dvm_test_scores(predicted * 255, truth, trimap)
        for predicted, truth, trimap in zip(
            arrays["pred"][:, 0], arrays["alpha"][2:, 0], arrays["trimap"][2:, 0], strict=True
        )
    ]
    sad, mse = np.mean(rows, axis=0)
    np.testing.assert_allclose([sad, mse], [arrays["val_sad"], arrays["val_mse"]], rtol=1e-5)


def test_arrays_that_do_not_fit_are_refused() -> None:
    clip = np.zeros((2, 4, 5), np.uint8)
    with pytest.raises(ShapeError, match="give one shape"):
        dvm_metrics(clip, clip[:1])
    with pytest.raises(ShapeError, match="2 frames need"):
        messddt(clip, clip, np.zeros((2, 4, 5, 2)))
