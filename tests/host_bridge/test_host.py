import shutil
from pathlib import Path

import pytest

from trimatte.host_bridge import BundleNotFoundError, Host
from trimatte.host_bridge.bundles import architecture


def wrap(library: Path, folder: Path) -> Path:
    """Put a library into a bundle of its name."""
    inside = folder / f"{library.stem}.ofx.bundle" / "Contents" / architecture()
    inside.mkdir(parents=True)
    shutil.copy(library, inside)
    return folder / f"{library.stem}.ofx.bundle"


def test_effects_are_listed_with_the_newest_version_of_each(probe_folder: Path) -> None:
    table = Host([probe_folder]).plugins()
    assert table["org.trimatte.probe.log"].version == (2, 0)
    versions = [plugin.version for plugin in table.every_version if plugin.identifier == "org.trimatte.probe.log"]
    assert versions == [(1, 0), (2, 0)]
    assert "org.trimatte.probe.ramp" in table
    assert len(table) == len({plugin.identifier for plugin in table}) == len(table.every_version) - 1


def test_the_table_prints_one_line_per_effect(probe_folder: Path) -> None:
    table = Host([probe_folder]).plugins()
    lines = str(table).splitlines()
    assert len(lines) == len(table) + 1
    ramp = next(line for line in lines if "probe.ramp" in line)
    assert "1.0" in ramp
    assert "Ramp" in ramp
    assert "generator, general" in ramp


def test_an_unknown_identifier_says_where_it_was_looked_for(probe_folder: Path) -> None:
    with pytest.raises(BundleNotFoundError, match=r"no bundle offers org.nobody; looked in .*probes and found"):
        Host([probe_folder]).plugins()["org.nobody"]


def test_libraries_that_are_no_plugins_are_skipped_with_one_line_each(probe_folder: Path, tmp_path: Path) -> None:
    for name in ("NoExport", "Unresolved"):
        wrap(probe_folder / "broken" / f"{name}.ofx", tmp_path)
    (tmp_path / "Text.ofx.bundle" / "Contents" / architecture()).mkdir(parents=True)
    (tmp_path / "Text.ofx.bundle" / "Contents" / architecture() / "Text.ofx").write_text("no library")
    host = Host([tmp_path])
    assert list(host.plugins()) == []
    no_export, text, unresolved = sorted(map(str, host.errors))
    assert "does not export OfxGetNumberOfPlugins" in no_export
    assert "Text.ofx" in text
    assert "undefined symbol: trimatte_probe_nobody_has_this" in unresolved
    assert all(len(line.splitlines()) == 1 for line in (no_export, text, unresolved))


def test_a_bundle_is_hosted_through_a_symbolic_link(probe_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "Probes.ofx.bundle").symlink_to(probe_folder / "Probes.ofx.bundle")
    plugin = Host([tmp_path]).plugins()["org.trimatte.probe.ramp"]
    assert plugin.label == "Ramp"
    assert plugin.bundle == tmp_path / "Probes.ofx.bundle"


def test_the_search_path_comes_from_the_environment(probe_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OFX_PLUGIN_PATH", str(probe_folder))
    assert "org.trimatte.probe.copy" in Host().plugins()


def test_a_second_search_sees_new_bundles(probe_folder: Path, tmp_path: Path) -> None:
    host = Host([tmp_path])
    assert len(host.plugins()) == 0
    shutil.copytree(probe_folder / "Probes.ofx.bundle", tmp_path / "Probes.ofx.bundle")
    assert len(host.plugins()) == 0
    assert len(host.rescan()) > 0
