import numpy as np
import pytest
import torch

from trimatte.training.augment.segmentation_augmentation import SegmentationAugmentation, augment_masks

_STILLS, _VIDEOS = SegmentationAugmentation.stills(40), SegmentationAugmentation.videos(40)


def _clip() -> tuple[torch.Tensor, torch.Tensor]:
    mask = torch.zeros(3, 1, 60, 50)
    mask[..., 20:40, 10:30] = 1
    return mask.expand(-1, 3, -1, -1).clone(), mask


@pytest.mark.parametrize("options", [_STILLS, _VIDEOS])
def test_a_mask_goes_where_its_picture_goes(options: SegmentationAugmentation) -> None:
    for seed in range(6):
        frames, masks = augment_masks(np.random.default_rng(seed), *_clip(), options)
        assert frames.shape == (3, 3, 40, 40)
        shown = frames.mean(1, keepdim=True)
        differing = ((shown > 0.5 * shown.max()) != (masks > 0.5)).float().mean()
        assert differing < 0.02


def test_masks_stay_hard_unless_asked_to_be_soft() -> None:
    _, hard = augment_masks(np.random.default_rng(1), *_clip(), _STILLS)
    _, soft = augment_masks(np.random.default_rng(1), *_clip(), _VIDEOS)
    assert set(hard.unique().tolist()) == {0, 1}
    assert len(soft.unique()) > 2


@pytest.mark.parametrize("options", [_STILLS, _VIDEOS])
def test_a_seed_names_a_sample_and_all_frames_are_treated_alike(options: SegmentationAugmentation) -> None:
    first, again, other = (augment_masks(np.random.default_rng(seed), *_clip(), options)[0] for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert torch.equal(first[0], first[2])
