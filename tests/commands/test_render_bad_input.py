"""Every bad input: one line that names the file, what was expected, what came and what to do; exit code 2."""

import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from trimatte.commands.rendering.record import FrameRecord, render_folder
from trimatte.core.media import encode_image, open_clip

from ..core.media.movies import number_in, numbered, write_movie
from .conftest import Ran, paint

Trimatte = Callable[..., Ran]


def refuses(ran: Ran, pattern: str) -> None:
    lines = ran.err.splitlines()
    assert ran.code == 2, ran.err
    assert len(lines) == 1, ran.err
    assert re.fullmatch(f"error: {pattern}", lines[0]), lines[0]


def test_a_missing_clip(trimatte: Trimatte, tmp_path: Path, trimap: Path) -> None:
    ran = trimatte("render", tmp_path / "no.mp4", "--trimap", trimap, "-o", tmp_path / "out")
    refuses(ran, r".*no\.mp4: no such file; expected a movie, a sequence .*")
    assert not (tmp_path / "out").exists()


def test_an_unreadable_clip(trimatte: Trimatte, tmp_path: Path, trimap: Path) -> None:
    (tmp_path / "junk.mp4").write_bytes(b"this is no movie" * 50)
    ran = trimatte("render", tmp_path / "junk.mp4", "--trimap", trimap, "-o", tmp_path / "out")
    refuses(ran, r".*junk\.mp4: cannot be opened as a movie \(.*\)\.")


def test_a_sequence_with_a_hole(trimatte: Trimatte, tmp_path: Path, trimap: Path) -> None:
    for number in (1, 2, 4):
        (tmp_path / f"p.{number:04d}.png").write_bytes(encode_image(np.zeros((8, 8, 3), np.uint8), "png"))
    ran = trimatte("render", tmp_path / "p.%04d.png", "--trimap", trimap, "-o", tmp_path / "out")
    refuses(ran, r".*p\.0003\.png: is missing; the sequence runs from 1 to 4\..*")


def test_a_trimap_of_another_size(trimatte: Trimatte, tmp_path: Path, clip: Path) -> None:
    ran = trimatte("render", clip, "--trimap", paint(tmp_path / "t.png", size=(64, 64)), "-o", tmp_path / "out")
    refuses(ran, r".*t\.png: the trimap is 64x64, the clip is 128x64; paint it at the clip's size\.")


@pytest.mark.parametrize(
    ("levels", "pattern"),
    [
        ((0, 255, 255), r".*t\.png: the trimap has no unknown region \(128\); paint .*"),
        ((0, 128, 128), r".*t\.png: the trimap has no foreground \(255\); paint .*"),
        ((0, 99, 255), r".*t\.png: the trimap has other grey levels than 0, 128 and 255 \(99; .*"),
    ],
)
def test_a_trimap_that_is_none(
    trimatte: Trimatte, tmp_path: Path, clip: Path, levels: tuple[int, int, int], pattern: str
) -> None:
    refuses(
        trimatte("render", clip, "--trimap", paint(tmp_path / "t.png", levels=levels), "-o", tmp_path / "o"), pattern
    )


def test_a_missing_trimap_and_none_at_all(trimatte: Trimatte, tmp_path: Path, clip: Path) -> None:
    ran = trimatte("render", clip, "--trimap", tmp_path / "no.png", "-o", tmp_path / "out")
    refuses(ran, r".*no\.png: no such trimap; check the path\.")
    refuses(trimatte("render", clip, "-o", tmp_path / "out"), r"no trimap is given; paint one .* --trimap .*")


def test_a_keyframe_outside_the_clip(trimatte: Trimatte, tmp_path: Path, clip: Path, trimap: Path) -> None:
    ran = trimatte("render", clip, "--trimap", f"{trimap}@6", "-o", tmp_path / "out")
    refuses(ran, r".*trimap\.png: is the keyframe of frame 6, the clip has frames 0-5; .*")


