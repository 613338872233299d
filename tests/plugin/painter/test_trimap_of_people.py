"""The network for people, from the menu to the keyframe on the disk."""

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QInputDialog
from safetensors.torch import save_file

from trimatte.core import create_network
from trimatte.core.media import Clip, encode_image, open_clip
from trimatte.core.sessions import MattingSession, SessionOptions
from trimatte.core.trimap import read_levels
from trimatte.core.weights_store import WeightsStore
from trimatte.plugin.painter.document import starts
from trimatte.plugin.painter.trimap_actions import band_width
from trimatte.plugin.painter.window import PainterWindow

Open = Callable[..., PainterWindow]
FRAME = 1004


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WeightsStore:
    monkeypatch.setenv("TRIMATTE_DATA", str(tmp_path / "data"))
    return WeightsStore()


def add_weights(store: WeightsStore, golden_weights: ModuleType, path: Path) -> None:
    network = golden_weights.fill(create_network("rvm_mobilenetv3"), 5)
    save_file({name: tensor.contiguous() for name, tensor in network.state_dict().items()}, path)
    store.add(path)


def ask(window: PainterWindow) -> None:
    window.desk.go(FRAME)
    window.actions_of["Trimap", "From people (RVM)"].trigger()


def test_the_network_makes_a_keyframe_that_can_be_undone(
    open_window: Open,
    clip: Path,
    folder: Path,
    store: WeightsStore,
    golden_weights: ModuleType,
    wait_for: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    add_weights(store, golden_weights, folder.parent / "people.safetensors")
    store.add(folder.parent / "people.safetensors", name="others")
    offered: list[list[str]] = []

    def choose(_parent: object, _title: str, _label: str, names: list[str], *_more: object) -> tuple[str, bool]:
        offered.append(names)
        return "people", True

    monkeypatch.setattr(QInputDialog, "getItem", choose)
    window = open_window()
    document = window.desk.shot.document
    ask(window)
    wait_for(lambda: document.frames == (FRAME,), 60)
    assert offered == [["others", "people"]]
    made = np.asarray(document.trimap(FRAME))
    with open_clip(clip) as opened:
        alone = folder.parent / "alone"  # what the network says of this frame by itself
        alone.mkdir()
        (alone / "one.0001.png").write_bytes(encode_image(np.ascontiguousarray(opened.read_native(FRAME)), "png"))
    with open_clip(alone / "one.0001.png") as one:
        alpha = matte(one)
    assert alpha.std() > 0.01
    np.testing.assert_array_equal(made, starts.from_alpha(alpha, band_width(window.desk)))
    wait_for((folder / f"trimap.{FRAME}.png").exists)
    np.testing.assert_array_equal(read_levels(folder / f"trimap.{FRAME}.png"), made)
    assert document.history.undo_name == "Trimap of people"
    window.undo()
    assert document.frames == ()


def matte(clip: Clip) -> np.ndarray:
    with MattingSession(clip, {}, SessionOptions(model="rvm", weights="people")) as session:
        return session.solve(clip.first).alpha


def test_without_its_weights_the_window_says_how_to_get_them(
    open_window: Open, store: WeightsStore, wait_for: Any
) -> None:
    window = open_window()
    ask(window)
    wait_for(lambda: "trimatte weights fetch rvm_mobilenetv3" in window.statusBar().currentMessage())
    assert window.desk.shot.document.frames == ()


def test_escape_ends_the_network_before_it_runs(
    open_window: Open, folder: Path, store: WeightsStore, golden_weights: ModuleType, wait_for: Any
) -> None:
    add_weights(store, golden_weights, folder.parent / "people.safetensors")
    window = open_window()
    runs: list[str] = []
    hook = torch.nn.modules.module.register_module_forward_pre_hook(
        lambda module, _inputs: runs.append(type(module).__name__)
    )
    said: list[str] = []
    window.desk.aside.ended.connect(said.append)
    ask(window)
    assert window.work_bar.isVisible()
    QTest.keyClick(window.desk.viewer, Qt.Key.Key_Escape)
    wait_for(lambda: not window.desk.aside.is_busy, 60)
    hook.remove()
    assert runs == []
    assert said == ["Cancelled; nothing was changed."]
    assert not window.work_bar.isVisible()
    assert window.desk.shot.document.frames == ()
    assert window.desk.shot.document.history.undo_name is None
