import json
from pathlib import Path
from typing import Any

import pytest

from trimatte.plugin.colour_choice import ColourChoice
from trimatte.plugin.errors import ParameterError
from trimatte.plugin.look import Look, Output, View
from trimatte.plugin.params import Params, Task
from trimatte.plugin.trimap_frames import Channels


def parse(settings: dict[str, Any], **changes: Any) -> Params:
    return Params.parse(json.dumps(settings | changes).encode())


def test_labels_become_values(settings: dict[str, Any], keyframe_folder: Path) -> None:
    params = parse(
        settings,
        view="Trimap overlay",
        model="DVM",
        weights=" mine ",
        workingResolution="768",
        device="Auto",
        kernels="C++",
        frameOffset=1001,
    )
    assert params == Params(
        keyframes=keyframe_folder,
        embedded="",
        painted="",
        painted_before="",
        trimap_frames=(),
        trimap_channels=Channels.AUTO,
        band_width=0,
        source_file=None,
        frame_offset=1001,
        look=Look(view=View.TRIMAP_OVERLAY),
        model="dvm",
        weights="mine",
        working_size=768,
        refine=True,
        tile_size=512,
        memory_budget=0,
        colour=ColourChoice(),
        device="auto",
        kernels="native",
        cache_key="",
        task=Task.SHOW,
        cache_limit_bytes=16 * 1024**3,
        clears_solved=False,
        clears_cache=False,
        generation=0,
    )


@pytest.mark.parametrize(
    ("chosen", "host_keeps", "expected"),
    [
        ("Premultiplied", "OfxImageAlphaUnPremultiplied", Output.STRAIGHT),
        ("Straight", "OfxImageAlphaPremultiplied", Output.PREMULTIPLIED),
        ("Straight", "", Output.STRAIGHT),
        ("Matte in alpha", "OfxImageAlphaPremultiplied", Output.MATTE_IN_ALPHA),
        ("Matte in RGB", "OfxImageAlphaPremultiplied", Output.MATTE_IN_RGB),
    ],
)
def test_the_host_has_the_last_word_on_colour(
    settings: dict[str, Any], chosen: str, host_keeps: str, expected: Output
) -> None:
    assert parse(settings, output=chosen, outputPremultiplication=host_keeps).look.output is expected


def test_a_folder_may_have_any_bytes_in_its_name(settings: dict[str, Any]) -> None:
    text = json.dumps(settings | {"keyframes": "X"}).encode().replace(b'"X"', b'"/tmp/\xff\xfe"')
    assert bytes(Params.parse(text).keyframes) == b"/tmp/\xff\xfe"


@pytest.mark.parametrize("label", ["Nothing", 7, None, ["Matte"]])
def test_an_unknown_label_is_refused_with_the_choices(settings: dict[str, Any], label: object) -> None:
    with pytest.raises(
        ParameterError,
        match="choose one of: Result, Matte, Trimap, Trimap overlay, Foreground, Over checker, Confidence",
    ):
        parse(settings, view=label)


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"{}", b'{"keyframes": 3}', b"\xff"])
def test_what_is_no_page_of_parameters_is_refused(text: bytes) -> None:
    with pytest.raises(ParameterError, match="install the bundle"):
        Params.parse(text)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("", None),
        (" /media/shot.mp4 ", Path("/media/shot.mp4")),
        ("file:///media/my%20shot.mp4", Path("/media/my shot.mp4")),
        ("file:///media/50%25%23.mp4", Path("/media/50%#.mp4")),
    ],
)
def test_a_file_is_named_by_its_path_or_by_a_url(settings: dict[str, Any], text: str, path: Path | None) -> None:
    params = parse(settings, sourceFile=text, keyframes=text)
    assert params.source_file == params.keyframes == path
