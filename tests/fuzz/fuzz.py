"""Fuzzes what the worker reads: ``python tests/fuzz/fuzz.py state|keyframe --runs 10000 --seed 1``.

Whatever comes, nothing but our own errors may come back. With ``atheris`` installed (and ``--atheris``) it looks for
inputs by coverage; else mutations of good inputs are drawn from the seed, so that a run can be repeated.
"""

import argparse
import contextlib
import json
import random
import struct
import sys
import tempfile
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

from trimatte.kernels.errors import TrimatteError
from trimatte.plugin.keyframes import KeyframeReader, find_keyframes
from trimatte.plugin.painted_files import follow
from trimatte.plugin.params import Params
from trimatte.plugin.viewer_stroke import ViewerStroke

STATE = {
    "generation": 0, "task": "show", "clearsSolved": False, "clearsCache": False, "cacheLimit": 16,
    "outputPremultiplication": "OfxImageAlphaPremultiplied", "keyframes": "/nowhere", "sourceFile": "",
    "frameOffset": 0, "view": "Result", "output": "Premultiplied", "mix": 1.0, "clipBlack": 0.0, "clipWhite": 1.0,
    "matteGamma": 1.0, "shrinkGrow": 0.0, "edgeBlur": 0.0, "despeckle": 0, "estimateForeground": True, "despill": 0.0,
    "despillScreen": "Auto", "despillRule": "Average", "despillLuminance": True, "model": "FTP-VM", "weights": "",
    "workingResolution": "Native", "refine": True, "device": "CPU", "kernels": "Auto", "cacheKey": "",
    "trimapFrames": "3, 5", "trimapChannels": "Auto", "bandWidth": 0, "tiles": "512", "memoryBudget": 0.0,
    "inputSpace": "Auto", "ocioSpace": "", "ocioConfig": "", "hostSpace": "", "hostConfig": "",
    "painted": '{"3":["ab12","cd34"]}', "paintedBefore": "", "paintInViewer": "Erase", "brushSize": 40.0,
    "strokeSize": [20, 12], "stroke": [[1.5, 2.25, 1.0], [9.0, 3.0, 0.5]],
}  # fmt: skip
WORDS = [b"null", b"1e999", b"-1e999", b"NaN", b"Infinity", b"true", b"{}", b"[]", b'""', b'"\\ud800"', b'"\\u0000"',
         b"9" * 400, b"[" * 3000, b"\xff", b"-0", b"0.5", b'"file:///\\u0000"', b'"file://[/x"']  # fmt: skip
CHUNKS = [b"tEXt", b"zTXt", b"iTXt", b"iCCP", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"acTL", b"fdAT", b"eXIf"]
SIDES = [0, 1, 2, 48, 0x7FFFFFFF, 0xFFFFFFFF, 100000]


def fuzz_state(data: bytes) -> None:
    """Read ``data`` as the parameters that the shell sends, and the folder that they name."""
    with contextlib.suppress(TrimatteError):
        trimap = np.zeros((12, 20), np.uint8)
        ViewerStroke.parse(data).paint(trimap, trimap.copy())
    with contextlib.suppress(TrimatteError), tempfile.TemporaryDirectory() as folder:
        params = Params.parse(data)
        follow(Path(folder), "", params.painted)
        if params.keyframes is not None:
            find_keyframes(params.keyframes)


