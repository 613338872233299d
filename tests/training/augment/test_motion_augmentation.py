from dataclasses import replace

import numpy as np
import pytest
import torch

from trimatte.training.augment.motion_augmentation import Layers, MotionAugmentation, augment_layers

_ALWAYS = MotionAugmentation(
    size=48,
    front_motion=1.0,
    back_motion=1.0,
    whole_motion=1.0,
    flip=1.0,
    noise=1.0,
    colour_jitter=1.0,
    grey=1.0,
    sharpen=1.0,
    blur=3.0,
    pause=1.0,
)


def _layers(frames: int = 4) -> Layers:
    """A bright disc whose alpha and colour coincide, and a background of its own size."""
    y, x = torch.meshgrid(torch.linspace(-1, 1, 60), torch.linspace(-1, 1, 80), indexing="ij")
    alpha = ((0.6 - torch.hypot(x, y)) * 8).clamp(0, 1).expand(frames, 1, -1, -1)
    background = torch.rand(frames, 3, 50, 90, generator=torch.Generator().manual_seed(1))
    return Layers(alpha.expand(-1, 3, -1, -1).clone(), alpha.clone(), background)


@pytest.mark.parametrize("options", [_ALWAYS, _ALWAYS.resized_first(), MotionAugmentation.off(48)])
def test_a_seed_names_a_sample(options: MotionAugmentation) -> None:
    first, again, other = (augment_layers(np.random.default_rng(seed), _layers(), options) for seed in (7, 7, 8))
    for name in ("foreground", "alpha", "background"):
        drawn = getattr(first, name)
        assert drawn.shape[-2:] == (48, 48)
        assert torch.equal(drawn, getattr(again, name))
        assert not torch.equal(drawn, getattr(other, name))
        assert drawn.min() >= 0
        assert drawn.max() <= 1


@pytest.mark.parametrize("is_resized_first", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_alpha_goes_where_its_foreground_goes(seed: int, is_resized_first: bool) -> None:
    options = replace(_ALWAYS, noise=0.0, colour_jitter=0.0, is_resized_first=is_resized_first)
    drawn = augment_layers(np.random.default_rng(seed), _layers(), options)
    torch.testing.assert_close(drawn.foreground, drawn.alpha.expand(-1, 3, -1, -1), rtol=0, atol=1e-4)


def test_validation_moves_once_for_the_whole_clip() -> None:
    drawn = augment_layers(np.random.default_rng(3), _layers(), MotionAugmentation.off(48))
    assert all(torch.equal(drawn.alpha[0], frame) for frame in drawn.alpha)
    assert all(not torch.equal(drawn.background[0], frame) for frame in drawn.background[1:])


def test_motion_changes_from_frame_to_frame_of_a_still() -> None:
    drawn = augment_layers(np.random.default_rng(3), _layers(), replace(MotionAugmentation.off(48), front_motion=1.0))
    assert (drawn.alpha[0] - drawn.alpha[-1]).abs().mean() > 1e-3


def test_colours_drift_but_alpha_does_not() -> None:
    options = replace(MotionAugmentation.off(48), colour_jitter=1.0, noise=1.0)
    plain, changed = (
        augment_layers(np.random.default_rng(5), _layers(), which) for which in (MotionAugmentation.off(48), options)
    )
    assert torch.equal(plain.alpha, changed.alpha)
    assert (plain.foreground - changed.foreground).abs().mean() > 1e-3


def test_one_frame_is_a_clip_too() -> None:
    drawn = augment_layers(np.random.default_rng(5), _layers(1), _ALWAYS)
    assert drawn.composed().shape == (1, 3, 48, 48)


def test_the_composite_is_the_foreground_where_alpha_is_one() -> None:
    layers = _layers()
    same = Layers(layers.foreground, layers.alpha, torch.zeros_like(layers.foreground))
    torch.testing.assert_close(same.composed(), layers.foreground * layers.alpha)