def test_two_trimaps_for_one_frame(trimatte: Trimatte, tmp_path: Path, clip: Path, trimap: Path) -> None:
    ran = trimatte("render", clip, "--trimap", trimap, "--trimap", f"{trimap}@0", "-o", tmp_path / "out")
    refuses(ran, r".*trimap\.png: frame 0 has a trimap already .*; leave one out\.")


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("4-2", r"range '4-2': is empty, as 4 comes after 2; .*"),
        ("3-9", r"range '3-9': the clip has frames 0-5; stay inside\."),
        ("first", r"range 'first': expected two frame numbers such as 0-5\."),
    ],
)
def test_an_empty_or_impossible_range(
    trimatte: Trimatte, tmp_path: Path, clip: Path, trimap: Path, text: str, pattern: str
) -> None:
    refuses(trimatte("render", clip, "--trimap", trimap, "--range", text, "-o", tmp_path / "out"), pattern)


@pytest.mark.parametrize("name", ["in_the_way/out", "in_the_way/out.mov"])
def test_an_output_that_cannot_be_written(
    trimatte: Trimatte, tmp_path: Path, clip: Path, trimap: Path, name: str
) -> None:
    (tmp_path / "in_the_way").write_text("a file")
    ran = trimatte("render", clip, "--trimap", trimap, "-o", tmp_path / name)
    refuses(ran, r".*in_the_way/out.*: cannot be written \(.*\); .*")


