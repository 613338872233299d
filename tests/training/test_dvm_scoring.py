from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from trimatte.core.inference.dvm_modes import DvmModeOptions
from trimatte.training.datasets.dvm_records import DvmClip, dvm_trimap
from trimatte.training.dvm_scoring import DvmTestOptions, run_dvm_test
from trimatte.training.errors import DatasetError, OptionsError

GoldenPath = Callable[[str], Path]
_MODE = DvmModeOptions(mode="whole", is_mended=True)


class _Recorder:
    """Answers one half everywhere and keeps what it was given."""

    def __init__(self) -> None:
        self.inputs: list[Tensor] = []

    def __call__(self, inputs: Tensor, num_outputs: int) -> tuple[Tensor, Tensor]:
        self.inputs.append(inputs)
        return torch.full((num_outputs, 1, *inputs.shape[2:]), 0.5), torch.zeros(())


def test_every_window_sees_its_frames_and_trimaps(golden_path: GoldenPath) -> None:
    path = golden_path("dvm_tiny.tfrecord")
    network, clip = _Recorder(), DvmClip(path)
    results = list(run_dvm_test(network, [path], DvmTestOptions(mode=_MODE)))
    assert [result.frame for result in results] == [0, 1, 1, 2]  # the last window ends with the clip
    height, width = clip.read(0, "a")["a"].shape
    for inputs, frames in zip(network.inputs, ([0, 0, 0, 1], [0, 0, 1, 2]), strict=True):
        for given, frame in zip(inputs, frames, strict=True):
            record = clip.read(frame, "va")
            red = record["v"][..., 0] / 255
            trimap = dvm_trimap(record["a"]) / 255
            np.testing.assert_allclose(given[0, :height, :width] * 0.229 + 0.485, red, atol=1e-6)
            np.testing.assert_allclose(given[3, :height, :width], trimap, atol=1e-6)
    record = clip.read(2, "a")["a"]
    trimap = dvm_trimap(record)
    matte = np.where(trimap == 128, 127, trimap)  # 127.5, truncated
    assert (results[-1].matte == matte).all()
    error = np.abs(0.5 - record / 255.0) * (trimap == 128)
    assert results[-1].sad == pytest.approx(error.sum())
    assert results[-1].mse == pytest.approx((error**2).sum() / ((trimap == 128).sum() + 1))


def test_only_the_first_frames_of_a_clip_can_be_asked_for(golden_path: GoldenPath) -> None:
    options = DvmTestOptions(mode=_MODE, max_frames_per_clip=2)
    results = list(run_dvm_test(_Recorder(), [golden_path("dvm_tiny.tfrecord")], options))
    assert [result.frame for result in results] == [0, 1]
    with pytest.raises(OptionsError, match="has 1 frames, one call mattes 2"):
        list(run_dvm_test(_Recorder(), [golden_path("dvm_tiny.tfrecord")], DvmTestOptions(max_frames_per_clip=1)))


def test_one_trimap_can_serve_all_frames_of_a_call(golden_path: GoldenPath) -> None:
    network = _Recorder()
    options = DvmTestOptions(mode=_MODE, num_outputs=3, shift=1, is_sharing_trimaps=True, has_scores=False)
    results = list(run_dvm_test(network, [golden_path("dvm_tiny.tfrecord")], options))
    (inputs,) = network.inputs
    assert all(torch.equal(inputs[frame, 3], inputs[1, 3]) for frame in range(4))
    assert results[0].sad is None


def test_what_cannot_be_scored_is_refused(golden_path: GoldenPath, tmp_path: Path) -> None:
    from trimatte.training.datasets.tf_example import decode_example, encode_example
    from trimatte.training.datasets.tf_record import TfRecordFile, write_tf_record

    features = decode_example(TfRecordFile(golden_path("dvm_tiny.tfrecord")).read(0))
    path = tmp_path / "vt.tfrecord"
    write_tf_record(path, [encode_example({"v": features["v"], "t": features["a"]})])
    options = DvmTestOptions(mode=_MODE, num_outputs=1)
    with pytest.raises(DatasetError, match="holds v, t but no alpha to compare with"):
        list(run_dvm_test(_Recorder(), [path], options))
    assert (
        len(list(run_dvm_test(_Recorder(), [path], DvmTestOptions(mode=_MODE, num_outputs=1, has_scores=False)))) == 1
    )
    write_tf_record(path, [encode_example({"v": features["v"]})])
    with pytest.raises(DatasetError, match="no alpha or trimaps"):
        list(run_dvm_test(_Recorder(), [path], options))
    with pytest.raises(OptionsError, match="has 1 frames, one call mattes 2"):
        list(run_dvm_test(_Recorder(), [path], DvmTestOptions()))
    with pytest.raises(OptionsError, match="n_frames is 0"):
        DvmTestOptions(num_outputs=0)
