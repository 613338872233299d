from collections.abc import Sequence

import numpy as np
import pytest
import torch

from trimatte.training.augment.segmentation_augmentation import SegmentationAugmentation
from trimatte.training.datasets.mask_samples import MaskSampleOptions, MaskSamples


class _Objects:
    """Clips with two objects: the left half and the right half."""

    def __init__(self, lengths: Sequence[int]) -> None:
        self.names = [str(clip) for clip in range(len(lengths))]
        self.lengths = lengths
        self.asked: list[tuple[list[int], int]] = []

    def num_frames(self, clip: int) -> int:
        return self.lengths[clip]

    def num_objects(self, clip: int) -> int:
        return 2

    def read(self, clip: int, frames: Sequence[int], chosen: int) -> tuple[np.ndarray, np.ndarray]:
        self.asked.append((list(frames), chosen))
        masks = np.zeros((len(frames), 40, 60), np.uint8)
        masks[:, :, 30 * chosen : 30 * chosen + 30] = 255
        return np.repeat(masks[..., None], 3, axis=3), masks


def _samples(*sources: _Objects, **options: object) -> MaskSamples:
    size = SegmentationAugmentation(size=32)
    return MaskSamples(sources, MaskSampleOptions(num_frames=3, augmentation=size, **options))  # type: ignore[arg-type]


def test_sources_are_joined_and_every_frame_starts_a_sample() -> None:
    first, second = _Objects([4]), _Objects([2, 3])
    samples = _samples(first, second)
    assert len(samples) == 9
    samples.sample(np.random.default_rng(1), 3)
    samples.sample(np.random.default_rng(1), 8)
    assert (len(first.asked), len(second.asked)) == (1, 1)
    assert len(_samples(first, second, every=3)) == 4


def test_any_object_is_drawn() -> None:
    source = _Objects([4])
    samples = _samples(source)
    for seed in range(12):
        samples.sample(np.random.default_rng(seed), 0)
    assert {chosen for _, chosen in source.asked} == {0, 1}


@pytest.mark.parametrize("ends", ["wrapped", "mirrored"])
def test_frames_stay_in_the_clip(ends: str) -> None:
    source = _Objects([4])
    samples = _samples(source, ends=ends, has_far_memory=True, speeds=(0.5, 1.0, 2.0))
    for seed in range(12):
        samples.sample(np.random.default_rng(seed), 3)
    assert all(0 <= frame < 4 for frames, _ in source.asked for frame in frames)


def test_a_trimap_comes_with_the_mask_if_wanted() -> None:
    made = _samples(_Objects([4]), trimap_radii=(1, 3)).sample(np.random.default_rng(3), 0)
    assert {name: tuple(value.shape) for name, value in made.items()} == {
        "frames": (3, 3, 32, 32),
        "mask": (3, 1, 32, 32),
        "trimap": (3, 1, 32, 32),
    }
    known = made["trimap"] != 0.5
    assert torch.equal(made["trimap"][known], made["mask"][known])
    assert 0 < float((~known).float().mean()) < 0.5
    assert "trimap" not in _samples(_Objects([4])).sample(np.random.default_rng(3), 0)
