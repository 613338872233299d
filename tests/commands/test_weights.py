"""``trimatte weights``: what a user sees, and exit code 2 with one line for everything bad."""

import importlib.util
import io
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch

from trimatte.cli import main
from trimatte.core import create_network
from trimatte.core.weights_store import WeightsStore, published


def load_server() -> ModuleType:
    path = Path(__file__).parents[1] / "core" / "weights_store" / "bad_server.py"
    spec = importlib.util.spec_from_file_location("bad_server", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


server = load_server()


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WeightsStore:
    monkeypatch.setenv("TRIMATTE_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    return WeightsStore()


@pytest.fixture
def official(tmp_path: Path) -> Path:
    """FUNet's weights under their official name."""
    path = tmp_path / "CP_epoch7.pth"
    torch.save(create_network("flow_unet").state_dict(), path)
    return path


@pytest.fixture
def publish(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    """Put FUNet's weights on a server of this machine, as if their authors had."""
    running = []

    def start(data: bytes, *steps: Callable[[Any], None], **facts: object) -> Any:
        context = server.serving(data, *steps)
        script = context.__enter__()
        running.append(context)
        file = replace(published.PUBLISHED["flow_unet"], address=script.address, **facts)
        monkeypatch.setitem(published.PUBLISHED, "flow_unet", file)
        return script

    yield start
    for context in running:
        context.__exit__(None, None, None)


def run(*arguments: object) -> int:
    with pytest.raises(SystemExit) as left:
        main(["weights", *map(str, arguments)])
    assert isinstance(left.value.code, int)
    return left.value.code


def test_an_official_file_is_imported_listed_and_verified(official: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("import", official) == 0
    shown = capsys.readouterr()
    assert shown.out.startswith("flow_unet: flow_unet, SHA-256 ")
    assert "26 entries fit flow_unet" in shown.err
    assert run("list") == 0
    rows = {line.split()[0]: line for line in capsys.readouterr().out.splitlines()}
    assert "CP_epoch7.pth" in rows["flow_unet"]
    assert "trimatte weights fetch rvm_mobilenetv3" in rows["rvm_mobilenetv3"]
    assert run("verify", "flow_unet") == 0
    assert capsys.readouterr().out == "flow_unet: ok, 26 entries fit flow_unet\n"


def test_damage_ends_verify_with_code_2(
    official: Path, store: WeightsStore, capsys: pytest.CaptureFixture[str]
) -> None:
    run("import", official)
    path = store.find("flow_unet").path
    path.write_bytes(path.read_bytes()[:-1])
    capsys.readouterr()
    assert run("verify", "flow_unet", "nothing") == 2
    shown = capsys.readouterr()
    assert "flow_unet: BAD" in shown.out
    assert "nothing: BAD" in shown.out
    assert shown.err == "error: 2 of 2 weights are bad.\n"


class Malice:
    def __reduce__(self) -> tuple[object, ...]:
        return (os.mkdir, ("harmed",))


def test_bad_files_are_refused_in_one_line_and_leave_nothing(
    official: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    half, code, text = tmp_path / "half.pth", tmp_path / "code.pth", tmp_path / "text.safetensors"
    half.write_bytes(official.read_bytes()[:100_000])
    torch.save({"state_dict": Malice()}, code)
    text.write_text("not weights")
    cases = [
        ([half], "half.pth: not a readable weight file"),
        ([code], "it holds code (posix.mkdir), and code from a weight file is never run"),
        ([text], "text.safetensors: not a readable weight file"),
        ([tmp_path / "none.pth"], "none.pth: no such weight file"),
        ([official, "--network", "dvm"], "does not fit dvm: 497 missing: "),
        ([official, "--network", "unet"], "no network is called 'unet'"),
        ([official, "--name", "../x"], "'../x' cannot name weights"),
    ]
    for arguments, message in cases:
        assert run("import", *arguments) == 2
        shown = capsys.readouterr().err
        assert message in shown
        assert shown.count("\n") == 1, shown
    assert not (tmp_path / "data").exists()
    assert not (tmp_path / "harmed").exists()


def test_the_full_report_names_every_entry(official: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("import", official, "--network", "pwcnet", "--full-report") == 2
    shown = capsys.readouterr().err
    assert shown.count("missing: net") >= 126
    assert "unexpected: unet.down_path.0.block.0.weight" in shown


def test_fetch_shows_the_licence_resumes_and_imports(
    official: Path, publish: Callable[..., Any], store: WeightsStore, capsys: pytest.CaptureFixture[str]
) -> None:
    data = official.read_bytes()
    script = publish(data, partial(server.whole, until=200_000), server.whole)
    assert run("fetch", "flow_unet", "--yes") == 0
    assert script.requests[1]["range"] == "bytes=200000-"
    shown = capsys.readouterr()
    assert "licence  MIT says the README" in shown.err
    assert store.find("flow_unet").record["source"] == script.address
    assert store.verify("flow_unet").is_exact
    assert not list((store.folder.parent / "downloads").glob("[!.]*"))


class Terminal(io.StringIO):
    """A user who typed."""

    def isatty(self) -> bool:
        return True


def test_fetch_asks_and_takes_no_for_an_answer(
    official: Path, publish: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    script = publish(official.read_bytes())
    assert run("fetch", "flow_unet") == 2  # nobody to ask
    assert "run the command again with --yes" in capsys.readouterr().err
    monkeypatch.setattr("sys.stdin", Terminal("n\n"))
    assert run("fetch", "flow_unet") == 1
    assert "Fetch them on these terms?" in capsys.readouterr().err
    assert script.requests == []
    monkeypatch.setattr("sys.stdin", Terminal("y\n"))
    assert run("fetch", "flow_unet") == 0
    assert len(script.requests) == 1


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        ({"sha256": "0" * 64}, "is not the file its authors published"),
        ({"size": 5}, "the authors published 5"),
        ({"network": "dvm"}, "what came was dropped: "),
    ],
)
def test_fetch_keeps_nothing_of_a_wrong_file(
    official: Path,
    publish: Callable[..., Any],
    store: WeightsStore,
    capsys: pytest.CaptureFixture[str],
    facts: dict[str, object],
    message: str,
) -> None:
    publish(official.read_bytes(), **facts)
    assert run("fetch", "flow_unet", "--yes") == 2
    assert message in capsys.readouterr().err
    assert store.names() == []
    assert not list((store.folder.parent / "downloads").glob("[!.]*"))


def test_fetch_says_where_to_go_when_no_program_can(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("fetch", "dvm") == 2
    assert "from https://drive.google.com/drive/folders/" in capsys.readouterr().err
    assert run("fetch", "nonsense") == 2
    assert "no published weights are called 'nonsense'" in capsys.readouterr().err
