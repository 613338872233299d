"""The allocator is tuned on demand, in a process of ours."""

import subprocess
import sys


def test_tuning_is_explicit_and_leaves_torch_working() -> None:
    code = (
        "from trimatte.core.sessions import tune_allocator; import torch; "
        "print(tune_allocator(), torch.ones(5_000_000).sum().item())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.split()[1] == "5000000.0"
    if sys.platform.startswith("linux"):
        assert done.stdout.split()[0] in {"True", "False"}  # False on a libc without mallopt
