from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from trimatte.core import create_network
from trimatte.core.errors import MediaError
from trimatte.core.inference.funet import FunetPredictor
from trimatte.core.inference.funet_folder import list_funet_pictures, predict_folder
from trimatte.core.inference.funet_plot import draw_plot
from trimatte.core.inference.picture_files import write_picture


@pytest.fixture(scope="module")
def predictor(golden_weights: ModuleType) -> FunetPredictor:
    network, flow = (golden_weights.fill(create_network(name), 1) for name in ("flow_unet", "pwcnet"))
    return FunetPredictor(network, flow)


def _frames(folder: Path, *names: str, size: tuple[int, int] = (20, 24)) -> None:
    for number, name in enumerate(names):
        write_picture(folder / name, np.random.default_rng(number).integers(0, 255, (*size, 3), np.uint8))


def test_frames_are_ordered_by_sequence_and_number(tmp_path: Path) -> None:
    _frames(tmp_path, "original4_2.jpg", "original4_10.jpg", "original3_11.jpg", "original13_5.jpg")
    assert [path.name for path in list_funet_pictures(tmp_path)] == [
        "original13_5.jpg",  # the release looks at the last digit alone: sequence 13 mixes with 3
        "original3_11.jpg",
        "original4_2.jpg",
        "original4_10.jpg",
    ]
    assert [path.name for path in list_funet_pictures(tmp_path, is_mended=True)] == [
        "original3_11.jpg",
        "original4_2.jpg",
        "original4_10.jpg",
        "original13_5.jpg",
    ]


def test_names_without_numbers_are_refused(tmp_path: Path) -> None:
    _frames(tmp_path, "holiday.jpg")
    with pytest.raises(MediaError, match="name frames like original3_12"):
        list_funet_pictures(tmp_path)


def test_each_frame_is_compared_with_the_one_before(tmp_path: Path, predictor: FunetPredictor) -> None:
    _frames(tmp_path, "original1_1.png", "original1_2.png", "original2_1.png")
    paths = list_funet_pictures(tmp_path)
    across, apart = (list(predict_folder(predictor, paths, is_mended=is_mended)) for is_mended in (False, True))
    first, second, third = (frame.picture for frame in across)
    for frames, previous in ((across, second), (apart, None)):
        expected = [
            predictor.predict(None, first),
            predictor.predict(first, second),
            predictor.predict(previous, third),
        ]
        for frame, result in zip(frames, expected, strict=True):
            assert (frame.found.moving == result.moving).all()
            assert (frame.found.probability == result.probability).all()
    assert (across[2].found.moving != apart[2].found.moving).any()


def test_a_size_that_changes_is_refused(tmp_path: Path, predictor: FunetPredictor) -> None:
    _frames(tmp_path, "original1_1.jpg")
    _frames(tmp_path, "original1_2.jpg", size=(20, 28))
    frames = predict_folder(predictor, list_funet_pictures(tmp_path))
    next(frames)
    with pytest.raises(MediaError, match=r"is 28 x 20 pixels, original1_1\.jpg before it 24 x 20"):
        next(frames)


def test_the_page_holds_every_panel() -> None:
    red, mask = np.full((30, 40, 3), (255, 0, 0), np.uint8), np.ones((30, 40), bool)
    page = draw_plot({"frame": red, "motion": ~mask, "mask": mask, "result": red})
    assert page.shape == (2 * (30 + 18 + 8) + 8, 2 * (40 + 8) + 8, 3)
    assert (page[26 : 26 + 30, 8:48] == (255, 0, 0)).all()
    assert (page[26 : 26 + 30, 56:96] == 0).all()
