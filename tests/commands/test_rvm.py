"""``trimatte rvm``: options reach the conversion; bad weights and bad input end with one line and code 2."""

from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch

from trimatte.cli import main
from trimatte.core import create_network
from trimatte.core.inference.rvm_convert import convert_video
from trimatte.core.media.image_file import encode_image, read_image
from trimatte.core.weights_store import WeightsStore


@pytest.fixture(scope="module")
def checkpoint(golden_weights: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Weights as they come out of data-parallel training: bare, every name behind ``module.``."""
    network = golden_weights.fill(create_network("rvm_mobilenetv3"), 0, 0.87)
    path = tmp_path_factory.mktemp("weights") / "rvm_mobilenetv3.pth"
    torch.save({f"module.{name}": value for name, value in network.state_dict().items()}, path)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "plates"
    path.mkdir()
    random = np.random.default_rng(1)
    for number in range(2):
        picture = np.kron(random.integers(0, 256, (6, 8, 3), np.uint8), np.ones((8, 8, 1), np.uint8))
        (path / f"plate_{number}.png").write_bytes(encode_image(picture, "png"))
    return path


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as left:
        main(["rvm", *map(str, arguments)])
    assert isinstance(left.value.code, int)
    return left.value.code


def convert(checkpoint: Path, folder: Path, *more: object, variant: str = "mobilenetv3") -> int:
    return run(
        "convert", "--variant", variant, "--checkpoint", checkpoint, "--input-source", folder, "--device", "cpu", *more
    )


def test_convert_writes_what_the_function_writes(
    checkpoint: Path, folder: Path, golden_weights: ModuleType, tmp_path: Path
) -> None:
    options = ["--output-type", "png_sequence", "--input-resize", 48, 32, "--downsample-ratio", 0.5]
    options += ["--seq-chunk", 2, "--num-workers", 1, "--disable-progress", "--rounding", "nearest"]
    assert convert(checkpoint, folder, "--output-alpha", tmp_path / "command", *options) == 0
    network = golden_weights.fill(create_network("rvm_mobilenetv3"), 0, 0.87)
    convert_video(
        network,
        folder,
        (48, 32),
        0.5,
        "png_sequence",
        output_alpha=tmp_path / "function",
        seq_chunk=2,
        progress=False,
        rounding="nearest",
    )
    for name in ("0000.png", "0001.png"):
        command, function = (read_image(tmp_path / side / name).astype(int) for side in ("command", "function"))
        assert command.shape == (32, 48, 3)
        assert np.abs(command - function).max() <= 1  # the command folds its batch norms
        assert command.std() > 1


def test_the_fast_refiner_takes_a_checkpoint_of_the_deep_one(checkpoint: Path, folder: Path, tmp_path: Path) -> None:
    options = ["--output-type", "png_sequence", "--downsample-ratio", 0.5, "--disable-progress"]
    assert (
        convert(checkpoint, folder, "--output-alpha", tmp_path / "a", "--refiner", "fast_guided_filter", *options) == 0
    )
    assert len(list((tmp_path / "a").iterdir())) == 2


def test_imported_weights_are_found_by_name(
    checkpoint: Path, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TRIMATTE_DATA", str(tmp_path / "data"))
    options = ["--output-type", "png_sequence", "--downsample-ratio", 0.5, "--disable-progress"]
    assert convert(Path("rvm_mobilenetv3"), folder, "--output-alpha", tmp_path / "none", *options) == 2
    assert "no weights are called 'rvm_mobilenetv3'" in capsys.readouterr().err
    WeightsStore().add(checkpoint)
    assert convert(Path("rvm_mobilenetv3"), folder, "--output-alpha", tmp_path / "named", *options) == 0
    assert convert(checkpoint, folder, "--output-alpha", tmp_path / "given", *options) == 0
    named, given = (read_image(tmp_path / side / "0001.png") for side in ("named", "given"))
    assert (named == given).all()


class Malice:
    """Runs code when it is unpickled by a careless reader."""

    def __reduce__(self) -> tuple[object, ...]:
        return (Path.touch, (Path("harmed"),))


def test_weights_of_another_variant_are_refused(
    checkpoint: Path, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert convert(checkpoint, folder, "--output-alpha", tmp_path / "a.mp4", variant="resnet50") == 2
    message = capsys.readouterr().err
    assert message.count("\n") == 1
    assert "rvm_mobilenetv3.pth does not fit RVM" in message
    assert not (tmp_path / "a.mp4").exists()


@pytest.mark.parametrize("kind", ["missing", "torn", "malicious"])
def test_weights_that_cannot_be_read_are_refused(
    checkpoint: Path,
    folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    bad = tmp_path / "bad.pth"
    if kind == "torn":
        bad.write_bytes(checkpoint.read_bytes()[:100_000])
    elif kind == "malicious":
        torch.save({"weights": Malice()}, bad)
    assert convert(bad, folder, "--output-alpha", tmp_path / "a.mp4") == 2
    assert f"error: {bad}: " in capsys.readouterr().err
    assert not (tmp_path / "harmed").exists()
    assert not (tmp_path / "a.mp4").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--disable-progress"], "no output is named"),
        (["--output-alpha", "a.mp4", "--downsample-ratio", 3], "downsample_ratio is 3.0"),
        (["--output-alpha", "a.mp4", "--device", "tpu"], "device 'tpu' is not known"),
        (["--output-alpha", "a.mp4", "--output-type", "gif"], "'gif' is not one of"),
        (["--output-alpha", "a.mp4", "--input-source", "nowhere.mp4"], "nowhere.mp4: no such file"),
    ],
)
def test_bad_options_end_with_code_2(
    checkpoint: Path, folder: Path, capsys: pytest.CaptureFixture[str], options: list[object], message: str
) -> None:
    assert convert(checkpoint, folder, *options) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("more", [[], ["--disable-refiner"]])
def test_speed_prints_frames_a_second(capsys: pytest.CaptureFixture[str], more: list[str]) -> None:
    options = ["--resolution", 64, 48, "--downsample-ratio", 0.5, "--iterations", 2, "--device", "cpu"]
    assert run("speed", "--model-variant", "mobilenetv3", *options, "--disable-progress", *more) == 0
    output = capsys.readouterr().out
    assert "frames a second" in output
    assert "cpu, 1 threads, float32" in output
