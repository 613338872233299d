from collections.abc import Callable
from pathlib import Path

import pytest

from trimatte.training.datasets.findings import Finding, missing_names, open_each, sizes_differ

Draw = Callable[..., Path]


def test_a_finding_reads_as_place_and_problem() -> None:
    assert str(Finding(Path("a/b.png"), "missing.")) == "a/b.png: missing."


def test_a_name_in_one_folder_only_is_missed_in_the_other() -> None:
    found = list(missing_names(Path("fgr"), Path("pha"), (["a", "b"], ["b", "c"])))
    assert [str(finding) for finding in found] == ["pha/a: missing; fgr/a needs it.", "fgr/c: missing; pha/c needs it."]


def test_a_torn_picture_is_found_whole_ones_are_not(draw: Draw, tmp_path: Path) -> None:
    whole, torn = draw(tmp_path / "whole.jpg", 7), draw(tmp_path / "torn.jpg", 7)
    torn.write_bytes(torn.read_bytes()[:60])
    (finding,) = open_each([whole, torn])
    assert finding.path == torn


@pytest.mark.parametrize(("other", "count"), [((12, 10), 0), ((10, 12), 1)])
def test_pictures_of_a_pair_have_one_size(draw: Draw, tmp_path: Path, other: tuple[int, int], count: int) -> None:
    pair = draw(tmp_path / "a.png", 7), draw(tmp_path / "b.png", 7, size=other)
    found = list(sizes_differ([pair]))
    assert len(found) == count
    assert all("is 10x12" in finding.problem for finding in found)
