"""``trimatte render``: what becomes of a matte after it was solved."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from trimatte.core.media import read_image

from ..plugin.conftest import end_workers
from .conftest import Ran

Trimatte = Callable[..., Ran]
FAST = ("--no-refine", "--json")


def test_what_becomes_of_the_matte_is_an_option_and_runs_no_network_again(
    trimatte: Trimatte, tmp_path: Path, clip: Path, trimap: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIMATTE_TRACE", "1")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    end_workers()

    def num_runs() -> int:
        logs = (tmp_path / "state" / "trimatte").glob("worker-*.log")
        return sum(log.read_text().count("the networks run") for log in logs)

    def render(name: str, *arguments: str) -> np.ndarray:
        out = tmp_path / name
        ran = trimatte("render", clip, "--trimap", trimap, "--range", "0-0", "-o", out, *FAST, *arguments)
        assert ran.code == 0, ran.err
        return read_image(out / "shot.0000.png").astype(np.float64) / 65535

    alpha = render("plain")[..., 3]
    clipped = render("clipped", "--clip-black", "0.25", "--clip-white", "0.75")
    np.testing.assert_allclose(clipped[..., 3], np.clip((alpha - 0.25) * 2, 0, 1), atol=2 / 65535)
    assert (render("grown", "--grow", "3")[..., 3] - alpha).min() >= 0
    assert (render("shrunk", "--grow", "-3")[..., 3] - alpha).max() <= 0
    mixed = render("mixed", "--mix", "0.5", "--output-mode", "matte-alpha")
    np.testing.assert_allclose(mixed[..., 3], 0.5 + alpha / 2, atol=2 / 65535)
    straight = [
        render(f"straight{number}", "--output-mode", "straight", *more)
        for number, more in enumerate(
            [(), ("--plate-colour",), ("--despill", "1", "--despill-screen", "green", "--despill-rule", "limit")]
        )
    ]
    assert not np.array_equal(straight[0], straight[1])
    spilled = straight[2][..., 1] - np.maximum(straight[2][..., 0], straight[2][..., 2])
    assert spilled.max() <= 2 / 65535
    assert {render(f"view{view}", "--view", view).shape[2] for view in ("foreground", "checker", "confidence")} == {3}
    assert num_runs() == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--clip-black", "0.8", "--clip-white", "0.2"), "black must be less than white"),
        (("--despill-screen", "red"), "--despill-screen red: is not known; use one of auto, green, blue"),
        (("--view", "alpha"), "--view alpha: is not known"),
    ],
)
def test_a_look_that_cannot_be_is_refused(
    trimatte: Trimatte, tmp_path: Path, clip: Path, trimap: Path, arguments: tuple[str, ...], message: str
) -> None:
    ran = trimatte("render", clip, "--trimap", trimap, "-o", tmp_path / "out", *arguments)
    assert ran.code == 2
    assert message in " ".join(ran.err.split())
