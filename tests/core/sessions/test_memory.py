"""Contract 6: memory does not grow with the clip."""

import subprocess
import sys
from pathlib import Path

_RUN = """
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
import torch
from conftest import Clip, CountingModels
from trimatte.core.sessions import FrameCache, MattingSession, SessionOptions
torch.set_num_threads(1)
clip = Clip(last=149, width=192, height=160)
options = SessionOptions(working_size=64, refine=False, device="cpu", state_frames=0)
keyframes = {0: clip.trimap(0), 60: clip.trimap(60)}
cache = FrameCache(Path(sys.argv[2]))
session = MattingSession(clip, keyframes, options, models=CountingModels(), cache=cache)
def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096
for result in session.solve_range(0, 149):
    if result.frame in (50, 149):
        print(resident())
"""


def test_three_times_the_frames_need_the_same_memory(tmp_path: Path) -> None:
    command = [sys.executable, "-c", _RUN, str(Path(__file__).parent), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    early, late = map(int, done.stdout.split())
    assert late - early < 8_000_000  # 100 plates are 37 MB, 100 results 15 MB
