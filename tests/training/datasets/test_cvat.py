from pathlib import Path

import av
import numpy as np
import pytest

from trimatte.core.inference.picture_files import read_picture
from trimatte.training.datasets.cvat import extract_objects, find_pairs, read_boxes, relabel_defective
from trimatte.training.errors import DatasetError

_ANNOTATION = """<?xml version="1.0" encoding="utf-8"?>
<annotations><version>1.1</version><meta><task><name>line</name></task></meta>
<track id="0" label="bottle">
 <box frame="0" outside="0" occluded="0" keyframe="1" xtl="4" ytl="2" xbr="20" ybr="30"/>
 <box frame="1" outside="0" occluded="0" keyframe="0" xtl="5.5" ytl="2" xbr="21" ybr="30"/>
 <box frame="2" outside="1" occluded="0" keyframe="1" xtl="6" ytl="2" xbr="22" ybr="30"/>
</track>
<track id="1" label="bottle"><box frame="1" outside="0" xtl="40" ytl="-3" xbr="70" ybr="30"/></track>
<track id="2" label="defect"><box frame="1" outside="0" xtl="8" ytl="10" xbr="12" ybr="14"/></track>
</annotations>"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "1.xml").write_text(_ANNOTATION)
    with av.open(str(tmp_path / "1.avi"), "w") as container:
        stream = container.add_stream("ffv1", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "bgr0"
        for number in range(3):
            picture = np.full((48, 64, 3), number * 50, np.uint8)
            picture[:, :, 0] = np.arange(64)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format="bgr0")))
        container.mux(stream.encode(None))
    return tmp_path


def test_objects_under_a_defect_are_defective_in_that_frame(folder: Path) -> None:
    boxes = relabel_defective(read_boxes(folder / "1.xml"))
    assert [(box.track, box.frame, box.label) for box in boxes] == [
        (0, 0, "bottle"),
        (0, 1, "defective"),
        (1, 1, "bottle"),
    ]


def test_a_whole_track_can_follow_one_defect(folder: Path) -> None:
    boxes = relabel_defective(read_boxes(folder / "1.xml"), is_whole_track=True)
    assert [box.label for box in boxes] == ["defective", "defective", "bottle"]


def test_objects_and_frames_are_cut_out_of_the_movie(folder: Path) -> None:
    ((movie, annotation),) = find_pairs(folder)
    boxes = relabel_defective(read_boxes(annotation))
    assert list(extract_objects(movie, boxes, folder / "crops", folder / "frames")) == [0, 1]
    names = sorted(str(path.relative_to(folder)) for path in folder.rglob("*.png"))
    assert names == [
        "crops/bottle/1_00000_0.png",
        "crops/bottle/1_00001_1.png",
        "crops/defective/1_00001_0.png",
        "frames/1_00000.png",
        "frames/1_00001.png",
    ]
    crop = read_picture(folder / "crops/defective/1_00001_0.png")
    assert crop.shape == (28, 16, 3)  # 5.5 to 21 touches the columns 5 to 20
    assert (crop[..., 0] == np.arange(5, 21)).all()
    assert (crop[..., 1] == 50).all()
    assert read_picture(folder / "crops/bottle/1_00001_1.png").shape == (30, 24, 3)  # cut at the picture's border


def test_one_half_of_a_pair_is_refused(folder: Path) -> None:
    (folder / "2.xml").write_text(_ANNOTATION)
    with pytest.raises(DatasetError, match=r"2.xml: has no movie; put 2.avi"):
        find_pairs(folder)
    assert len(find_pairs(folder, 1)) == 1
    (folder / "2.xml").unlink()
    (folder / "1.xml").rename(folder / "3.xml")
    with pytest.raises(DatasetError, match=r"1.avi: has no annotation"):
        find_pairs(folder)
    with pytest.raises(DatasetError, match="no such folder"):
        find_pairs(folder / "nowhere")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (_ANNOTATION[:300], "not readable as XML"),
        ("<annotations/>", "holds no <track>"),
        ('<a><track label="bottle"><box frame="0" xtl="1" ytl="2" xbr="3"/></track></a>', "lacks a number .'ybr'"),
        ('<a><track label="bottle"><box frame="0" xtl="x" ytl="2" xbr="3" ybr="4"/></track></a>', "lacks a number"),
    ],
)
def test_bad_annotations_are_refused_with_a_reason(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "1.xml").write_text(text)
    with pytest.raises(DatasetError, match=message):
        read_boxes(tmp_path / "1.xml")


def test_a_box_behind_the_end_of_the_movie_is_refused(folder: Path) -> None:
    (folder / "1.xml").write_text(_ANNOTATION.replace('frame="1"', 'frame="9"'))
    with pytest.raises(DatasetError, match="names frame 9"):
        list(extract_objects(folder / "1.avi", read_boxes(folder / "1.xml"), None, folder / "frames"))


def test_a_label_cannot_lead_out_of_the_folder(folder: Path) -> None:
    (folder / "1.xml").write_text(_ANNOTATION.replace('label="bottle"', 'label="../../etc"'))
    list(extract_objects(folder / "1.avi", read_boxes(folder / "1.xml"), folder / "crops", None))
    assert {path.name for path in (folder / "crops").iterdir()} == {"______etc", "defect"}
