"""Refinement works in tiles, only where the matte is not settled."""

import numpy as np
import torch

from trimatte.core import create_network
from trimatte.core.sessions import SessionOptions
from trimatte.core.sessions.finish import open_finisher
from trimatte.core.sessions.lift import NativeFrame
from trimatte.core.sessions.progress import Ticker
from trimatte.core.sessions.refine import TileRefiner, tighten
from trimatte.core.tiling import Tile

CPU = torch.device("cpu")


def _frame(height: int = 200, width: int = 300) -> NativeFrame:
    trimap = torch.zeros(height, width)
    trimap[40:60, 30:50] = 0.5
    trimap[45:55, 35:45] = 1.0
    return NativeFrame(trimap.clone(), trimap, 1.0)


def _refiner(models, tile_size: int = 64) -> TileRefiner:
    return TileRefiner(models.refiner.eval(), CPU, tile_size=tile_size, tile_overlap=16)


def test_nothing_changes_away_from_the_unknown_region(models) -> None:
    frame = _frame()
    plates = [np.random.default_rng(1).random((200, 300, 3), dtype=np.float32)] * 3
    refined = _refiner(models).refine(plates, [frame] * 3, Ticker(None, None))
    far = torch.ones_like(refined, dtype=torch.bool)
    far[34:66, 24:56] = False
    assert torch.equal(refined[far], frame.alpha[far])
    assert not torch.equal(refined, frame.alpha)


def test_only_tiles_that_touch_the_unknown_region_run(models) -> None:
    plates = [np.zeros((200, 300, 3), np.float32)] * 3
    before = models.runs
    _refiner(models).refine(plates, [_frame()] * 3, Ticker(None, None))
    assert 1 <= models.runs - before <= 4  # of the 24 tiles of the frame


def test_a_settled_frame_runs_no_network(models) -> None:
    frame = NativeFrame(torch.ones(64, 64), torch.ones(64, 64), 1.0)
    before = models.runs
    refined = _refiner(models).refine([np.zeros((64, 64, 3), np.float32)] * 3, [frame] * 3, Ticker(None, None))
    assert torch.equal(refined, frame.alpha)
    assert models.runs == before


def test_neighbours_matter(models) -> None:
    frame = _frame()
    plates = [np.random.default_rng(seed).random((200, 300, 3), dtype=np.float32) for seed in range(4)]
    one = _refiner(models).refine(plates[:3], [frame] * 3, Ticker(None, None))
    other = _refiner(models).refine([plates[3], *plates[1:3]], [frame] * 3, Ticker(None, None))
    assert not torch.equal(one, other)


def test_what_the_network_leaves_alone_stays_solid() -> None:
    identity = create_network("st_fam").eval()  # its last layer starts at zero
    frame = _frame()
    refiner = TileRefiner(identity, CPU, tile_size=64, tile_overlap=16)
    refined = refiner.refine([np.zeros((200, 300, 3), np.float32)] * 3, [frame] * 3, Ticker(None, None))
    assert torch.allclose(refined, frame.alpha, atol=1e-6)


def test_a_tightened_tile_keeps_its_region_with_context_and_sides_of_eight() -> None:
    region = np.zeros((400, 600), bool)
    region[100:120, 300:340] = True
    tile = tighten(Tile(0, 200, 400, 400), region)
    assert (tile.top, tile.left, tile.height, tile.width) == (64, 264, 96, 128)
    region[0, 200] = region[399, 599] = True
    assert tighten(Tile(0, 200, 400, 400), region) == Tile(0, 200, 400, 400)


def test_tight_tiles_change_nothing_that_the_network_did_not_see_differently() -> None:
    class Brighten(torch.nn.Module):
        """Looks at one pixel only, so that no context can matter."""

        def forward(self, _frames: torch.Tensor, _trimaps: torch.Tensor, alphas: torch.Tensor) -> torch.Tensor:
            return alphas[:, 1] * 0.5 + 0.25

    trimap = torch.full((300, 410), 0.5)
    trimap[100:200, 50:120] = 0.0
    frame = NativeFrame(torch.rand(300, 410, generator=torch.Generator().manual_seed(1)), trimap, 1.0)
    refiner = TileRefiner(Brighten(), CPU, tile_size=128, tile_overlap=32)
    refined = refiner.refine([np.zeros((300, 410, 3), np.float32)] * 3, [frame] * 3, Ticker(None, None))
    assert torch.allclose(refined, frame.alpha * 0.5 + 0.25, atol=1e-6)


def test_an_untrained_refiner_is_not_run(models) -> None:
    options = SessionOptions(device="cpu")
    assert open_finisher(create_network("st_fam"), options, CPU) is None
    assert isinstance(open_finisher(models.refiner, options, CPU), TileRefiner)
