import gc
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from trimatte.host_bridge import Effect, Host, HostError, PluginRefusedError, PluginTable


def test_an_effect_says_what_it_is(probes: Callable[..., PluginTable]) -> None:
    plugin = probes()["org.trimatte.probe.copy"]
    assert plugin.label == "Copy"
    assert plugin.grouping == "Trimatte/Probes"
    assert plugin.contexts == ["filter", "general"]
    assert plugin.depths == ["byte", "short", "half", "float"]
    assert plugin.property("OfxPluginPropFilePath") == str(plugin.bundle)
    assert plugin.property("OfxImageEffectPropSupportedContexts") == (
        "OfxImageEffectContextFilter",
        "OfxImageEffectContextGeneral",
    )
    assert plugin.property("OfxPropIcon") == ("", "")
    assert plugin.describe("filter")["OfxPropLabel"] == ["Copy"]


def test_a_context_that_is_not_offered_is_refused(probes: Callable[..., PluginTable]) -> None:
    with pytest.raises(HostError, match="does not offer the context OfxImageEffectContextPaint"):
        probes()["org.trimatte.probe.copy"].create("paint")
    with pytest.raises(HostError, match="no context 'paper'; there are filter"):
        probes()["org.trimatte.probe.copy"].create("paper")


def test_load_describe_and_unload_may_be_repeated(
    own_bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "log.txt"
    monkeypatch.setenv("TRIMATTE_PROBE_LOG", str(log))
    plugin = Host([own_bundle]).plugins()["org.trimatte.probe.log"]
    for _ in range(3):
        plugin.load()
        plugin.load()
        plugin.describe()
        plugin.unload()
    assert log.read_text().split() == ["OfxActionLoad", "OfxActionDescribe", "OfxActionUnload"] * 3


def test_an_effect_with_instances_is_not_unloaded(probes: Callable[..., PluginTable]) -> None:
    plugin = probes()["org.trimatte.probe.copy"]
    with plugin.create(), pytest.raises(HostError, match="1 instances live; close them first"):
        plugin.unload()
    plugin.unload()
    assert plugin.label == "Copy"  # loaded again


def test_two_hosts_share_one_load_and_the_last_one_unloads(
    own_bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "log.txt"
    monkeypatch.setenv("TRIMATTE_PROBE_LOG", str(log))
    first, second = (Host([own_bundle]).plugins()["org.trimatte.probe.log"] for _ in range(2))
    first.load()
    second.load()
    first.unload()
    assert "OfxActionUnload" not in log.read_text()
    assert second.label == "Log"
    second.unload()
    assert log.read_text().count("OfxActionUnload") == 1


def forget(effect: Effect, fraction: float, label: str) -> None:
    """Take progress and do nothing with it."""


def test_a_forgotten_instance_is_destroyed_and_its_plugin_unloaded(
    own_bundle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = tmp_path / "log.txt"
    monkeypatch.setenv("TRIMATTE_PROBE_LOG", str(log))
    effect = Host([own_bundle]).plugins()["org.trimatte.probe.log"].create()
    effect.on_progress = partial(forget, effect)  # a cycle that Python's collector must break
    del effect
    gc.collect()
    assert log.read_text().split()[-2:] == ["OfxActionDestroyInstance", "OfxActionUnload"]


def test_a_missing_suite_is_the_effects_refusal(probes: Callable[..., PluginTable]) -> None:
    plugin = probes(hidden_suites=("OfxParameterSuite",))["org.trimatte.probe.copy"]
    with pytest.raises(PluginRefusedError, match="OfxActionLoad answered kOfxStatErrMissingHostFeature") as caught:
        plugin.load()
    assert (caught.value.action, caught.value.status) == ("OfxActionLoad", 4)
