from pathlib import Path

import pytest

from trimatte.commands.install_plugin import app
from trimatte.plugin import PluginInstallError, bundle_path, install_plugin, uninstall_plugin


@pytest.fixture(autouse=True)
def _user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("OFX_PLUGIN_PATH", raising=False)


def test_the_bundle_is_whole() -> None:
    contents = bundle_path() / "Contents"
    assert (contents / "Linux-x86-64" / "Trimatte.ofx").stat().st_size > 0
    assert (contents / "Info.plist").is_file()
    assert (contents / "Resources" / "org.trimatte.Trimatte.png").is_file()


def test_installing_links_the_bundle_and_names_the_missing_path(tmp_path: Path) -> None:
    report = install_plugin()
    assert report.location == tmp_path / "data" / "OFX" / "Plugins" / "Trimatte.ofx.bundle"
    assert report.location.resolve() == bundle_path().resolve()
    assert not report.on_path
    assert f'export OFX_PLUGIN_PATH="{report.location.parent}' in report.export_line


def test_installing_twice_is_installing_once(monkeypatch: pytest.MonkeyPatch) -> None:
    folder = install_plugin().location.parent
    monkeypatch.setenv("OFX_PLUGIN_PATH", f"/elsewhere:{folder}")
    assert install_plugin().on_path
    assert uninstall_plugin() == folder / "Trimatte.ofx.bundle"
    assert uninstall_plugin() is None


def test_what_is_no_bundle_is_left_alone(tmp_path: Path) -> None:
    place = tmp_path / "data" / "OFX" / "Plugins" / "Trimatte.ofx.bundle"
    place.mkdir(parents=True)
    (place / "mine.txt").write_text("keep me")
    for action in (install_plugin, uninstall_plugin):
        with pytest.raises(PluginInstallError, match="is in the way"):
            action()
    assert (place / "mine.txt").exists()


def test_a_folder_that_cannot_be_made_gives_advice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "file"))
    with pytest.raises(PluginInstallError, match="choose a writable folder through XDG_DATA_HOME"):
        install_plugin()


def test_the_command_says_where(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    app([], standalone_mode=False)
    said = capsys.readouterr().err
    assert str(tmp_path / "data" / "OFX" / "Plugins" / "Trimatte.ofx.bundle") in said
    assert "export OFX_PLUGIN_PATH" in said
    app(["--uninstall"], standalone_mode=False)
    assert "removed" in capsys.readouterr().err


def test_for_every_user_is_where_every_host_looks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trimatte.plugin.install.SYSTEM_FOLDER", tmp_path / "usr" / "OFX" / "Plugins")
    report = install_plugin(system=True)
    assert report.on_path
    assert report.location.parent == tmp_path / "usr" / "OFX" / "Plugins"
    assert uninstall_plugin(system=True) == report.location
