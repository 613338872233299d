"""Tiles: cover, stay put, and stitch without seams."""

import numpy as np
import pytest
import torch

from trimatte.core.tiling import cut, plan_tiles, stitch
from trimatte.kernels.errors import ShapeError

SIZES = [(37, 50), (64, 64), (65, 200), (300, 131)]


@pytest.mark.parametrize(("height", "width"), SIZES)
@pytest.mark.parametrize("overlap", [0, 16])
def test_every_pixel_lies_in_a_tile_away_from_its_edge(height: int, width: int, overlap: int) -> None:
    for y, x in [(0, 0), (height - 1, width - 1), (height // 2, width // 3), (32, 47)]:
        region = np.zeros((height, width), bool)
        region[y, x] = True
        (tile,) = plan_tiles(region, size=64, overlap=overlap)
        assert tile.height % 8 == tile.width % 8 == 0
        assert max(tile.height, tile.width) <= 64
        for position, start, size, length in [(y, tile.top, tile.height, height), (x, tile.left, tile.width, width)]:
            assert start <= position < start + size
            assert start == 0 or position - start >= overlap // 2
            assert start + size >= length or start + size - 1 - position >= overlap // 2 - 1


@pytest.mark.parametrize(("height", "width"), SIZES)
@pytest.mark.parametrize("overlap", [0, 16])
def test_stitching_the_cut_tiles_gives_the_frame_back(height: int, width: int, overlap: int) -> None:
    frame = torch.rand(height, width, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    tiles = plan_tiles(np.ones((height, width), bool), size=64, overlap=overlap)
    pieces = [cut(frame, tile) for tile in tiles]
    assert {piece.shape for piece in pieces} == {(tiles[0].height, tiles[0].width)}
    torch.testing.assert_close(stitch(torch.zeros_like(frame), tiles, pieces, overlap=overlap), frame)


def test_the_base_shows_where_no_tile_lies() -> None:
    region = np.zeros((200, 300), bool)
    region[10, 10] = True
    tiles = plan_tiles(region, size=64, overlap=16)
    stitched = stitch(torch.full((200, 300), 0.25), tiles, [torch.ones(64, 64)], overlap=16)
    assert stitched[10, 10] == 1
    assert stitched[100, 200] == 0.25
    assert plan_tiles(np.zeros((200, 300), bool)) == []


def test_two_tiles_fade_into_each_other() -> None:
    tiles = plan_tiles(np.ones((32, 112), bool), size=64, overlap=16)
    stitched = stitch(torch.zeros(32, 112), tiles, [torch.zeros(32, 64), torch.ones(32, 64)], overlap=16)
    row = stitched[0]
    assert (row.diff() >= 0).all()
    assert float(row.diff().max()) <= 1 / 16 + 1e-6


def test_tiles_depend_on_the_size_and_not_on_the_rest_of_the_region() -> None:
    one, two = np.zeros((300, 400), bool), np.zeros((300, 400), bool)
    one[50, 60] = two[50, 60] = two[290, 390] = True
    assert plan_tiles(one, size=64, overlap=16)[0] in plan_tiles(two, size=64, overlap=16)


def test_impossible_numbers_are_refused() -> None:
    with pytest.raises(ShapeError, match="size is 60, overlap 16, stride 8"):
        plan_tiles(np.ones((8, 8), bool), size=60, overlap=16)


def test_a_clip_is_cut_like_a_picture() -> None:
    clip = torch.rand(2, 3, 20, 30, generator=torch.Generator().manual_seed(3))
    (tile,) = plan_tiles(np.ones((20, 30), bool), size=64, overlap=16)
    piece = cut(clip, tile)
    assert piece.shape == (2, 3, 24, 32)
    assert torch.equal(piece[..., :20, :30], clip)
    assert torch.equal(piece[..., 23, :30], clip[..., 19, :])


def test_tiles_are_no_larger_than_their_number_asks_for() -> None:
    tiles = plan_tiles(np.ones((576, 1024), bool), size=512, overlap=64)
    assert {(tile.height, tile.width) for tile in tiles} == {(320, 384)}
    assert len(tiles) == 6
