"""Two hosts at once on one cache: nothing is lost, and nothing is solved twice afterwards."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

_HOST = """
import json, sys
import numpy as np
from trimatte.host_bridge import Host
from trimatte.plugin import bundle_path

plates, keyframes, frames = np.load(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3])
effect = Host([bundle_path()]).plugins()["org.trimatte.Trimatte"].create("filter")
effect.connect("Source", plates)
page = {"keyframes": keyframes, "cacheKey": "shared", "refine": False, "device": "CPU", "workingResolution": "Native"}
for name, value in page.items():
    effect.params[name] = value
for frame in frames:
    effect.render(frame)
effect.close()
"""


@pytest.fixture
def plates(tmp_path: Path, disc: Callable[[float], np.ndarray]) -> Path:
    path = tmp_path / "plates.npy"
    np.save(path, np.stack([disc(time) for time in range(8)]))
    return path


def test_what_two_hosts_solve_at_once_is_found_by_a_third(
    make_effect: Any, shell_environment: pytest.MonkeyPatch, plates: Path, keyframe_folder: Path
) -> None:
    shell_environment.setenv("TRIMATTE_TRACE", "1")
    hosts = [
        subprocess.Popen([sys.executable, "-c", _HOST, str(plates), str(keyframe_folder), json.dumps(frames)])
        for frames in ([1, 2, 3], [5, 4, 3])
    ]
    assert [host.wait(120) for host in hosts] == [0, 0]
    log = Path(os.environ["XDG_STATE_HOME"], "trimatte")

    def num_runs() -> int:
        return sum(path.read_text().count("the networks run") for path in log.glob("worker-*.log"))

    before = num_runs()
    assert before >= 5
    effect = make_effect(list(np.load(plates)))
    effect.params["cacheKey"] = "shared"
    effect.params["refine"] = False
    effect.press("solvedFrames")
    assert effect.params["status"].value() == "Solved: 1-5."
    for frame in (3, 1, 5, 4, 2):
        effect.render(frame)
    assert num_runs() == before


@pytest.mark.usefixtures("shell_environment")
def test_a_choice_says_the_same_as_the_button(make_effect: Any) -> None:
    effect = make_effect()
    effect.params["cacheAction"] = "Solved frames"
    assert effect.params["status"].value() == "Solved: none of 8 frames."
    effect.render(5)
    effect.params["cacheAction"] = "Solved frames"
    assert effect.params["status"].value() == "Solved: 5."
    assert effect.params["cacheAction"].value() == "Idle"
