"""``trimatte ftpvm``: options reach the tools; bad weights and bad input end with one line and code 2."""

from fractions import Fraction
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch
from PIL import Image

from trimatte.cli import main
from trimatte.core import create_network
from trimatte.core.checkpoints import save_weights
from trimatte.core.inference.ftp_vm_convert import convert_video
from trimatte.core.media.image_file import read_image
from trimatte.core.media.open import open_clip
from trimatte.core.media.writers import FORMATS, MovieWriter
from trimatte.core.weights import PROPAGATION_PREFIX, REFINER_PREFIX

WIDTH, HEIGHT = 48, 32


@pytest.fixture(autouse=True)
def _own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIMATTE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("TRIMATTE_WEIGHTS", str(tmp_path / "none.safetensors"))


@pytest.fixture(scope="module")
def checkpoint(golden_weights: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Weights as the release saves them: every entry, among them those that never run."""
    path = tmp_path_factory.mktemp("weights") / "ftpvm.pth"
    torch.save(golden_weights.fill(create_network("ftpvm"), 0, 0.87).state_dict(), path)
    return path


@pytest.fixture
def footage(tmp_path: Path) -> Path:
    """A folder with ``cat.mp4``, its thumbnail and its trimap, and the frames in ``plates``."""
    root = tmp_path / "footage"
    (root / "plates").mkdir(parents=True)
    random = np.random.default_rng(1)
    trimap = np.zeros((HEIGHT, WIDTH), np.uint8)
    trimap[6:26, 10:40], trimap[10:22, 14:36] = 128, 255
    with MovieWriter(root / "cat.mp4", FORMATS["mp4"], size=(WIDTH, HEIGHT), channels=3, rate=Fraction(25)) as writer:
        for number in range(2):
            picture = np.kron(random.integers(0, 256, (4, 6, 3), np.uint8), np.ones((8, 8, 1), np.uint8))
            Image.fromarray(picture).save(root / "plates" / f"{number}.png")
            writer.write(number, picture)
    Image.open(root / "plates" / "0.png").save(root / "cat_thumbnail.png")
    Image.fromarray(trimap).save(root / "cat_trimap_a.png")
    return root


def run(*arguments: object, command: str = "ftpvm") -> int:
    with pytest.raises(SystemExit) as left:
        main([command, *map(str, arguments)])
    assert isinstance(left.value.code, int)
    return left.value.code


def convert(footage: Path, *more: object) -> int:
    given = ["--input-source", footage / "plates", "--memory_img", footage / "cat_thumbnail.png", "--gpu", -1]
    given += ["--memory-mask", footage / "cat_trimap_a.png", "--disable-progress", "--output-type", "png_sequence"]
    return run("convert", *given, *more)


def test_convert_writes_what_the_function_writes(
    checkpoint: Path, footage: Path, golden_weights: ModuleType, tmp_path: Path
) -> None:
    options = ["--input-resize", 96, 64, "--downsample-ratio", 0.7, "--seq-chunk", 2, "--num-workers", 1, "--mend"]
    assert run("import", checkpoint, command="weights") == 0
    assert convert(footage, "--model", "ftpvm", "--output-alpha", tmp_path / "by_name", *options) == 0
    assert convert(footage, "--model", checkpoint, "--output-alpha", tmp_path / "by_path", *options) == 0
    network = golden_weights.fill(create_network("ftpvm", aligned_refiner=True), 0, 0.87)
    convert_video(
        network,
        footage / "plates",
        footage / "cat_thumbnail.png",
        footage / "cat_trimap_a.png",
        (96, 64),
        0.7,
        "png_sequence",
        output_alpha=tmp_path / "function",
        seq_chunk=2,
        progress=False,
        is_mended=True,
    )
    for name in ("0000.png", "0001.png"):
        expected = read_image(tmp_path / "function" / name)
        assert expected.shape == (64, 96, 3)
        assert expected.std() > 1
        for made in ("by_name", "by_path"):
            assert (read_image(tmp_path / made / name) == expected).all(), made


def test_the_default_is_the_shipped_network(
    checkpoint: Path, footage: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = {PROPAGATION_PREFIX + name: value for name, value in torch.load(checkpoint).items()}
    state |= {REFINER_PREFIX + name: value for name, value in create_network("st_fam").state_dict().items()}
    monkeypatch.setenv("TRIMATTE_WEIGHTS", str(save_weights(state, tmp_path / "both.safetensors")))
    assert convert(footage, "--output-alpha", tmp_path / "default") == 0
    assert convert(footage, "--output-alpha", tmp_path / "given", "--model", checkpoint) == 0
    first, second = (read_image(tmp_path / name / "0001.png") for name in ("default", "given"))
    assert (first == second).all()


def test_footage_is_matted_into_three_movies(checkpoint: Path, footage: Path, tmp_path: Path) -> None:
    given = ["--root", footage, "--out_root", tmp_path / "out", "--model", checkpoint, "--gpu", -1, "--seq_chunk", 2]
    assert run("footage", *given, "--target_size", 32, "--disable-progress") == 0
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        f"cat_a_{kind}.mp4" for kind in ("com", "pha", "fgr")
    }
    with open_clip(tmp_path / "out" / "cat_a_pha.mp4") as clip:
        assert (clip.width, clip.height, len(clip)) == (WIDTH, HEIGHT, 2)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "no output is named"),
        (["--output-alpha", "a", "--model", "nothing"], "no weights are called 'nothing'"),
        (["--output-alpha", "a", "--model", "none.pth"], "none.pth: no such weight file"),
        (["--output-alpha", "a", "--downsample-ratio", 3], "downsample_ratio is 3.0"),
        (["--output-alpha", "a", "--memory-mask", "none.png"], "none.png: no such picture"),
        (["--output-alpha", "a", "--input-source", "nowhere.mp4"], "nowhere.mp4: no such file"),
    ],
)
def test_bad_options_end_with_code_2(
    checkpoint: Path,
    footage: Path,
    capsys: pytest.CaptureFixture[str],
    options: list[object],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.iterdir())
    assert convert(footage, "--model", checkpoint, *options) == 2
    shown = capsys.readouterr().err
    assert message in shown
    assert shown.count("\n") == 1
    assert sorted(tmp_path.iterdir()) == before


def test_weights_of_another_network_are_refused(
    footage: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    torch.save(create_network("flow_unet").state_dict(), tmp_path / "CP_epoch7.pth")
    assert convert(footage, "--model", tmp_path / "CP_epoch7.pth", "--output-alpha", tmp_path / "a") == 2
    assert "CP_epoch7.pth does not fit ftpvm: " in capsys.readouterr().err
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize(
    "more",
    [
        ["--model_name", "FTPVM"],
        ["--keep-memory", "--downsample-ratio", 0.5],
        ["--disable-refiner", "--downsample-ratio", 0.5],
    ],
)
def test_speed_prints_frames_a_second(capsys: pytest.CaptureFixture[str], more: list[object]) -> None:
    options = ["--resolution", 50, 30, "--iterations", 2, "--gpu", -1, "--disable-progress"]
    assert run("speed", *options, *more) == 0
    assert "frames a second" in capsys.readouterr().out


def test_speed_knows_one_model(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("speed", "--model-name", "STCN") == 2
    assert "model_name is STCN; FTPVM is all there is" in capsys.readouterr().err


def test_a_dataset_is_matted_and_scored(
    checkpoint: Path, footage: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "tiny"
    for kind in ("rgb", "pha"):
        (root / "cat" / kind).mkdir(parents=True)
    for number in range(2):
        Image.open(footage / "plates" / f"{number}.png").save(root / "cat" / "rgb" / f"{number:04d}_rgb.png")
        alpha = Image.open(footage / "cat_trimap_a.png").point(lambda level: 255 if level > 200 else 0)
        alpha.save(root / "cat" / "pha" / f"{number:04d}.png")
    given = ["--model", checkpoint, "--gpu", -1, "--size", "sd", "--out_root", tmp_path / "out", "--n_workers", 1]
    assert run("dataset", root, *given, "--memory_freq", 1, "--memory-freq", -1, "--disable-video") == 0
    folder = tmp_path / "out" / "tiny_val_tri25_256x144"
    assert sorted(path.name for path in folder.iterdir()) == ["FTPVM", "FTPVM_mem1f", "GT"]
    assert [path.name for path in sorted((folder / "FTPVM_mem1f" / "cat" / "pha").iterdir())] == [
        "0000.png",
        "0001.png",
    ]
    shown = capsys.readouterr().out
    assert "FTPVM_mem1f: mad " in shown
    assert (folder / "FTPVM" / "FTPVM.json").is_file()
    assert run("dataset", tmp_path / "none", *given) == 2
    assert run("dataset", root, *given, "--memory_freq", 3) == 2
    assert "memory_update is 3; expected -1, 0, 1 or a multiple" in capsys.readouterr().err
