from collections.abc import Callable

import numpy as np
import pytest
import torch

from trimatte.core.flow.motion_mask import MotionGrey, funet_inputs, funet_truth, motion_mask
from trimatte.kernels.errors import ShapeError

Arrays = Callable[[str], dict[str, np.ndarray]]


@pytest.mark.parametrize("scale", ["1.0", "0.5"])
@pytest.mark.parametrize(("phase", "colour"), [("train", "white"), ("predict", "red")])
def test_network_inputs_equal_the_original(golden_arrays: Arrays, phase: str, colour: MotionGrey, scale: str) -> None:
    arrays = golden_arrays("flow_unet")
    moving = motion_mask(torch.from_numpy(arrays["pre_flow"])[None], float(arrays["pre_threshold"]))[0].numpy()
    assert (moving == (arrays["pre_train_rgb"][..., 0] == 255)).all()
    inputs = funet_inputs(arrays["pre_img"], moving, scale=float(scale), colour=colour)
    np.testing.assert_allclose(inputs, arrays[f"pre_{phase}_input_s{scale}"], rtol=0, atol=1e-7)


@pytest.mark.parametrize(("scale", "name"), [(1.0, "gt_preprocessed"), (0.5, "gt_preprocessed_s0.5")])
def test_truth_is_read_as_the_original_reads_it(golden_arrays: Arrays, scale: float, name: str) -> None:
    arrays = golden_arrays("flow_unet")
    np.testing.assert_allclose(funet_truth(arrays["gt"], scale=scale), arrays[name], rtol=0, atol=1e-12)


def test_only_motion_to_the_right_counts() -> None:
    flow = torch.tensor([[0.5, 0.0], [0.49, 9.0], [-3.0, 0.0]]).T.reshape(1, 2, 1, 3)
    assert motion_mask(flow).tolist() == [[[True, False, False]]]


def test_sizes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ShapeError, match="x before y"):
        motion_mask(torch.zeros(1, 3, 4, 4))
    with pytest.raises(ShapeError, match=r"mask is \(4, 5\)"):
        funet_inputs(np.zeros((4, 4, 3), np.uint8), np.zeros((4, 5), bool))
    with pytest.raises(ShapeError, match="leaves 0 x 0"):
        funet_inputs(np.zeros((4, 4, 3), np.uint8), np.zeros((4, 4), bool), scale=0.1)
