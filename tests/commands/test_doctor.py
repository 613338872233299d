"""``trimatte doctor`` names what is there, and fails when a part is broken."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from trimatte.commands.diagnosis import Check, State, run_checks

from .conftest import Ran

Trimatte = Callable[..., Ran]


def test_a_whole_installation_renders_one_frame(trimatte: Trimatte, random_weights: Path, tmp_path: Path) -> None:
    ran = trimatte("doctor", "--json")
    report = json.loads(ran.out)
    assert (ran.code, report["ok"]) == (0, True), ran.out
    found = {(check["subject"], check["name"]): check for check in report["checks"]}
    assert str(random_weights) in found["weights", "file"]["detail"]
    assert str(tmp_path / "cache") in found["cache", "solved frames"]["detail"]
    assert found["bundle", "effect"]["detail"].endswith("Trimatte.ofx.bundle")
    assert found["one frame", "through the effect"]["detail"].startswith("640x360, alpha ")
    assert {("devices", "cpu"), ("libraries", "torch"), ("codecs", "ffmpeg")} <= set(found)


def test_the_search_path_is_what_editors_see(monkeypatch: pytest.MonkeyPatch) -> None:
    from trimatte.commands.diagnosis import check_search_path
    from trimatte.plugin import bundle_path

    monkeypatch.setenv("OFX_PLUGIN_PATH", str(bundle_path().parent))
    assert [check.state for check in check_search_path()] == [State.OK]
    monkeypatch.setenv("OFX_PLUGIN_PATH", "/nowhere")
    (check,) = check_search_path()
    assert check.state is State.NOTE or "/usr/OFX/Plugins" in check.detail


def test_missing_weights_are_broken_and_everything_else_is_still_looked_at(
    trimatte: Trimatte, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIMATTE_WEIGHTS", "/nowhere/weights.safetensors")
    ran = trimatte("doctor")
    assert ran.code == 1
    assert "broken" in ran.out
    assert "weights are missing" in " ".join(ran.out.split())
    assert "cache" in ran.out


def test_a_check_that_fails_itself_is_a_finding() -> None:
    def check_moon() -> list[Check]:
        raise RuntimeError("too far")

    assert run_checks([check_moon]) == [Check("moon", "moon", State.BROKEN, "RuntimeError: too far")]
