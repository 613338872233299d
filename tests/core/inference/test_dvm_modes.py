from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from trimatte.core.inference.dvm_modes import DvmModeOptions, dvm_matte
from trimatte.kernels.errors import ShapeError, TrimatteError

Golden = Callable[..., list[Tensor]]
_UNKNOWN = 128


def _constant(inputs: Tensor, num_outputs: int) -> tuple[Tensor, Tensor]:
    """A network without a refine stage that finds one half everywhere."""
    return inputs.new_full((num_outputs, 1, *inputs.shape[2:]), 0.5), inputs.new_zeros(())


def _brightness(inputs: Tensor, num_outputs: int) -> tuple[Tensor, Tensor]:
    """A network whose matte is the red channel as it was before the normalisation."""
    return inputs[-num_outputs:, :1] * 0, inputs[-num_outputs:, :1] * 0.229 + 0.485


def test_tiles_are_placed_skipped_and_averaged_as_in_the_original(golden: Golden) -> None:
    sizes, trimaps, expected = golden("dvm", "tile_cfg", "tile_trimap", "tile_predict255")
    height, width, side, _, num_outputs = sizes.tolist()

    def ramp(inputs: Tensor, count: int) -> tuple[Tensor, Tensor]:
        y, x = torch.arange(side)[:, None], torch.arange(side)[None, :]
        frames = [(y + 2 * x + frame) / (3 * side + 2) for frame in range(count)]
        return torch.zeros(count, 1, side, side), torch.stack(frames)[:, None]

    frames = torch.zeros(len(trimaps), 3, height, width)
    found = dvm_matte(ramp, frames, trimaps, num_outputs, DvmModeOptions(mode="crop", load_size=side))
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-3)


def test_known_regions_are_final_in_every_mode() -> None:
    trimaps = torch.full((3, 1, 64, 256), _UNKNOWN, dtype=torch.uint8)
    trimaps[..., :10], trimaps[..., 10:20] = 0, 255
    for mode in ("whole", "resize", "crop"):
        options = DvmModeOptions(mode=mode, load_size=64, max_size=256)  # type: ignore[arg-type]
        found = dvm_matte(_constant, torch.zeros(3, 3, 64, 256), trimaps, 1, options)
        assert found.shape == (1, 1, 64, 256)
        assert (found[..., :10] == 0).all()
        assert (found[..., 10:20] == 255).all()
        assert (found[..., 20:] == 127.5).all()


def test_the_mended_modes_keep_every_pixel() -> None:
    frames = torch.randint(0, 256, (2, 3, 45, 101), generator=torch.Generator().manual_seed(4)).float()
    trimaps = torch.full((2, 1, 45, 101), _UNKNOWN)
    for mode in ("whole", "resize", "crop"):
        options = DvmModeOptions(mode=mode, load_size=224, is_mended=True)  # type: ignore[arg-type]
        found = dvm_matte(_brightness, frames, trimaps, 1, options)
        torch.testing.assert_close(found, frames[1:, :1], rtol=0, atol=1e-3)


def test_the_mended_resize_shrinks_smoothly_and_comes_back() -> None:
    frames = torch.linspace(0, 255, 400).repeat(1, 3, 300, 1)
    options = DvmModeOptions(mode="resize", max_size=200, is_mended=True)
    found = dvm_matte(_brightness, frames, torch.full((1, 1, 300, 400), _UNKNOWN), 1, options)
    torch.testing.assert_close(found[..., 4:-4], frames[:, :1, :, 4:-4], rtol=0, atol=0.5)


def test_a_clip_smaller_than_a_tile_says_what_to_do() -> None:
    with pytest.raises(ShapeError, match="45 pixels holds no tile of 224; take a smaller load_size"):
        dvm_matte(_constant, torch.zeros(1, 3, 45, 300), torch.zeros(1, 1, 45, 300), 1, DvmModeOptions(load_size=224))
    with pytest.raises(ShapeError, match="multiples of 32"):
        dvm_matte(_constant, torch.zeros(1, 3, 31, 300), torch.zeros(1, 1, 31, 300), 1, DvmModeOptions(mode="whole"))
    with pytest.raises(TrimatteError, match="whole, resize, crop"):
        DvmModeOptions(mode="half")  # type: ignore[arg-type]
    with pytest.raises(TrimatteError, match="overlap by 40"):
        DvmModeOptions(load_size=40)
