"""DVM's blocks against the golden files."""

import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch

from trimatte.core.refine.deform_align import DeformConvPack
from trimatte.core.refine.frame_fusion import FrameFusion
from trimatte.kernels.errors import ShapeError

Arrays = dict[str, np.ndarray]


def check(found: torch.Tensor, expected: np.ndarray) -> None:
    torch.testing.assert_close(found, torch.from_numpy(expected), rtol=0, atol=1e-4)


@torch.no_grad()
def test_the_pack_with_steering_from_another_feature(
    golden_arrays: Callable[[str], Arrays], golden_weights: ModuleType
) -> None:
    arrays = golden_arrays("deform_conv")
    pack = golden_weights.fill(DeformConvPack(16, 16, deform_groups=8), 3)
    image, feature = torch.from_numpy(arrays["pack_ext_x"]), torch.from_numpy(arrays["pack_ext_feat"])
    check(pack.conv_offset_mask(feature), arrays["pack_ext_om"])
    check(pack(image, feature), arrays["pack_ext_y"])


@torch.no_grad()
def test_the_pack_that_steers_itself(golden_arrays: Callable[[str], Arrays], golden_weights: ModuleType) -> None:
    arrays = golden_arrays("deform_conv")
    pack = golden_weights.fill(DeformConvPack(8, 12, deform_groups=4), 3)
    check(pack(torch.from_numpy(arrays["pack_self_x"])), arrays["pack_self_y"])


@torch.no_grad()
def test_the_fusion_of_dvm(golden_arrays: Callable[[str], Arrays], golden_weights: ModuleType) -> None:
    arrays = golden_arrays("dvm")
    shift, num_frames, seed = map(int, arrays["stfam_cfg"])
    fusion = FrameFusion([int(count) for count in arrays["stfam_chl"]], shift)
    golden_weights.damp_dvm(golden_weights.fill(fusion, seed))
    features = [torch.from_numpy(arrays[f"stfam_in{level}"]) for level in range(5)]
    for level, found in enumerate(fusion(features)):
        check(found, arrays[f"stfam_out{level}"])
    aligned = [fusion.flow0(features[0][i : i + num_frames], features[0][shift:]) for i in range(shift + 1)]
    for index, expected in enumerate(f"stfam_flow0_it{i}" for i in range(3)):
        check(aligned[index], arrays[expected])
    check(fusion.attn0.ca(torch.cat(aligned, dim=1)), arrays["stfam_attn0_ca"])
    check(fusion.attn0(torch.cat(aligned, dim=1)), arrays["stfam_attn0"])
    neighbours = [features[4][i : i + num_frames] for i in range(shift + 1)]
    check(fusion.attn4(torch.cat(neighbours, dim=1)), arrays["stfam_attn4"])


def test_names_and_order_are_those_of_dvm(golden_path: Callable[[str], Path]) -> None:
    keys = json.loads(golden_path("dvm.keys.json").read_text())
    names = [name.removeprefix("fusion.") for name in keys if name.startswith("fusion.")]
    with torch.device("meta"):
        fusion = FrameFusion((64, 256, 512, 1024, 2048), 2)
    state = fusion.state_dict()
    assert list(state) == names
    assert all(list(state[name].shape) == keys[f"fusion.{name}"] for name in names)


def test_too_few_frames_are_refused() -> None:
    with pytest.raises(ShapeError, match="got 2 levels of 2 frames; give 2 levels and at least 3 frames"):
        FrameFusion((8, 8), 2)([torch.zeros(2, 8, 4, 4), torch.zeros(2, 8, 2, 2)])