def fuzz_keyframe(data: bytes) -> None:
    """Read ``data`` as a keyframe file of a small plate."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:
        Path(folder, "fuzz.0000.png").write_bytes(data)
        trimap = None
        with contextlib.suppress(TrimatteError):
            (trimap,) = KeyframeReader().read(Path(folder), (20, 12), (1.0, 1.0)).values()
        if trimap is None:
            return
        assert (trimap.dtype, trimap.shape) == (np.uint8, (12, 20))
        assert set(np.unique(trimap)) <= {0, 128, 255}


def good_states() -> list[bytes]:
    """Return parameters as the shell sends them."""
    states = [json.dumps(STATE).encode(), json.dumps(STATE | {"view": "Matte", "keyframes": "file:///a%20b"}).encode()]
    for state in states:  # or there would be little to break
        Params.parse(state)
        ViewerStroke.parse(state)
    return states


def good_keyframes() -> list[bytes]:
    """Return trimaps in the kinds of PNG that people save."""
    levels = np.tile(np.uint8([0, 128, 255, 128]), (12, 5))
    pictures = [
        Image.fromarray(levels),
        Image.fromarray(levels).convert("RGB"),
        Image.fromarray(levels).convert("RGBA"),
    ]
    pictures += [Image.fromarray(levels).convert("P"), Image.fromarray(levels.astype(np.uint16) * 257)]
    made = []
    for picture in pictures:
        for options in ({}, {"optimize": True}, {"bits": 2} if picture.mode == "P" else {}):
            stream = BytesIO()
            picture.save(stream, "PNG", **options)
            made.append(stream.getvalue())
    return made


def mutate_state(data: bytes, dice: random.Random) -> bytes:
    """Return ``data`` with a few values, bytes or pieces exchanged."""
    text = bytearray(data)
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(len(text) + 1)
        act = dice.randrange(5)
        if act == 0:
            colon = text.find(b": ", at)
            end = min((place for place in (text.find(b", ", colon), len(text) - 1) if place > 0), default=len(text))
            text[colon + 2 : end] = dice.choice(WORDS)
        elif act == 1 and at < len(text):
            text[at] = dice.randrange(256)
        elif act == 2:
            del text[at : at + dice.randint(1, 40)]
        elif act == 3:
            text[at:at] = dice.choice(WORDS)
        else:
            text[at:at] = text[at : at + dice.randint(1, 60)]
    return bytes(text)


def mutate_keyframe(data: bytes, dice: random.Random) -> bytes:
    """Return ``data`` with a few bytes changed; mostly with sums that are right again, so that more is read."""
    text = bytearray(data)
    for _ in range(dice.randint(1, 5)):
        act = dice.randrange(6)
        at = dice.randrange(len(text)) if text else 0
        if act == 0:
            struct.pack_into(">I", text, 16 + 4 * dice.randrange(2), dice.choice(SIDES))  # width or height
        elif act == 1:
            text[24 + dice.randrange(5)] = dice.choice([0, 1, 2, 3, 4, 6, 8, 16, 255])  # depth, colour, and so on
        elif act == 2:
            text[at] = dice.randrange(256)
        elif act == 3:
            del text[max(at, 33) : at + dice.randint(1, 30)]
        elif act == 4:
            text[max(at, 33) : max(at, 33)] = _chunk(dice)
        else:
            text[at:] = text[at:][: dice.randrange(len(text) - at + 1)]
            text += bytes(max(0, 40 - len(text)))
    return _with_sums(bytes(text)) if dice.random() < 0.8 else bytes(text)


def _chunk(dice: random.Random) -> bytes:
    kind = dice.choice(
        [b"tEXt", b"zTXt", b"iTXt", b"iCCP", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"acTL", b"fdAT", b"eXIf"]
    )
    body = dice.randbytes(dice.randrange(40))
    if kind in (b"zTXt", b"iCCP") and dice.random() < 0.5:
        body = b"key\0\0" + zlib.compress(bytes(dice.choice([10, 100000, 30_000_000])))  # small, until it is opened
    return struct.pack(">I", len(body)) + kind + body + bytes(4)


def _with_sums(data: bytes) -> bytes:
    """Return ``data`` with the check sum of every chunk put right."""
    text, at = bytearray(data), 8
    while at + 12 <= len(text):
        (length,) = struct.unpack_from(">I", text, at)
        end = at + 8 + length
        if end + 4 > len(text):
            break
        struct.pack_into(">I", text, end, zlib.crc32(text[at + 4 : end]))
        at = end + 4
    return bytes(text)


TARGETS: dict[
    str, tuple[Callable[[bytes], None], Callable[[], list[bytes]], Callable[[bytes, random.Random], bytes]]
] = {
    "state": (fuzz_state, good_states, mutate_state),
    "keyframe": (fuzz_keyframe, good_keyframes, mutate_keyframe),
}


def run(name: str, runs: int, seed: int) -> None:
    """Try ``runs`` inputs of the target ``name``.

    Raises:
        AssertionError: an input did what it must not; the message holds it.
    """
    target, good, mutate = TARGETS[name]
    dice = random.Random(seed)
    corpus = good()
    for number in range(runs):
        data = mutate(dice.choice(corpus), dice)
        try:
            target(data)
        except Exception as error:
            raise AssertionError(f"{name}, seed {seed}, run {number}: {error!r} from {data!r}") from error


def main() -> None:
    """Run one target."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--runs", type=int, default=10000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--atheris", action="store_true", help="look by coverage; needs the package atheris")
    chosen = parser.parse_args()
    if not chosen.atheris:
        run(chosen.target, chosen.runs, chosen.seed)
        sys.stdout.write(f"{chosen.runs} runs of {chosen.target}, nothing found\n")
        return
    import atheris  # type: ignore[import-not-found]

    target, good, _ = TARGETS[chosen.target]
    with tempfile.TemporaryDirectory() as corpus:
        for number, data in enumerate(good()):
            Path(corpus, str(number)).write_bytes(data)
        atheris.instrument_all()
        atheris.Setup([sys.argv[0], f"-runs={chosen.runs}", f"-seed={chosen.seed}", corpus], target)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
