"""Forgetting what was solved, and the cache on disk, from the host."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from trimatte.plugin.params import Params
from trimatte.plugin.session_pool import SessionPool


@pytest.fixture(scope="module", autouse=True)
def log(shell_environment: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the log of every worker; the cache is of this module alone."""
    shell_environment.setenv("TRIMATTE_TRACE", "1")
    shell_environment.setenv("TRIMATTE_CACHE", str(tmp_path_factory.mktemp("cache")))
    return Path(os.environ["XDG_STATE_HOME"], "trimatte")


@pytest.fixture
def num_runs(log: Path) -> Callable[[], int]:
    """How often networks have run in any worker."""
    return lambda: sum(path.read_text().count("the networks run") for path in log.glob("worker-*.log"))


@pytest.mark.parametrize("name", ["", "shot 7"])
@pytest.mark.parametrize("way", ["button", "choice"])
def test_clear_makes_a_frame_be_solved_again_once(
    make_effect: Any, num_runs: Callable[[], int], name: str, way: str
) -> None:
    effect = make_effect()
    effect.params["cacheKey"] = name and f"{name} {way}"
    first = effect.render(2)
    before = num_runs()
    effect.render(2)
    assert num_runs() == before
    if way == "button":
        effect.press("trackClear")
    else:
        effect.params["track"] = "Clear"
        assert effect.params["track"].value() == "Idle"
    assert "forgotten" in effect.params["status"].value()
    np.testing.assert_array_equal(effect.render(2), first)
    assert num_runs() == before + 1
    effect.render(2)
    assert num_runs() == before + 1


@pytest.mark.parametrize("way", ["button", "choice"])
def test_the_cache_is_emptied_for_every_clip(make_effect: Any, num_runs: Callable[[], int], way: str) -> None:
    one, two = make_effect(), make_effect()
    one.params["cacheKey"], two.params["cacheKey"] = f"one {way}", f"two {way}"
    one.render(2), two.render(2)
    before = num_runs()
    if way == "button":
        one.press("clearCache")
    else:
        one.params["cacheAction"] = "Clear"
        assert one.params["cacheAction"].value() == "Idle"
    one.render(2)
    two.render(2)
    assert num_runs() == before + 2


def test_the_size_limit_of_the_page_is_that_of_the_cache(settings: dict[str, Any]) -> None:
    pool = SessionPool()
    for gigabytes in (16, 3):
        params = Params.parse(json.dumps(settings | {"cacheKey": "limited", "cacheLimit": gigabytes}).encode())
        request: Any = SimpleNamespace(params=params, size=(80, 48), first=0, last=7, file=None, instance=1)
        cache = pool.entry(request).cache
        assert cache is not None
        assert cache.limit_bytes == gigabytes * 1024**3
    pool.close()
