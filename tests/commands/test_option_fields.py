"""Dataclasses become options: their types, defaults and docstrings, and what cannot be one is refused."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest
import typer
from typer.testing import CliRunner

from trimatte.commands.option_fields import field_help, parameters_of, with_parameters


@dataclass(frozen=True, slots=True, kw_only=True)
class _Base:
    folder: Path
    """Where it lies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wide(_Base):
    seg_cd: int = field(default=20, metadata={"flags": ("-c",)})
    """Iterations between two
    phases."""
    kind: Literal["a", "b"] = "a"
    """Which ``kind``."""
    sizes: tuple[int, ...] = (3, 4)
    """Sizes, in pixels."""
    rate: float | None = None
    """Rate."""
    is_fast: bool = False
    """Fast."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Other:
    seed: int = 1
    """Of the draws."""


@pytest.fixture
def run() -> Callable[..., tuple[Any, Any, str]]:
    def run(*arguments: str) -> tuple[Any, Any, str]:
        seen: list[Any] = []
        app = typer.Typer(add_completion=False)
        app.command()(with_parameters(lambda first, second: seen.extend([first, second]), _Wide, _Other))
        result = CliRunner().invoke(app, list(arguments), env={"COLUMNS": "160"})
        return (*(seen or [None, None]), result.output)

    return run


def test_defaults_are_those_of_the_dataclass(run: Callable[..., tuple[Any, Any, str]], tmp_path: Path) -> None:
    assert run("--folder", str(tmp_path))[:2] == (_Wide(folder=tmp_path), _Other())


def test_every_type_and_every_spelling_arrives(run: Callable[..., tuple[Any, Any, str]], tmp_path: Path) -> None:
    given = ["--folder", str(tmp_path), "--seg_cd", "7", "--kind", "b", "--sizes", "1", "--sizes", "2"]
    first, second, _ = run(*given, "--rate", "0.5", "--is-fast", "--seed", "9")
    assert first == _Wide(folder=tmp_path, seg_cd=7, kind="b", sizes=(1, 2), rate=0.5, is_fast=True)
    assert second == _Other(seed=9)
    assert run("--folder", str(tmp_path), "-c", "8")[0].seg_cd == 8
    assert run("--folder", str(tmp_path), "--seg-cd", "9", "--no-is-fast")[0].seg_cd == 9


def test_docstrings_are_the_help(run: Callable[..., tuple[Any, Any, str]]) -> None:
    assert field_help(_Wide)["seg_cd"] == "Iterations between two phases."
    page = run("--help")[2]
    for text in ("Where it lies.", "Iterations between two phases.", "Which kind.", "Of the draws."):
        assert text in page, page


@pytest.mark.parametrize(("given", "message"), [((), "Missing option"), (("--kind", "c"), "'c' is not one of")])
def test_what_is_missing_or_wrong_is_said(
    run: Callable[..., tuple[Any, Any, str]], tmp_path: Path, given: tuple[str, ...], message: str
) -> None:
    more = ("--folder", str(tmp_path)) if given else ()
    assert message in run(*given, *more)[2]


def test_a_type_no_option_can_have_is_refused() -> None:
    @dataclass(frozen=True)
    class Odd:
        table: dict[str, int]

    with pytest.raises(TypeError, match="the field table"):
        parameters_of(Odd)
