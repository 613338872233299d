from collections.abc import Sequence

import numpy as np
import pytest
import torch

from trimatte.training.augment.motion_augmentation import MotionAugmentation
from trimatte.training.datasets.matting_samples import MattingSampleOptions, MattingSamples, shrunk
from trimatte.training.datasets.sources import StillsAndClips


class _Clips:
    """Clips whose frames are numbered by their brightness."""

    def __init__(self, lengths: Sequence[int], size: tuple[int, int] = (40, 50)) -> None:
        self.names = [str(clip) for clip in range(len(lengths))]
        self.lengths, self.size = lengths, size
        self.asked: list[list[int]] = []

    def num_frames(self, clip: int) -> int:
        return self.lengths[clip]

    def _frames(self, frames: Sequence[int]) -> np.ndarray:
        self.asked.append(list(frames))
        return np.stack([np.full((*self.size, 3), 10 * frame % 256, np.uint8) for frame in frames])


class _Fronts(_Clips):
    def read(self, clip: int, frames: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
        colours = self._frames(frames)
        return colours, np.full(colours.shape[:3], 255, np.uint8)


class _Backs(_Clips):
    def read(self, clip: int, frames: Sequence[int]) -> np.ndarray:
        return self._frames(frames)


def _samples(
    lengths: Sequence[int] = (7, 3), backs: Sequence[int] = (9,), **options: object
) -> tuple[MattingSamples, _Fronts]:
    front, size = _Fronts(lengths), MotionAugmentation.off(32)
    wanted = MattingSampleOptions(num_frames=3, augmentation=size, **options)  # type: ignore[arg-type]
    return MattingSamples(front, StillsAndClips(None, _Backs(backs)), wanted), front


def test_every_third_frame_of_a_clip_starts_a_sample_of_three() -> None:
    samples, front = _samples(is_validation=True)
    assert len(samples) == 4
    for index in range(4):
        samples.sample(np.random.default_rng(1), index)
    assert front.asked == [[0, 1, 2], [3, 4, 5], [0, 1, 6], [0, 1, 2]]


def test_a_still_is_read_once_and_frames_keep_their_order() -> None:
    samples, front = _samples((1,))
    samples.sample(np.random.default_rng(1), 0)
    assert front.asked == [[0]]
    samples, front = _samples((5,), is_validation=True)
    colours = samples.sample(np.random.default_rng(1), 1)["foreground"].amax((1, 2, 3))
    assert front.asked == [[0, 3, 4]]  # frames 3, 4 and, round the end, 0
    assert (colours * 255).round().tolist() == [30, 40, 0]


def test_of_stills_there_are_as_many_samples_as_of_what_is_more() -> None:
    assert len(_samples((1, 1), (4,) * 5)[0]) == 5
    assert len(_samples((1,) * 6, (4,) * 5)[0]) == 6


def test_layers_have_the_size_of_the_augmentation() -> None:
    made = _samples(has_trimap=True)[0].sample(np.random.default_rng(2), 0)
    assert {name: tuple(layer.shape) for name, layer in made.items()} == {
        "foreground": (3, 3, 32, 32),
        "alpha": (3, 1, 32, 32),
        "background": (3, 3, 32, 32),
        "trimap": (3, 1, 32, 32),
    }
    assert set(made["trimap"].unique().tolist()) <= {0, 0.5, 1}


def test_the_memory_frame_may_lie_far_away() -> None:
    far = [np.ptp(_asked(has_far_memory=True, seed=seed)) for seed in range(20)]
    near = [np.ptp(_asked(seed=seed)) for seed in range(20)]
    assert max(near) <= 10
    assert max(far) > 20


def _asked(seed: int, **options: object) -> list[int]:
    samples, front = _samples((200,), **options)
    samples.sample(np.random.default_rng(seed), 33)
    return front.asked[0]


@pytest.mark.parametrize(("share", "expected"), [(0.0, 0), (1.0, 12)])
def test_the_memory_may_show_no_foreground(share: float, expected: int) -> None:
    samples, _ = _samples((7,), empty_memory=share)
    drawn = [samples.sample(np.random.default_rng(seed), 0) for seed in range(12)]
    assert sum(float(made["alpha"][0].max()) == 0 for made in drawn) == expected
    assert all(float(made["alpha"][1:].max()) > 0 for made in drawn)


def test_the_memory_trimap_may_have_a_width_of_its_own() -> None:
    samples, _ = _samples((1,), has_trimap=True, has_own_memory_trimap=True)
    unknown = [(samples.sample(np.random.default_rng(s), 0)["trimap"] == 0.5).sum((1, 2, 3)) for s in range(8)]
    assert any(int(count[0]) != int(count[1]) for count in unknown)
    assert all(int(count[1]) == int(count[2]) for count in unknown)


def test_a_seed_names_a_sample() -> None:
    first, again = (_samples()[0].sample(np.random.default_rng(5), 1) for _ in range(2))
    assert all(torch.equal(first[name], again[name]) for name in first)


def test_large_frames_are_shrunk_to_the_short_side() -> None:
    frames = np.zeros((2, 60, 90, 3), np.uint8)
    assert shrunk(frames, 30, above=30).shape == (2, 30, 45, 3)
    assert shrunk(frames, 30, above=60) is frames
