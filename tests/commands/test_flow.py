"""``trimatte flow``: the published command line writes a .flo file; bad input ends with one line and code 2."""

from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch

from trimatte.cli import main
from trimatte.core import create_network
from trimatte.core.flow.flow_file import read_flow
from trimatte.core.inference.funet import bgr_tensor
from trimatte.core.inference.picture_files import read_picture, write_picture


@pytest.fixture
def network(golden_weights: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """PWC-Net, its weights in a file with the published names, and two pictures; all in the working folder."""
    network = golden_weights.fill(create_network("pwcnet"), 2)
    state = {name.replace("net", "module"): value for name, value in network.state_dict().items()}
    torch.save(state, tmp_path / "network-chairs-things.pytorch")
    random = np.random.default_rng(1)
    for name in ("one", "two"):
        write_picture(tmp_path / f"images/{name}.png", random.integers(0, 255, (40, 50, 3), np.uint8))
    monkeypatch.chdir(tmp_path)
    return network


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as left:
        main(["flow", *arguments])
    assert isinstance(left.value.code, int)
    return left.value.code


def test_the_published_command_line_writes_the_flow(network: Any) -> None:
    options = "--model chairs-things --one ./images/one.png --two ./images/two.png --out ./out.flo --picture flow.png"
    assert run(*options.split(), "--device", "cpu") == 0
    with torch.inference_mode():
        frames = [bgr_tensor(read_picture(Path(f"images/{name}.png"))) for name in ("one", "two")]
        expected = network.estimate(*frames)[0].numpy()
    np.testing.assert_allclose(read_flow(Path("out.flo")), expected, rtol=0, atol=1e-5)
    assert read_picture(Path("flow.png")).shape == (40, 50, 3)


@pytest.mark.usefixtures("network")
def test_bad_input_is_refused_with_one_line(capfd: pytest.CaptureFixture[str]) -> None:
    assert run("--device", "cpu") == 2
    assert "network-default.pytorch: no such weight file" in capfd.readouterr().err
    write_picture(Path("images/two.png"), np.zeros((40, 51, 3), np.uint8))
    assert run("--device", "cpu", "--model", "network-chairs-things.pytorch") == 2
    assert capfd.readouterr().err.startswith("error: images/two.png: is 51x40, one.png is 50x40")
    assert not Path("out.flo").exists()
