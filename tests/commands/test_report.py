"""What a user sees of a render: the bar with the time left on stderr, JSON alone on stdout."""

import json
from pathlib import Path

import pytest

from trimatte.commands.rendering import RenderRequest, plan_render
from trimatte.commands.rendering.report import Reporter


def report(clip: Path, trimap: Path, output: Path, *, as_json: bool) -> None:
    request = RenderRequest(clip=clip, output=output, trimaps=(str(trimap),))
    with plan_render(request) as plan, Reporter(as_json=as_json) as reporter:
        reporter.start(plan, reused=1)
        reporter.frame(0, output, seconds=0, is_reused=True)
        for frame in range(1, 6):
            reporter.frame(frame, output, seconds=0, is_reused=False)
        reporter.done(output, 6, 1.0)


def test_people_see_frames_and_the_time_left_on_stderr(
    clip: Path, trimap: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report(clip, trimap, tmp_path / "out", as_json=False)
    said = capsys.readouterr()
    assert said.out == ""
    assert "1 of 6 frames are there already" in said.err
    assert "kernels: " in said.err
    assert "6/6" in said.err
    assert "left 0:00:00" in said.err


def test_machines_get_lines_on_stdout_with_the_time_left(
    clip: Path, trimap: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report(clip, trimap, tmp_path / "out", as_json=True)
    said = capsys.readouterr()
    events = [json.loads(line) for line in said.out.splitlines()]
    assert [event["event"] for event in events] == ["start", *["frame"] * 6, "done"]
    assert events[0]["kernels"]
    assert [event["left_seconds"] for event in events[1:7]][::5] == [None, 0]
    assert "left" not in said.err
