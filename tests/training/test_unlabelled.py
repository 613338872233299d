"""What real video teaches without alpha."""

import numpy as np
import pytest
import torch

from trimatte.core import create_network
from trimatte.training.augment import Composer
from trimatte.training.datasets import Pack
from trimatte.training.options import Stage
from trimatte.training.propagation import PropagationTask
from trimatte.training.unlabelled import drawn_trimaps, snippet_clip, unlabelled_terms, walk_loss


def test_a_walk_comes_home_where_keys_are_distinct_and_gets_lost_where_they_are_alike() -> None:
    distinct = (20 * torch.eye(6)).reshape(1, 1, 6, 2, 3).expand(1, 3, -1, -1, -1)
    assert walk_loss(distinct) == pytest.approx(0, abs=1e-3)
    assert walk_loss(torch.zeros(1, 3, 6, 2, 3)) == pytest.approx(1, abs=1e-3)


def test_a_snippet_is_cropped_to_size_and_played_in_order() -> None:
    levels = torch.arange(5, dtype=torch.uint8)[:, None, None, None].expand(5, 3, 30, 40).contiguous() * 50
    clip = snippet_clip(np.random.default_rng(1), [levels], batch=4, frames=7, size=(64, 96))
    assert clip.shape == (4, 7, 3, 64, 96)
    steps = clip.mean((2, 3, 4)).diff(dim=1).abs() * 255
    torch.testing.assert_close(steps, torch.full_like(steps, 50.0))


def test_regions_to_follow_have_all_three_classes() -> None:
    trimaps = drawn_trimaps(np.random.default_rng(1), torch.zeros(3, 4, 3, 64, 96))
    assert trimaps.shape == (3, 1, 1, 64, 96)
    assert set(trimaps.unique().tolist()) == {0.0, 0.5, 1.0}


def test_every_part_that_carries_trimaps_learns_from_video_without_alpha(drawn_pack: Pack) -> None:
    with torch.random.fork_rng():
        torch.manual_seed(3)
        network = create_network("ftpvm", unused_stages=False)
    rng = np.random.default_rng(1)
    clip = snippet_clip(rng, drawn_pack.snippets, batch=1, frames=4, size=(64, 64))
    terms = unlabelled_terms(network, clip, drawn_trimaps(rng, clip))
    terms["total"].backward()
    learning = {name.split(".")[0] for name, p in network.named_parameters() if p.grad is not None and p.grad.any()}
    assert {"backbone", "trimap_fuse", "bottleneck_fuse", "seg_decoder", "seg_project"} <= learning


def test_video_without_alpha_lowers_its_own_loss(drawn_pack: Pack) -> None:
    with torch.random.fork_rng():
        torch.manual_seed(3)
        network = create_network("ftpvm", unused_stages=False)
    task = PropagationTask(network, Composer(drawn_pack), bfloat16=False)
    stage = Stage(until=1, sizes=((64, 64),), frames=2, unlabelled=1.0)
    optimiser = torch.optim.AdamW(network.parameters(), lr=2e-3)
    losses = []
    for _ in range(10):
        (terms,) = task.losses(np.random.default_rng(2), stage)
        optimiser.zero_grad()
        terms["total"].backward()
        optimiser.step()
        losses.append(float(terms["total"].detach()))
    assert losses[-1] < 0.8 * losses[0]