def test_missing_weights(
    trimatte: Trimatte, tmp_path: Path, clip: Path, trimap: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIMATTE_WEIGHTS", str(tmp_path / "no.safetensors"))
    ran = trimatte("render", clip, "--trimap", trimap, "-o", tmp_path / "out")
    refuses(ran, r".*no\.safetensors: the weights are missing; set TRIMATTE_WEIGHTS .*")


def test_torn_weights(
    trimatte: Trimatte, tmp_path: Path, clip: Path, trimap: Path, monkeypatch: pytest.MonkeyPatch, random_weights: Path
) -> None:
    torn = tmp_path / "torn.safetensors"
    torn.write_bytes(random_weights.read_bytes()[:100_000])
    monkeypatch.setenv("TRIMATTE_WEIGHTS", str(torn))
    refuses(trimatte("render", clip, "--trimap", trimap, "-o", tmp_path / "out"), r".*torn\.safetensors: .*")


def test_unknown_and_missing_kernels(trimatte: Trimatte, tmp_path: Path, clip: Path, trimap: Path) -> None:
    asked = ("render", clip, "--trimap", trimap, "--device", "cpu", "-o", tmp_path / "out", "--kernels")
    refuses(trimatte(*asked, "abacus"), r"--kernels abacus: is not known; use one of auto, torch, native, .*")
    refuses(trimatte(*asked, "cupy"), r"backend 'cupy' is not available.*")


@pytest.mark.parametrize(
    ("device", "pattern"),
    [("tpu", r"device 'tpu' is not known; choose .*"), ("cuda:99", r"device 'cuda:99' is not here .*")],
)
def test_an_unknown_device(
    trimatte: Trimatte, tmp_path: Path, clip: Path, trimap: Path, device: str, pattern: str
) -> None:
    refuses(trimatte("render", clip, "--trimap", trimap, "--device", device, "-o", tmp_path / "out"), pattern)


@pytest.mark.parametrize(
    ("arguments", "pattern"),
    [
        (["--view", "depth", "-o", "out"], r"--view depth: is not known; use one of result, matte, .*, confidence\."),
        (["--format", "gif", "-o", "out"], r"format 'gif': there is no such output format; use one of png16, .*"),
        (["--format", "ffv1", "-o", "out.mov"], r"out\.mov: a ffv1 movie is called out\.mkv; .*"),
        (["--format", "png16", "-o", "out.mov"], r"out\.mov: png16 goes into a folder; leave \.mov out\."),
        (["-o", "out.mp4"], r"mp4: holds no alpha; add --view matte, .*"),
        (["--rate", "fast", "-o", "out"], r"--rate fast: is not a rate; .*"),
        (["--working-resolution", "500", "-o", "out"], r"--working-resolution 500: is not known; use one of 256, .*"),
    ],
)
def test_words_that_mean_nothing(
    trimatte: Trimatte,
    tmp_path: Path,
    clip: Path,
    trimap: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    pattern: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    refuses(trimatte("render", clip, "--trimap", trimap, *arguments), pattern)


def test_a_movie_from_images_needs_a_rate(trimatte: Trimatte, tmp_path: Path) -> None:
    for number in (1, 2):
        (tmp_path / f"p.{number:04d}.png").write_bytes(encode_image(np.zeros((64, 128, 3), np.uint8), "png"))
    ran = trimatte("render", tmp_path / "p.%04d.png", "--trimap", paint(tmp_path / "t.png"), "-o", tmp_path / "out.mov")
    refuses(ran, r".*p\.%04d\.png: has no constant frame rate .*; give --rate to write prores4444, or write png16\.")


def test_a_truncated_movie_keeps_the_frames_before_the_damage(trimatte: Trimatte, tmp_path: Path, trimap: Path) -> None:
    options = {"g": "4", "bf": "0"}
    whole = write_movie(tmp_path / "whole.mp4", frames=16, options=options, container_options={"movflags": "faststart"})
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(whole.read_bytes()[: int(whole.stat().st_size * 0.5)])
    with open_clip(cut) as clip:
        damage = clip.first_unreadable
    assert damage is not None
    ran = trimatte("render", cut, "--trimap", trimap, "-o", tmp_path / "out", "--no-refine", "--json")
    assert ran.code == 2
    message = ran.event("error")["message"]
    assert re.search(rf"cut\.mp4: frame {damage} cannot be read; .* Frames 0-{damage - 1} are kept in .*out", message)
    with open_clip(tmp_path / "out") as kept, open_clip(whole) as source:
        assert (kept.first, kept.last) == (0, damage - 1)
        assert number_in(source.read_native(damage - 1)) == damage - 1


def test_a_torn_plate_in_the_middle_is_named_and_the_frames_before_it_are_kept(
    trimatte: Trimatte, tmp_path: Path, trimap: Path
) -> None:
    plates = tmp_path / "plates"
    plates.mkdir()
    for n in range(6):
        (plates / f"p.{n:04d}.png").write_bytes(encode_image(numbered(n), "png"))
    torn = plates / "p.0003.png"
    torn.write_bytes(torn.read_bytes()[:500])
    ran = trimatte("render", plates, "--trimap", trimap, "-o", tmp_path / "out", "--no-refine", "--json")
    assert ran.code == 2
    assert re.search(r"p\.0003\.png: is not a whole png image.* whole frames are kept", ran.event("error")["message"])
    assert (tmp_path / "out" / "p.0001.png").is_file()


def test_two_renders_into_one_output_do_not_mix(trimatte: Trimatte, tmp_path: Path, clip: Path, trimap: Path) -> None:
    other = FrameRecord(render_folder(tmp_path / "out"))
    ran = trimatte("render", clip, "--trimap", trimap, "-o", tmp_path / "out")
    refuses(ran, r"another render writes into this output; wait for it or choose another output\.")
    other.close()
    assert trimatte("render", clip, "--trimap", trimap, "-o", tmp_path / "out", "--no-refine").code == 0


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 48 KiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=48k", "tmpfs", folder], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("mounting a small file system needs more rights than this run has")
    yield folder
    subprocess.run(["umount", folder], check=True)


@pytest.mark.parametrize("name", ["out", "out.mkv"])
def test_a_full_disk(trimatte: Trimatte, tiny_disk: Path, clip: Path, trimap: Path, name: str) -> None:
    ran = trimatte("render", clip, "--trimap", trimap, "-o", tiny_disk / name, "--no-refine", "--json")
    assert ran.code == 2
    assert re.search(
        r"disk/out.*: cannot be written \(No space left on device\); free some", ran.event("error")["message"]
    )
    left = [path for path in tiny_disk.rglob("*") if path.is_file()]
    assert all(path.suffix == ".png" for path in left)
    if left:
        with open_clip(tiny_disk / "out") as whole:
            assert all(whole.read_native(n).shape == (64, 128, 4) for n in range(whole.first, whole.last + 1))
