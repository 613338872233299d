import io
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from trimatte.training.datasets.dvm_samples import DvmSampleOptions, DvmSamples
from trimatte.training.datasets.tf_example import encode_example
from trimatte.training.datasets.tf_record import write_tf_record
from trimatte.training.errors import OptionsError


def _png(pixels: np.ndarray) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, format="PNG")
    return stream.getvalue()


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six frames whose green tells the frame; a half transparent square on the right, red 200 before alpha."""
    folder, frames = tmp_path_factory.mktemp("records"), []
    for number in range(6):
        alpha = np.zeros((60, 90), np.uint8)
        alpha[20:40, 60:80] = 128
        picture = np.zeros((60, 90, 3), np.uint8)
        picture[..., 1] = 10 * number
        front = np.zeros((60, 90, 3), np.uint8)
        front[..., 0] = alpha.astype(int) * 200 // 255
        kinds = {"v": picture, "f": front, "b": picture, "a": alpha}
        frames.append(encode_example({**{k: [_png(p)] for k, p in kinds.items()}, "index": [number]}))
    write_tf_record(folder / "clip.tfrecord", iter(frames))
    return folder


def _samples(records: Path, **changes: object) -> DvmSamples:
    plain = {"num_outputs": 2, "shift": 1, "crop_sizes": (30,), "load_size": 224}
    return DvmSamples(records, DvmSampleOptions(**{**plain, **changes}))  # type: ignore[arg-type]


def _numbers(made: dict[str, torch.Tensor]) -> list[int]:
    return [round(float(frame[1].mean()) / 10) for frame in made["frames"]]


def test_a_window_is_consecutive_and_keeps_clear_of_the_end(records: Path) -> None:
    samples = _samples(records)
    windows = {tuple(_numbers(samples.sample(np.random.default_rng(seed), 0))) for seed in range(30)}
    assert windows == {(0, 1, 2), (1, 2, 3), (2, 3, 4)}


def test_the_square_shows_the_soft_edge(records: Path) -> None:
    for seed in range(8):
        made = _samples(records).sample(np.random.default_rng(seed), 0)
        assert made["alpha"].shape == (3, 1, 224, 224)
        assert 120 < float(made["alpha"].max()) < 150  # cubic: it swings over
        assert float(made["trimap"].max()) == 128


def test_a_crop_larger_than_the_picture_enlarges_it(records: Path) -> None:
    made = _samples(records, crop_sizes=(100,)).sample(np.random.default_rng(1), 0)
    assert made["frames"].shape == (3, 3, 224, 224)
    covered = float((made["alpha"][0] > 64).float().mean())
    assert covered == pytest.approx((20 * 20) * (100 / 60) ** 2 / 100**2, rel=0.1)


def test_the_foreground_is_divided_by_its_alpha_again(records: Path) -> None:
    made = _samples(records).sample(np.random.default_rng(1), 0)
    inside = made["alpha"][0, 0] > 120
    assert float(made["foreground"][0, 0][inside].mean()) == pytest.approx(200, abs=4)
    kept = _samples(records, is_premultiplied=False).sample(np.random.default_rng(1), 0)
    assert float(kept["foreground"][0, 0][inside].mean()) == pytest.approx(100, abs=4)


def test_flips_take_all_pictures_along(records: Path) -> None:
    for seed in range(6):
        made = _samples(records).sample(np.random.default_rng(seed), 0)
        inside = made["alpha"][0, 0] > 120
        assert float(made["foreground"][0, 0][inside].min()) > 150
        assert float((made["trimap"][0, 0][inside] == 128).float().mean()) == 1
    unflipped = [_samples(records, has_flips=False).sample(np.random.default_rng(s), 0)["alpha"] for s in range(3)]
    assert all(torch.isfinite(alpha).all() for alpha in unflipped)


def test_trimaps_have_one_width_per_clip_unless_wanted_otherwise(records: Path) -> None:
    def widths(**changes: object) -> list[bool]:
        found = []
        for seed in range(6):
            trimaps = _samples(records, **changes).sample(np.random.default_rng(seed), 0)["trimap"]
            found.append(len({int((frame == 128).sum()) for frame in trimaps}) == 1)
        return found

    assert all(widths())
    assert not all(widths(has_trimap_per_frame=True))
    assert all(widths(has_trimap_per_frame=True, has_shared_trimap=True))


@pytest.mark.parametrize("changes", [{"load_size": 200}, {"load_size": 192}, {"num_outputs": 0}, {"crop_sizes": ()}])
def test_sizes_that_the_network_cannot_take_are_refused(records: Path, changes: dict[str, object]) -> None:
    with pytest.raises(OptionsError):
        _samples(records, **changes)
