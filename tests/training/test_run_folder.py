"""The folder of a run: what a kill leaves behind is put right, what an earlier version wrote is read."""

import json
from pathlib import Path

import numpy as np
import pytest

from trimatte.training.board import open_board
from trimatte.training.run_folder import RunFolder


def _steps(folder: Path) -> list[int]:
    return [json.loads(line)["step"] for line in (folder / "log.jsonl").read_text().splitlines()]


def test_lines_behind_the_checkpoint_and_torn_ones_are_dropped(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    for step in (1, 2, 3):
        folder.log({"step": step})
    with (tmp_path / "log.jsonl").open("a") as file:
        file.write('{"step": 4, "to')
    folder.forget_after(2)
    folder.log({"step": 3})
    assert _steps(tmp_path) == [1, 2, 3]


def test_every_launch_is_kept_and_the_last_one_is_plain_json(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    for steps in (10, 20):
        folder.describe({"steps": steps}, "digest", {"folder": tmp_path})
    assert [launch["options"]["steps"] for launch in folder.launches()] == [10, 20]
    assert json.loads((tmp_path / "options.json").read_text()) == {"steps": 20}
    assert json.loads((tmp_path / "data.json").read_text()) == {"digest": "digest", "folder": str(tmp_path)}


def test_launches_of_an_earlier_version_are_read_and_carried_over(tmp_path: Path) -> None:
    lines = [{"options": {"steps": steps}, "data": "old", "commit": "c"} for steps in (1, 2)]
    (tmp_path / "options.json").write_text("".join(json.dumps(line) + "\n" for line in lines))
    folder = RunFolder(tmp_path)
    assert folder.launches() == lines
    folder.describe({"steps": 3}, "new")
    assert [launch["options"]["steps"] for launch in folder.launches()] == [1, 2, 3]


def test_tensorboard_shows_the_log_and_forgets_what_comes_again(tmp_path: Path) -> None:
    accumulator = pytest.importorskip(
        "tensorboard.backend.event_processing.event_accumulator", reason="needs the extra [training]"
    )
    for steps, checkpoint in (((1, 2, 3), 0), ((3, 4), 2)):  # killed after step 3, with a checkpoint at 2
        folder = RunFolder(tmp_path, open_board)
        folder.forget_after(checkpoint)
        for step in steps:
            folder.log({"total": 10.0 * step + checkpoint, "step": step})
        folder.keep_picture(steps[-1], np.zeros((4, 6, 3), np.uint8))
    events = accumulator.EventAccumulator(str(tmp_path / "tensorboard"))
    events.Reload()
    assert [(event.step, event.value) for event in events.Scalars("total")] == [(1, 10), (2, 20), (3, 32), (4, 42)]
    assert events.Tags()["images"] == ["pictures"]
