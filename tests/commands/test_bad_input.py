"""Bad input to every command: one line that says what is wrong, exit code 2, and nothing is left behind."""

import io
import os
import re
import shutil
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from types import ModuleType

import av
import numpy as np
import pytest
import torch
from PIL import Image

from trimatte.core import create_network
from trimatte.core.inference.picture_files import write_picture
from trimatte.core.media import read_image

from ..core.media import movies
from .conftest import Ran, paint

Trimatte = Callable[..., Ran]
NETWORKS = ("ftpvm", "rvm_mobilenetv3", "flow_unet", "pwcnet")


class Malice:
    """Would run a command when it is unpickled."""

    def __reduce__(self) -> tuple[Callable[[str], int], tuple[str]]:
        return os.system, ("touch harmed",)


@pytest.fixture(scope="session")
def good(golden_weights: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything that the commands below take, in order."""
    root = tmp_path_factory.mktemp("bench")
    for name in NETWORKS:
        torch.save(golden_weights.fill(create_network(name), 0, 0.87).state_dict(), root / f"{name}.pth")
    torch.save({"weights": Malice()}, root / "malice.pth")
    (root / "half.pth").write_bytes((root / "flow_unet.pth").read_bytes()[:300_000])
    (root / "footage").mkdir()
    movies.write_movie(root / "clip.mp4", frames=3)
    shutil.copy(root / "clip.mp4", root / "footage/cat.mp4")
    paint(root / "trimap.png")
    shutil.copy(root / "trimap.png", root / "footage/cat_trimap_a.png")
    for number in range(3):
        picture = movies.numbered(number)
        write_picture(root / "frames" / f"original1_{number + 1}.png", picture)
        write_picture(root / "truth" / f"gt1_{number + 1}.png", picture[..., 0] // 128 * 255)
        write_picture(root / "dataset/cat/rgb" / f"{number:04d}.png", picture)
        write_picture(root / "dataset/cat/pha" / f"{number:04d}.png", picture[..., 0] // 128 * 255)
        for kind in "vfba":
            write_picture(root / "dvm" / kind / "cat" / f"{number:05d}.jpg", picture)
    write_picture(root / "memory.png", movies.numbered(0))
    write_picture(root / "footage/cat_thumbnail.png", movies.numbered(0))
    write_picture(root / "background.jpg", np.full((80, 140, 3), 9, np.uint8))
    (root / "pairs").mkdir()
    shutil.copy(root / "clip.mp4", root / "pairs/1.mp4")
    box = '<track label="bottle"><box frame="2" outside="0" xtl="1" ytl="2" xbr="30" ybr="20"/></track>'
    (root / "pairs/1.xml").write_text(f"<annotations>{box}</annotations>")
    return root


@pytest.fixture
def bench(good: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRIMATTE_DATA", str(tmp_path / "data"))
    shutil.copytree(good, tmp_path / "bench", copy_function=os.link)
    monkeypatch.chdir(tmp_path / "bench")
    return tmp_path / "bench"


COMMANDS = {
    "ftpvm convert": (
        "ftpvm convert --input-source frames --memory-img memory.png --memory-mask trimap.png --model {ftpvm} "
        "--output-type png_sequence --output-alpha out/a --output-composition out/c --gpu -1 --disable-progress"
    ),
    "ftpvm convert movie": (
        "ftpvm convert --input-source clip.mp4 --memory-img memory.png --memory-mask trimap.png --model {ftpvm} "
        "--output-alpha out/a.mp4 --gpu -1 --disable-progress"
    ),
    "ftpvm footage": "ftpvm footage --root footage --out_root out --model {ftpvm} --gpu -1 --disable-progress",
    "ftpvm dataset": (
        "ftpvm dataset dataset --out_root out --model {ftpvm} --gpu -1 --size sd --batch_size 1 --n_workers 1"
    ),
    "live": (
        "live clip.mp4 --output out/live.mp4 --memory-img memory.png --memory-mask trimap.png --model {ftpvm} "
        "--device cpu"
    ),
    "live rvm": "live clip.mp4 --output out/live.mp4 --network rvm_mobilenetv3 --model {rvm_mobilenetv3} --device cpu",
    "rvm convert": (
        "rvm convert --variant mobilenetv3 --checkpoint {rvm_mobilenetv3} --input-source frames --device cpu "
        "--output-type png_sequence --output-alpha out/a --output-foreground out/f --disable-progress"
    ),
    "rvm convert movie": (
        "rvm convert --variant mobilenetv3 --checkpoint {rvm_mobilenetv3} --input-source clip.mp4 --device cpu "
        "--output-alpha out/a.mp4 --disable-progress"
    ),
    "funet predict": (
        "funet predict -m {flow_unet} --flow-model {pwcnet} -img frames -mask truth -o out "
        "--background background.jpg -g -1"
    ),
    "funet masks": "funet masks -d frames --flow-model {pwcnet} --output out -g -1",
    "funet generate": (
        "funet generate clip.mp4 --sequence 4 --frames out/f --truth out/t --output out/o --background background.jpg"
    ),
    "funet extract": "funet extract pairs --save-cropped-image-to out/c --save-original-image-to out/o",
    "flow": "flow --one frames/original1_1.png --two frames/original1_2.png --out out/out.flo --model {pwcnet}",
    "dvm test": "dvm test --dataroot_val records --weights {dvm} --results_dir out --gpu_ids -1 --shift 0",
    "dvm tfrecord": "dvm tfrecord -i dvm -o out -m vfba",
    "weights import": "weights import {flow_unet} --network flow_unet",
    "render": "render clip.mp4 --trimap trimap.png -o out --model ftpvm --weights {ftpvm}",
    "evaluate mattes": "evaluate mattes clip.mp4 frames",
}


def arguments(command: str, **weights: str) -> list[str]:
    names = {name: f"{name}.pth" for name in (*NETWORKS, "dvm")} | weights
    return COMMANDS[command].format(**names).split()


def tree(root: Path) -> dict[str, int]:
    return {str(path.relative_to(root)): path.stat().st_mtime_ns for path in root.rglob("*") if path.is_file()}


def refuses(ran: Ran, message: str, before: dict[str, int], bench: Path) -> None:
    lines = [line for line in ran.err.splitlines() if line.startswith("error: ")]
    assert ran.code == 2, ran.err
    assert len(lines) == 1, ran.err
    assert ran.err.endswith(f"{lines[0]}\n")
    assert "Traceback" not in ran.err
    assert re.search(message, lines[0]), lines[0]
    assert tree(bench) == before


def write_records(bench: Path, trimatte: Trimatte) -> None:
    assert trimatte("dvm", "tfrecord", "-i", bench / "dvm", "-o", bench / "records", "-m", "vfba").code == 0


@pytest.mark.parametrize("kind", ["wrong", "half", "malice", "none"])
@pytest.mark.parametrize(
    ("command", "network"),
    [
        ("ftpvm convert", "ftpvm"),
        ("ftpvm footage", "ftpvm"),
        ("ftpvm dataset", "ftpvm"),
        ("live", "ftpvm"),
        ("live rvm", "rvm_mobilenetv3"),
        ("rvm convert", "rvm_mobilenetv3"),
        ("funet predict", "flow_unet"),
        ("funet predict", "pwcnet"),
        ("funet masks", "pwcnet"),
        ("flow", "pwcnet"),
        ("dvm test", "dvm"),
        ("weights import", "flow_unet"),
        ("render", "ftpvm"),
    ],
)
def test_weights_that_are_none_of_the_network(
    bench: Path, trimatte: Trimatte, command: str, network: str, kind: str
) -> None:
    wrong = "pwcnet.pth" if network == "flow_unet" else "flow_unet.pth"
    name = {"wrong": wrong, "half": "half.pth", "malice": "malice.pth", "none": "none.pth"}[kind]
    if command == "dvm test":
        write_records(bench, trimatte)
    before = tree(bench)
    message = {"wrong": "does not fit|are for flow_unet; expected", "none": "no such"}.get(kind, "")
    refuses(trimatte(*arguments(command, **{network: name})), f"{re.escape(name)}.*{message}", before, bench)
    assert not Path("harmed").exists()


def torn(path: Path) -> None:
    """Keep the first part of a file; the others that share its data keep all."""
    data = path.read_bytes()
    path.unlink()
    path.write_bytes(data[: int(len(data) * 0.6)])


def text(path: Path) -> None:
    path.unlink()
    path.write_text("this is no picture and no movie")


def smaller(path: Path) -> None:
    picture = np.asarray(Image.open(path))[:48, :96]
    path.unlink()
    write_picture(path, picture)


def gone(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize(
    ("command", "file", "harm", "message"),
    [
        # half a file
        ("ftpvm convert movie", "clip.mp4", torn, r"clip\.mp4: "),
        ("ftpvm footage", "footage/cat.mp4", torn, r"cat\.mp4: "),
        ("rvm convert movie", "clip.mp4", torn, r"clip\.mp4: "),
        ("live", "clip.mp4", torn, r"clip\.mp4: "),
        ("funet generate", "clip.mp4", torn, r"clip\.mp4: "),
        ("funet extract", "pairs/1.mp4", torn, r"1\.mp4: "),
        ("funet extract", "pairs/1.xml", torn, r"1\.xml: not readable as XML"),
        ("evaluate mattes", "clip.mp4", torn, r"clip\.mp4: "),
        ("dvm tfrecord", "dvm/f/cat/00001.jpg", torn, r"00001\.jpg"),
        # not a movie at all
        ("ftpvm convert movie", "clip.mp4", text, r"clip\.mp4: cannot be opened as a movie"),
        ("ftpvm footage", "footage/cat.mp4", text, r"cat\.mp4: cannot be opened as a movie"),
        ("rvm convert movie", "clip.mp4", text, r"clip\.mp4: cannot be opened as a movie"),
        ("live", "clip.mp4", text, r"clip\.mp4: cannot be opened as a camera or movie"),
        ("funet generate", "clip.mp4", text, r"clip\.mp4: cannot be opened as a movie"),
        ("funet extract", "pairs/1.mp4", text, r"1\.mp4: cannot be opened as a movie"),
        ("evaluate mattes", "clip.mp4", text, r"clip\.mp4: cannot be opened as a movie"),
        # unreadable pictures
        ("ftpvm convert", "frames/original1_3.png", torn, r"original1_3\.png: is not a whole png"),
        ("ftpvm convert", "memory.png", text, r"memory\.png: not a readable picture"),
        ("ftpvm convert", "trimap.png", torn, r"trimap\.png: not a readable picture"),
        ("ftpvm footage", "footage/cat_trimap_a.png", torn, r"cat_trimap_a\.png: not a readable picture"),
        ("ftpvm footage", "footage/cat_thumbnail.png", torn, r"cat_thumbnail\.png: not a readable picture"),
        ("ftpvm dataset", "dataset/cat/rgb/0002.png", torn, r"0002\.png: not a readable picture"),
        ("live", "memory.png", torn, r"memory\.png: not a readable picture"),
        ("live", "trimap.png", text, r"trimap\.png: not a readable picture"),
        ("rvm convert", "frames/original1_3.png", torn, r"original1_3\.png: is not a whole png"),
        ("funet predict", "frames/original1_3.png", torn, r"original1_3\.png: not a readable picture"),
        ("funet predict", "truth/gt1_3.png", torn, r"gt1_3\.png: not a readable picture"),
        ("funet predict", "background.jpg", torn, r"background\.jpg: not a readable picture"),
        ("funet masks", "frames/original1_3.png", torn, r"original1_3\.png: not a readable picture"),
        ("funet generate", "background.jpg", torn, r"background\.jpg: not a readable picture"),
        ("flow", "frames/original1_2.png", torn, r"original1_2\.png: not a readable picture"),
        ("render", "trimap.png", torn, r"trimap\.png: "),
        # sizes that change
        ("ftpvm convert", "frames/original1_3.png", smaller, r"image 2 is 96x48, the first is 128x64"),
        ("ftpvm convert", "trimap.png", smaller, r"trimap\.png: the mask is 96x48, memory\.png is 128x64"),
        ("live", "memory.png", smaller, r"trimap\.png: the mask is 128x64, memory\.png is 96x48"),
        ("rvm convert", "frames/original1_3.png", smaller, r"image 2 is 96x48, the first is 128x64"),
        ("funet predict", "frames/original1_3.png", smaller, r"original1_3\.png: is 96 x 48 pixels"),
        ("funet predict", "truth/gt1_3.png", smaller, r"gt1_3\.png: the true mask is 96 x 48"),
        ("funet predict", "background.jpg", smaller, r"background.*96 x 48"),
        ("funet masks", "frames/original1_3.png", smaller, r"original1_3\.png: is 96x48, original1_2\.png is 128x64"),
        ("funet generate", "background.jpg", smaller, r"background.*96 x 48"),
        ("flow", "frames/original1_2.png", smaller, r"96.*48"),
        ("evaluate mattes", "frames/original1_3.png", smaller, r"96x48"),
        # unequal counts, halves of pairs
        ("funet predict", "truth/gt1_3.png", gone, "3 frames but 2 true masks"),
        ("dvm tfrecord", "dvm/a/cat/00002.jpg", gone, "kinds of clip cat have different frames"),
        ("evaluate mattes", "frames/original1_3.png", gone, "has 3 frames, frames has 2"),
        ("funet extract", "pairs/1.mp4", gone, r"1\.xml: has no movie"),
        ("funet extract", "pairs/1.xml", gone, r"1\.mp4: has no annotation"),
        ("ftpvm footage", "footage/cat.mp4", gone, "cat_trimap_a|no .*movie|cat"),
        ("ftpvm footage", "footage/cat_trimap_a.png", gone, r"cat"),
        ("ftpvm footage", "footage/cat_thumbnail.png", gone, r"cat_thumbnail\.png: no such picture"),
    ],
)
def test_input_that_is_harmed(
    bench: Path, trimatte: Trimatte, command: str, file: str, harm: Callable[[Path], None], message: str
) -> None:
    harm(bench / file)
    before = tree(bench)
    refuses(trimatte(*arguments(command)), message, before, bench)


@pytest.mark.parametrize("command", ["ftpvm convert movie", "rvm convert movie", "live", "funet generate"])
def test_a_movie_whose_size_changes(bench: Path, trimatte: Trimatte, command: str) -> None:
    change_size(bench)
    before = tree(bench)
    refuses(trimatte(*arguments(command)), r"clip\.mp4: .*96x48", before, bench)


def test_render_keeps_the_whole_frames_in_front_of_a_change_of_size(bench: Path, trimatte: Trimatte) -> None:
    change_size(bench)
    ran = trimatte(*arguments("render"))
    assert ran.code == 2
    assert "error: clip.mp4: frame 3 is 96x48, the first is 128x64; give a movie of one size. 2 whole" in ran.err
    # the frame before the change cannot be finished: it looks at the one after it
    assert [read_image(path).shape[:2] for path in sorted((bench / "out").glob("*.png"))] == [(64, 128)] * 2


def change_size(bench: Path) -> None:
    (bench / "clip.mp4").unlink()
    with av.open(str(bench / "clip.mp4"), "w", format="matroska") as container:
        stream = container.add_stream("mjpeg", rate=24)
        stream.width, stream.height, stream.pix_fmt = movies.WIDTH, movies.HEIGHT, "yuvj420p"
        for number in range(6):
            data = io.BytesIO()
            picture = movies.numbered(number)
            Image.fromarray(picture if number < 3 else picture[:48, :96]).save(data, "JPEG")
            packet = av.Packet(data.getvalue())
            packet.stream, packet.time_base = stream, Fraction(1, 24)
            packet.pts = packet.dts = number
            packet.is_keyframe = True
            container.mux(packet)


def test_a_torn_record(bench: Path, trimatte: Trimatte) -> None:
    write_records(bench, trimatte)
    torn(bench / "records/cat.tfrecord")
    before = tree(bench)
    refuses(trimatte(*arguments("dvm test")), r"cat\.tfrecord", before, bench)
