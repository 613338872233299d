import struct
from pathlib import Path

import numpy as np
import pytest

from trimatte.core.errors import MediaError
from trimatte.core.flow.flow_file import draw_flow, read_flow, write_flow


def test_the_file_has_the_published_layout(tmp_path: Path) -> None:
    flow = np.array([[[1.0, 2.0, 3.0]], [[-1.0, -2.0, -3.0]]], np.float32)
    path = write_flow(tmp_path / "deep" / "out.flo", flow)
    assert path.read_bytes() == b"PIEH" + struct.pack("<ii6f", 3, 1, 1, -1, 2, -2, 3, -3)
    assert struct.unpack("<f", b"PIEH") == (202021.25,)
    assert (read_flow(path) == flow).all()
    assert [item.name for item in path.parent.iterdir()] == ["out.flo"]


def test_files_that_are_no_flow_are_refused(tmp_path: Path) -> None:
    path = write_flow(tmp_path / "out.flo", np.zeros((2, 4, 5), np.float32))
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(MediaError, match="5 x 4 pixels need 172 bytes, the file has 171"):
        read_flow(path)
    path.write_bytes(b"GIF89a and so on")
    with pytest.raises(MediaError, match="must be PIEH"):
        read_flow(path)
    with pytest.raises(MediaError, match="cannot be read"):
        read_flow(tmp_path / "nowhere.flo")
    with pytest.raises(MediaError, match="x before y"):
        write_flow(path, np.zeros((4, 5, 2)))


def test_colours_tell_direction_and_speed() -> None:
    flow = np.array([[[2.0, 0.0, 1.0, -2.0]], [[0.0, 0.0, 0.0, 0.0]]])
    assert draw_flow(flow).tolist() == [[[255, 0, 0], [255, 255, 255], [255, 128, 128], [0, 255, 255]]]
    assert draw_flow(flow, largest=4.0)[0, 0].tolist() == [255, 128, 128]
