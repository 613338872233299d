import shutil
from pathlib import Path

import pytest

from trimatte.host_bridge.bundles import architecture, default_search_paths, find_bundles


def make_bundle(folder: Path, name: str, *, arch: str | None = None, library: str | None = None) -> Path:
    bundle = folder / f"{name}.ofx.bundle"
    inside = bundle / "Contents" / (arch or architecture())
    inside.mkdir(parents=True)
    (inside / (library or f"{name}.ofx")).touch()
    return bundle


def test_bundles_are_found_in_subfolders_and_in_order(tmp_path: Path) -> None:
    second = make_bundle(tmp_path / "b" / "deep", "Second")
    first = make_bundle(tmp_path / "a", "First")
    bundles, problems = find_bundles([tmp_path])
    assert [bundle.path for bundle in bundles] == [first, second]
    assert bundles[0].library == first / "Contents" / architecture() / "First.ofx"
    assert problems == []


def test_a_bundle_behind_a_symbolic_link_is_found_once(tmp_path: Path) -> None:
    real = make_bundle(tmp_path / "elsewhere", "Effect")
    (tmp_path / "path").mkdir()
    (tmp_path / "path" / "Renamed.ofx.bundle").symlink_to(real)
    (tmp_path / "path" / "Again.ofx.bundle").symlink_to(real)
    bundles, problems = find_bundles([tmp_path / "path"])
    assert [bundle.path.name for bundle in bundles] == ["Again.ofx.bundle"]
    assert bundles[0].library.name == "Effect.ofx"
    assert problems == []


def test_a_bundle_for_another_machine_is_skipped_with_a_line(tmp_path: Path) -> None:
    bundle = make_bundle(tmp_path, "Foreign", arch="Win64")
    bundles, problems = find_bundles([tmp_path])
    assert bundles == []
    assert str(problems[0]) == f"{bundle}: has no library for {architecture()}; it holds Win64"


def test_a_library_must_be_named_like_its_bundle(tmp_path: Path) -> None:
    make_bundle(tmp_path, "Effect", library="Other.ofx")
    _, problems = find_bundles([tmp_path])
    assert "must be named like its bundle" in str(problems[0])


def test_folders_that_start_with_an_at_sign_are_skipped(tmp_path: Path) -> None:
    make_bundle(tmp_path / "@old", "Effect")
    bundles, problems = find_bundles([tmp_path])
    assert bundles == []
    assert "@old: skipped" in str(problems[0])


def test_links_in_a_circle_end(tmp_path: Path) -> None:
    bundle = make_bundle(tmp_path, "Effect")
    (tmp_path / "up").symlink_to(tmp_path)
    (tmp_path / "self").symlink_to(tmp_path / "self")
    bundles, problems = find_bundles([tmp_path])
    assert [found.path for found in bundles] == [bundle]
    assert sorted(problem.path.name for problem in problems) == ["self", "up"]


def test_a_search_path_that_does_not_exist_is_told(tmp_path: Path) -> None:
    _, problems = find_bundles([tmp_path / "missing"])
    assert "no such folder" in str(problems[0])


def test_the_variable_comes_before_the_folder_of_the_standard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OFX_PLUGIN_PATH", "/one::/two")
    assert default_search_paths() == [Path("/one"), Path("/two"), Path("/usr/OFX/Plugins")]


def test_a_bundle_may_stand_on_the_search_path_itself(tmp_path: Path, probe_folder: Path) -> None:
    copied = shutil.copytree(probe_folder / "Probes.ofx.bundle", tmp_path / "Probes.ofx.bundle")
    bundles, _ = find_bundles([copied])
    assert [bundle.path for bundle in bundles] == [copied]
