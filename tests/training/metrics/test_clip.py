import importlib.util
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from trimatte.kernels.errors import ShapeError
from trimatte.training.metrics import ftp_vm_metrics, score_clip
from trimatte.training.metrics.components import largest_component

Golden = Callable[[str], dict[str, np.ndarray]]
_SHARED = Path(os.environ.get("TRIMATTE_SHARED", Path(__file__).resolve().parents[4] / "shared"))


def test_the_papers_metrics_match_the_golden_file(golden_arrays: Golden) -> None:
    arrays = golden_arrays("metrics")
    before = None
    for frame in range(len(arrays["pred_u8"])):
        now = arrays["pred_u8"][frame], arrays["true_u8"][frame], arrays["trimap_u8"][frame]
        for name, value in ftp_vm_metrics(*now, before).items():
            assert value == pytest.approx(float(arrays[f"ftp.{name}"][frame]), rel=1e-5, abs=1e-9), (name, frame)
        before = now


def test_clip_scores_match_the_reference_script(golden_arrays: Golden) -> None:
    script = _SHARED / "clips" / "metrics.py"
    if not script.is_file():
        pytest.skip(f"{script} is missing; set TRIMATTE_SHARED")
    spec = importlib.util.spec_from_file_location("reference_metrics", script)
    assert spec is not None
    assert spec.loader is not None
    reference = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(reference)
    arrays = golden_arrays("metrics")
    predicted, truth = arrays["pred_u8"] / 255.0, arrays["true_u8"] / 255.0
    expected, ours = reference.evaluate(list(predicted), list(truth)), score_clip(predicted, truth)
    for region in ("whole", "unknown"):
        assert ours.mean(region).keys() == expected[region].keys()
        for name, value in ours.mean(region).items():
            tolerance = 1e-4 if name == "Conn" else 1e-9  # ties at a threshold
            assert value == pytest.approx(expected[region][name], rel=tolerance), (region, name)


def test_a_constant_offset_has_the_scores_one_can_compute_by_hand() -> None:
    zeros, tenth = [np.zeros((100, 200))] * 4, [np.full((100, 200), 0.1)] * 4
    mean = score_clip(tenth, zeros).mean()
    assert mean == pytest.approx({"SAD": 2.0, "MAD": 100, "MSE": 10, "Grad": 0, "Conn": 0, "dtSSD": 0}, abs=1e-9)


def test_an_islet_that_is_not_in_the_truth_costs_its_area_in_connectivity() -> None:
    truth = np.zeros((100, 200))
    truth[10:60, 10:90] = 1
    predicted = truth.copy()
    predicted[70:80, 150:170] = 1
    assert score_clip([predicted], [truth]).mean()["Conn"] == pytest.approx(0.2)


def test_frames_of_another_size_are_refused() -> None:
    with pytest.raises(ShapeError, match="frame 0"):
        score_clip([np.zeros((4, 4))], [np.zeros((4, 5))])


def _flood(mask: np.ndarray) -> np.ndarray:
    """Return the largest component by growing one seed after another."""
    left, best = mask.copy(), np.zeros_like(mask)
    while left.any():
        grown = np.zeros_like(mask)
        grown.flat[np.flatnonzero(left)[0]] = True
        while True:
            wide = grown.copy()
            wide[1:] |= grown[:-1]
            wide[:-1] |= grown[1:]
            wide[:, 1:] |= grown[:, :-1]
            wide[:, :-1] |= grown[:, 1:]
            wide &= mask
            if np.array_equal(wide, grown):
                break
            grown = wide
        best = grown if grown.sum() > best.sum() else best
        left &= ~grown
    return best


@pytest.mark.parametrize("density", [0.3, 0.5, 0.6, 0.7])
def test_the_largest_component_is_what_flooding_finds(density: float) -> None:
    rng = np.random.default_rng(3)
    for _ in range(5):
        mask = rng.random((23, 31)) < density
        np.testing.assert_array_equal(largest_component(mask), _flood(mask))
