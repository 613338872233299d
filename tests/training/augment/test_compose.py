import dataclasses

import numpy as np
import pytest
import torch

from trimatte.training.augment import ClipOptions, Composer, KeyframeOptions
from trimatte.training.augment.coarse import CoarseOptions, simulate_coarse
from trimatte.training.augment.layers import LayerOptions, Moments, foreground_layer
from trimatte.training.datasets import Pack


def _clip(pack: Pack, seed: int, **options: float) -> dict[str, torch.Tensor]:
    composer = Composer(pack, ClipOptions(**options))
    clip = composer.clip(np.random.default_rng(seed), batch=2, frames=3, size=(64, 96), memories=2)
    return {field.name: getattr(clip, field.name) for field in dataclasses.fields(clip)}


def test_a_seed_gives_one_clip_and_another_seed_another(drawn_pack: Pack) -> None:
    first, again, other = _clip(drawn_pack, 4), _clip(drawn_pack, 4), _clip(drawn_pack, 5)
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not torch.equal(first["frames"], other["frames"])


def test_a_clip_has_the_shapes_and_ranges_it_promises(drawn_pack: Pack) -> None:
    clip = _clip(drawn_pack, 1)
    assert clip["frames"].shape == (2, 3, 3, 64, 96)
    assert clip["alpha"].shape == clip["trimap"].shape == (2, 3, 1, 64, 96)
    assert clip["memory_frames"].shape == (2, 2, 3, 64, 96)
    assert clip["memory_trimap"].shape == (2, 2, 1, 64, 96)
    assert all(float(value.min()) >= 0 and float(value.max()) <= 1 for value in clip.values())
    assert set(clip["trimap"].unique().tolist()) <= {0.0, 0.5, 1.0}


@pytest.mark.parametrize("seed", range(4))
def test_known_pixels_of_the_trimap_agree_with_alpha(drawn_pack: Pack, seed: int) -> None:
    clip = _clip(drawn_pack, seed, motion_blur=1.0, occluder=1.0)
    assert (clip["alpha"][clip["trimap"] == 1] > 0.99).all()
    assert (clip["alpha"][clip["trimap"] == 0] < 0.006).all()


def test_a_near_memory_shows_the_first_query(drawn_pack: Pack) -> None:
    composer = Composer(drawn_pack, ClipOptions(keyframes=KeyframeOptions(far=0.0), painted=0.0))
    clip = composer.clip(np.random.default_rng(9), batch=1, frames=2, size=(64, 64))
    assert torch.equal(clip.memory_trimap[0, 0], clip.trimap[0, 0])


def test_colour_and_alpha_of_a_layer_move_together(drawn_pack: Pack) -> None:
    times = torch.arange(4.0)
    options = LayerOptions(colour=0.0, light=0.0)
    layer = foreground_layer(
        np.random.default_rng(2), drawn_pack, drawn_pack.foregrounds[0], Moments(times, (64, 64), 0.5), options
    )
    assert (layer[:, :3] <= layer[:, 3:] + 1e-5).all()  # premultiplied: no colour without alpha
    assert not torch.equal(layer[0], layer[3])


def test_simulated_mattes_are_wrong_but_near(drawn_pack: Pack) -> None:
    clip = Composer(drawn_pack).clip(np.random.default_rng(3), batch=1, frames=3, size=(96, 96))
    for seed in range(5):
        alpha, trimap = simulate_coarse(np.random.default_rng(seed), clip.alpha[0], CoarseOptions())
        assert alpha.shape == trimap.shape == clip.alpha[0].shape
        error = (alpha - clip.alpha[0]).abs().mean()
        assert 1e-4 < error < 0.25
