"""``trimatte funet``: every option of the published tools works; bad input ends with one line and code 2."""

import shutil
from pathlib import Path
from types import ModuleType
from typing import Any

import av
import numpy as np
import pytest
import torch

from trimatte.cli import main
from trimatte.core import create_network
from trimatte.core.inference.funet import FunetOptions, FunetPredictor
from trimatte.core.inference.funet_folder import list_funet_pictures, predict_folder
from trimatte.core.inference.picture_files import read_picture, write_picture


@pytest.fixture(scope="module")
def networks(golden_weights: ModuleType) -> dict[str, Any]:
    return {name: golden_weights.fill(create_network(name), 2) for name in ("flow_unet", "pwcnet")}


@pytest.fixture(scope="module")
def weights(networks: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files named as the releases name them, PWC-Net's with the names of its own file."""
    folder = tmp_path_factory.mktemp("weights")
    torch.save(networks["flow_unet"].state_dict(), folder / "CP_epoch7.pth")
    state = {name.replace("net", "module"): value for name, value in networks["pwcnet"].state_dict().items()}
    torch.save(state, folder / "network-default.pytorch")
    return folder


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    random = np.random.default_rng(3)
    for number in range(1, 4):
        picture = np.kron(random.integers(0, 256, (5, 8, 3), np.uint8), np.ones((8, 8, 1), np.uint8))
        write_picture(tmp_path / "original_testing" / f"original1_{number}.png", picture)
        write_picture(tmp_path / "ground_truth_testing" / f"gt1_{number}.png", picture[..., 0] // 128 * 255)
    write_picture(tmp_path / "background" / "4.jpg", np.full((48, 70, 3), 77, np.uint8))
    return tmp_path


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as left:
        main(["funet", *map(str, arguments)])
    assert isinstance(left.value.code, int)
    return left.value.code


def predict(weights: Path, dataset: Path, *more: object) -> int:
    return run(
        "predict", "-m", weights / "CP_epoch7.pth", "--flow-model", weights / "network-default.pytorch",
        "-img", dataset / "original_testing", "-mask", dataset / "ground_truth_testing",
        "-o", dataset / "out", "--background", dataset / "background/4.jpg", "-g", -1, *more,
    )  # fmt: skip


def written(dataset: Path) -> set[str]:
    return {path.name for path in (dataset / "out").iterdir()} if (dataset / "out").exists() else set()


def test_predict_writes_masks_composites_and_pages(
    weights: Path, dataset: Path, networks: dict[str, Any], capfd: pytest.CaptureFixture[str]
) -> None:
    assert predict(weights, dataset, "-s", 0.5, "-t", 0.4) == 0
    assert "(of the mask)" in capfd.readouterr().err
    names = [f"original1_{number}.png" for number in (1, 2, 3)]
    assert written(dataset) == {
        *(f"output_{name}" for name in names),
        *(f"new_{name}" for name in names),
        *(f"new_{number}.png" for number in range(3)),
    }
    flow: Any = create_network("pwcnet", warp="half")
    flow.load_state_dict(networks["pwcnet"].state_dict())
    predictor = FunetPredictor(networks["flow_unet"], flow, FunetOptions(scale=0.5, mask_threshold=0.4))
    for frame in predict_folder(predictor, list_funet_pictures(dataset / "original_testing")):
        mask = read_picture(dataset / "out" / f"output_{frame.path.name}", is_grey=True)
        assert (mask == frame.found.mask * 255).all()
        composite = read_picture(dataset / "out" / f"new_{frame.path.name}")
        assert (composite[frame.found.mask] == frame.picture[frame.found.mask]).all()
        assert (composite[~frame.found.mask] == 77).all()


def test_predict_leaves_out_what_it_is_told_to(weights: Path, dataset: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert predict(weights, dataset, "--no-viz", "--no-save", "--no-eval") == 0
    assert written(dataset) == set()
    assert "dice" not in capfd.readouterr().err
    assert predict(weights, dataset, "--no-save", "--no-eval", "--mend") == 0
    assert written(dataset) == {f"new_{number}.png" for number in range(3)}


def _second(dataset: Path) -> list[str]:
    """Add a folder of frames of another size, with true masks."""
    for number in (1, 2):
        picture = np.full((32, 48, 3), 60 * number, np.uint8)
        write_picture(dataset / "more" / f"original2_{number}.png", picture)
        write_picture(dataset / "more_truth" / f"gt2_{number}.png", picture[..., 0] // 120 * 255)
    return [str(dataset / name) for name in ("more", "more_truth", "more_out")]


def _folders(weights: Path, dataset: Path, *more: object) -> int:
    models = ["-m", weights / "CP_epoch7.pth", "--flow-model", weights / "network-default.pytorch"]
    return run("predict", *models, "--background", dataset / "background/4.jpg", "-s", 0.5, "-g", -1, *more)


def test_predict_takes_several_folders_paired_by_position(
    weights: Path, dataset: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    frames, truth, out = _second(dataset)
    first = [str(dataset / name) for name in ("original_testing", "ground_truth_testing", "out")]
    behind_one_flag = ["-img", first[0], frames, "--mask", first[1], truth, "-o", first[2], out, "--no-viz"]
    assert _folders(weights, dataset, *behind_one_flag) == 0
    message = capfd.readouterr().err
    assert f"3 frames -> {first[2]}" in message
    assert f"2 frames -> {out}" in message
    assert message.count("(of the mask)") == 1
    together = {path.name: path.read_bytes() for folder in (first[2], out) for path in Path(folder).iterdir()}
    assert len(together) == 2 * 3 + 2 * 2
    shutil.rmtree(out)
    assert _folders(weights, dataset, "--img", frames, "--output", out, "--no-viz", "--no-eval") == 0
    alone = {path.name: path.read_bytes() for path in Path(out).iterdir()}
    assert alone.items() <= together.items()
    shutil.rmtree(out)
    repeated = ["--img", first[0], "--img", frames, "-o", first[2], "-o", out, "--no-viz", "--no-eval"]
    assert _folders(weights, dataset, *repeated) == 0
    assert {path.name for path in Path(out).iterdir()} == alone.keys()


@pytest.mark.parametrize(
    ("images", "masks", "outputs", "message"),
    [
        ("AB", "A", "AB", "2 folders of frames (--img) but 1 of true masks (--mask)"),
        ("AB", "AB", "A", "2 folders of frames (--img) but 1 of results (--output)"),
        ("A", "AB", "A", "1 folders of frames (--img) but 2 of true masks (--mask)"),
        ("AB", "BA", "AB", "original_testing but 2 true masks"),
        ("AB", "AB", "AA", "out: is named twice"),
    ],
)
def test_folders_that_do_not_pair_are_refused_before_anything_is_written(
    weights: Path, dataset: Path, capfd: pytest.CaptureFixture[str], images: str, masks: str, outputs: str, message: str
) -> None:
    first = [str(dataset / name) for name in ("original_testing", "ground_truth_testing", "out")]
    places = {"A": first, "B": _second(dataset)}
    chosen = [[places[letter][kind] for letter in row] for kind, row in enumerate((images, masks, outputs))]
    assert _folders(weights, dataset, "--img", *chosen[0], "--mask", *chosen[1], "--output", *chosen[2]) == 2
    lines = capfd.readouterr().err.strip().splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("error: ")
    assert message in lines[0]
    assert not Path(first[2]).exists()


@pytest.mark.parametrize("damage", ["truth", "size", "weights", "frame", "threshold"])
def test_predict_refuses_bad_input_with_one_line(
    weights: Path, dataset: Path, capfd: pytest.CaptureFixture[str], damage: str
) -> None:
    more: list[object] = []
    if damage == "truth":
        (dataset / "ground_truth_testing/gt1_3.png").unlink()
    elif damage == "size":
        write_picture(dataset / "ground_truth_testing/gt1_1.png", np.zeros((9, 9), np.uint8))
    elif damage == "weights":
        more = ["-m", weights / "network-default.pytorch"]
    elif damage == "frame":
        (dataset / "original_testing/original1_1.png").write_bytes(b"\x89PNG and no more")
    else:
        more = ["-t", 3]
    assert predict(weights, dataset, *more) == 2
    message = capfd.readouterr().err.strip().splitlines()[-1]
    expected = {
        "truth": "3 frames but 2 true masks",
        "size": "the true mask is 9 x 9",
        "weights": "does not fit FlowUNet",
        "frame": "not a readable picture",
        "threshold": "give a probability",
    }
    assert message.startswith("error: ")
    assert expected[damage] in message
    assert written(dataset) == set()


def test_masks_are_written_for_every_frame(weights: Path, dataset: Path, capfd: pytest.CaptureFixture[str]) -> None:
    options = ["--flow-model", weights / "network-default.pytorch", "--output", dataset, "-g", -1]
    assert run("masks", "-d", dataset / "original_testing", "-th", 0.4, "-t", *options) == 0
    names = {path.name for path in (dataset / "intermediate_mask_testing").iterdir()}
    assert names == {"intmask_1.png", "intmask_2.png", "intmask_3.png"}
    assert run("masks", "-d", dataset / "background", *options) == 2
    assert "the name holds no sequence" in capfd.readouterr().err


def _movie(path: Path) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "bgr0"
        for number in range(2):
            picture = np.full((48, 64, 3), (50, 150, 40), np.uint8)
            picture[8:40, 16 + 8 * number : 40 + 8 * number] = (200, 90, 160)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format="bgr0")))
        container.mux(stream.encode(None))
    return path


def test_generate_makes_frames_masks_and_composites(dataset: Path) -> None:
    movie = _movie(dataset / "4.avi")
    folders = ["--frames", dataset / "frames", "--truth", dataset / "truth", "--output", dataset / "out"]
    assert run("generate", movie, *folders, "--background", dataset / "background") == 0
    assert written(dataset) == {"original4_1.jpg", "original4_2.jpg"}
    truth = read_picture(dataset / "truth/gt4_2.jpg", is_grey=True)
    expected = np.zeros((48, 64), bool)
    expected[8:40, 24:48] = True
    assert ((truth > 127) == expected).all()
    composite = read_picture(dataset / "out/original4_2.jpg").astype(int)
    assert np.abs(composite[:, :16] - 77).max() < 4
    assert np.abs(composite[16:32, 32:40] - (200, 90, 160)).max() < 6
    assert run("generate", movie, *folders, "--remove", "--sequence", 11) == 0
    assert read_picture(dataset / "out/original11_1.jpg")[:, 50:].min() > 250


def test_generate_asks_for_a_sequence_number(dataset: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run("generate", dataset / "clip.avi") == 2
    assert "give --sequence" in capfd.readouterr().err


def test_extract_cuts_objects_and_names_what_is_missing(dataset: Path, capfd: pytest.CaptureFixture[str]) -> None:
    _movie(dataset / "1.avi")
    assert run("extract", dataset, "--save-cropped-image-to", dataset / "out") == 2
    assert "1.avi: has no annotation" in capfd.readouterr().err
    (dataset / "1.xml").write_text(
        '<annotations><track label="bottle"><box frame="1" xtl="2" ytl="2" xbr="9" ybr="9"/></track></annotations>'
    )
    assert run("extract", dataset) == 2
    assert "nothing to write" in capfd.readouterr().err
    options = ["--save-cropped-image-to", dataset / "out", "--save-original-image-to", dataset / "whole"]
    assert run("extract", dataset, *options, "--num-videos", 1) == 0
    assert [path.name for path in (dataset / "out/bottle").iterdir()] == ["1_00001_0.png"]
    assert read_picture(dataset / "whole/1_00001.png").shape == (48, 64, 3)


def test_dataset_counts_and_reads_every_picture(dataset: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for name in ("train/good/a.png", "test/good/b.png", "test/crack/c.png"):
        write_picture(dataset / "mvtec/bottle" / name, np.zeros((4, 4, 3), np.uint8))
    assert run("dataset", dataset / "mvtec", "bottle") == 0
    assert "1 crack" in capfd.readouterr().err
    (dataset / "mvtec/bottle/test/crack/c.png").write_bytes(b"nothing")
    assert run("dataset", dataset / "mvtec", "bottle") == 2
