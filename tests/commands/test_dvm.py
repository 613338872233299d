"""``trimatte dvm``: the published test and the packing of datasets; bad input ends with one line and code 2."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from trimatte.cli import main
from trimatte.core import create_network
from trimatte.core.inference.picture_files import read_picture
from trimatte.training.datasets.dvm_records import DvmClip, dvm_trimap, write_clip

Arrays = Callable[[str], dict[str, np.ndarray]]


@pytest.fixture
def dataset(golden_arrays: Arrays, tmp_path: Path) -> Path:
    """Frames of two clips, as the composition tool leaves them."""
    arrays = golden_arrays("dvm_tiny_frames")
    for clip in ("one", "two"):
        for kind in "vfba":
            (tmp_path / "frames" / kind / clip).mkdir(parents=True)
            for frame in range(3):
                place = tmp_path / "frames" / kind / clip / f"{frame:05d}.jpg"
                place.write_bytes(arrays[f"{kind}{frame}_bytes"].tobytes())
    return tmp_path


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as left:
        main(["dvm", *map(str, arguments)])
    assert isinstance(left.value.code, int)
    return left.value.code


def test_records_are_written_checked_and_mended(dataset: Path, capfd: pytest.CaptureFixture[str]) -> None:
    pack = ["tfrecord", "-i", dataset / "frames", "-o", dataset / "records", "-m", "vfba"]
    assert run(*pack, "-s", "write") == 0
    assert "2 of 2 clips written" in capfd.readouterr().err
    assert run(*pack, "-s", "check") == 0
    assert (dataset / "records/check.log").read_text() == ""
    torn = dataset / "records/two.tfrecord"
    whole = torn.read_bytes()
    torn.write_bytes(whole[:-100])
    assert run(*pack, "-s", "write") == 0  # what exists is left alone
    assert torn.stat().st_size == len(whole) - 100
    assert run(*pack, "-s", "check") == 2
    assert "1 torn files" in capfd.readouterr().err
    assert (dataset / "records/check.log").read_text() == "two\n"
    assert run(*pack, "-s", "verify") == 0
    assert "1 of 2 clips written" in capfd.readouterr().err
    assert torn.read_bytes() == whole
    assert run(*pack, "-s", "check") == 0


def test_a_folder_without_frames_is_refused(dataset: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run("tfrecord", "-i", dataset, "-o", dataset / "records") == 2
    assert "holds no folder of frames" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--batch_size", "2"], "batch_size 2"),
        (["--model", "late_fusion_cnn"], "take matting, tfrecord and 1"),
        (["--frame_loading", "frame"], "take chunk, or n_frames 1 and shift 0"),
        (["--n_frames", "0"], "n_frames is 0"),
        (["--epoch", "best"], "best_net_Base.pth: no such weight file"),
        (["--name", "dvm", "--suffix", "b"], "dvm_b/latest_net_Base.pth: no such weight file"),
        (["--load_iter", "7"], "iter_7_net_Base.pth: no such weight file"),
        (["--load-size", "30"], "load_size is 30"),
    ],
)
def test_what_the_test_cannot_do_is_refused_with_one_line(
    dataset: Path, capfd: pytest.CaptureFixture[str], options: list[str], message: str
) -> None:
    write_clip(dataset / "frames", "one", "vfba", dataset / "records/one.tfrecord")
    assert run("test", "--dataroot_val", dataset / "records", "--checkpoints_dir", dataset, *options) == 2
    lines = capfd.readouterr().err.strip().splitlines()
    assert len(lines) == 1
    assert lines[0].startswith("error: ")
    assert message in lines[0]


def test_flags_without_effect_are_accepted_and_named(dataset: Path, capfd: pytest.CaptureFixture[str]) -> None:
    base = ["test", "--dataroot_val", dataset / "records", "--checkpoints_dir", dataset]
    write_clip(dataset / "frames", "one", "vfba", dataset / "records/one.tfrecord")
    idle = "--upsample deconv --stride=2 --tensor-scaling --comp_loss --comp_weight -1 --name shown --stride 3"
    assert run(*base, *idle.split()) == 2
    lines = capfd.readouterr().err.strip().splitlines()
    named = "--upsample, --stride, --tensor-scaling, --comp_loss, --comp_weight"
    assert lines[0] == f"accepted, but without effect in this test: {named}"
    assert "shown/latest_net_Base.pth: no such weight file" in lines[1]
    assert len(lines) == 2
    assert run(*base, "--stride", "--calc_metric") == 2
    assert capfd.readouterr().err.startswith("error: --stride needs a value")


def test_a_checkpoint_of_another_network_is_refused(dataset: Path, capfd: pytest.CaptureFixture[str]) -> None:
    write_clip(dataset / "frames", "one", "vfba", dataset / "records/one.tfrecord")
    (dataset / "dvm").mkdir()
    torch.save(create_network("flow_unet").state_dict(), dataset / "dvm/latest_net_Base.pth")
    options = ["--dataroot_val", dataset / "records", "--checkpoints_dir", dataset, "--name", "dvm"]
    assert run("test", *options) == 2
    assert "latest_net_Base.pth does not fit Dvm" in capfd.readouterr().err


@pytest.mark.slow
def test_the_published_command_line_mattes_and_scores(dataset: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with torch.device("meta"):
        network: Any = create_network("dvm")
    zero = torch.zeros((), dtype=torch.float16)  # stored once, not 319 million times
    state = {name: zero.expand(value.shape) for name, value in network.state_dict().items()}
    state["refine_head.bias"] = torch.ones(1)  # all weights zero: the matte is sigmoid(1) wherever it is unknown
    (dataset / "checkpoints/dvm").mkdir(parents=True)
    torch.save(state, dataset / "checkpoints/dvm/best_net_Base.pth")
    for clip in ("one", "two"):
        write_clip(dataset / "frames", clip, "vfba", dataset / "records" / f"{clip}.tfrecord")
    options = (
        f"--dataroot_val {dataset / 'records'} --checkpoints_dir {dataset / 'checkpoints'} "
        f"--results_dir {dataset / 'results'} --dataset_mode tfrecord --data_phase test --calc_metric "
        "--max_n_chunk -1 --name dvm --model matting --add_refine_stage --n_frames 2 --shift 2 --batch_size 1 "
        "--num_threads 4 --frame_loading chunk --load_size 320 --max_size 1600 --test_mode whole --epoch best --eval"
    )
    assert run("test", *options.split(), "--mend", "--max_dataset_size", 2, "--verbose", "--gpu_ids", -1) == 0
    message = capfd.readouterr().err
    assert "over 4 frames" in message
    assert "without effect in this test: --data_phase, --num_threads" in message
    assert "Dvm(" in message
    folder = dataset / "results/dvm/test_best/1600"
    assert sorted(path.name for path in folder.glob("images/one/*")) == ["00000.png", "00001.png", "00002.png"]
    clip = DvmClip(dataset / "records/one.tfrecord")
    trimap = dvm_trimap(clip.read(2, "a")["a"])
    expected = np.where(trimap == 128, int(255 / (1 + np.exp(-1))), trimap)
    matte = read_picture(folder / "images/one/00002.png")
    assert (matte == expected[..., None]).all()
    assert 'src="images/one/00002.png"' in (folder / "index.html").read_text()
