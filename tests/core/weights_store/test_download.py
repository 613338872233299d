"""Downloads from a server that cuts, stalls and lies end whole or not at all."""

import hashlib
import http.server
import importlib.util
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from trimatte.core.weights_store import download as download_module
from trimatte.core.weights_store.download import DownloadError, DownloadOptions, download

DATA = np.random.default_rng(5).bytes(300_000)
HASTY = DownloadOptions(timeout_seconds=0.3, attempts=3, wait_seconds=0.01)


def load_server() -> ModuleType:
    spec = importlib.util.spec_from_file_location("bad_server", Path(__file__).with_name("bad_server.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


server = load_server()
whole: Callable[..., None] = server.whole


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.endswith(".lock"))


def failure(address: str, target: Path, options: DownloadOptions) -> str:
    """Download in vain; return why."""
    with pytest.raises(DownloadError) as caught:
        download(address, target, options=options)
    return str(caught.value)


def answer(status: int, *headers: tuple[str, object], body: bytes = b"") -> Callable[[Any], None]:
    def step(handler: Any) -> None:
        handler.head(status, *headers)
        handler.wfile.write(body)

    return step


def test_a_whole_file_arrives_and_progress_is_told(tmp_path: Path) -> None:
    told: list[tuple[int, int | None]] = []
    with server.serving(DATA) as script:
        path = download(script.address, tmp_path / "deep" / "w.pth", advance=lambda *at: told.append(at))
    assert path.read_bytes() == DATA
    assert files(path.parent) == ["w.pth"]
    assert told[0] == (0, len(DATA))
    assert told[-1] == (len(DATA), len(DATA))
    assert script.requests[0]["accept-encoding"] == "identity"


def test_cuts_are_resumed_where_they_happened(tmp_path: Path) -> None:
    steps = [partial(whole, until=100_000), partial(whole, until=150_000), whole]
    with server.serving(DATA, *steps) as script:
        download(script.address, tmp_path / "w.pth", options=HASTY)
    assert (tmp_path / "w.pth").read_bytes() == DATA
    assert [request.get("range") for request in script.requests] == [None, "bytes=100000-", "bytes=150000-"]
    assert [request.get("if-range") for request in script.requests] == [None, '"one"', '"one"']


def test_a_stall_is_left_and_resumed(tmp_path: Path) -> None:
    with server.serving(DATA, partial(whole, until=70_000, stall=True), whole) as script:
        download(script.address, tmp_path / "w.pth", options=HASTY)
    assert (tmp_path / "w.pth").read_bytes() == DATA
    assert script.requests[1]["range"] == "bytes=70000-"


def test_another_run_goes_on_where_the_first_gave_up(tmp_path: Path) -> None:
    empty = answer(503, ("Content-Length", 0))
    with server.serving(DATA, partial(whole, until=80_000), empty, empty, empty, whole) as script:
        with pytest.raises(
            DownloadError, match=r"503 Service Unavailable.*80000 bytes are kept, run the command again"
        ):
            download(script.address, tmp_path / "w.pth", options=HASTY)
        assert files(tmp_path) == ["w.pth.part", "w.pth.part.json"]
        download(script.address, tmp_path / "w.pth", options=HASTY)
    assert script.requests[-1]["range"] == "bytes=80000-"
    assert (tmp_path / "w.pth").read_bytes() == DATA
    assert files(tmp_path) == ["w.pth"]


def test_a_file_that_changed_meanwhile_starts_anew(tmp_path: Path) -> None:
    with server.serving(DATA, partial(whole, until=80_000), partial(whole, tag='"two"')) as script:
        download(script.address, tmp_path / "w.pth", options=HASTY)
    assert (tmp_path / "w.pth").read_bytes() == DATA


def test_a_part_of_another_address_is_not_used(tmp_path: Path) -> None:
    with server.serving(b"x" * 100_000, partial(whole, until=60_000)) as first:
        assert failure(first.address, tmp_path / "w.pth", options=DownloadOptions(attempts=1))
    with server.serving(DATA) as second:
        download(second.address, tmp_path / "w.pth", options=HASTY)
    assert "range" not in second.requests[0]
    assert (tmp_path / "w.pth").read_bytes() == DATA


def lie_about_the_range(handler: Any) -> None:
    body = DATA[:1000]
    handler.head(206, ("Content-Length", len(body)), ("Content-Range", f"bytes 0-999/{len(DATA)}"), ("ETag", '"one"'))
    handler.wfile.write(body)


def ignore_the_range(handler: Any) -> None:
    handler.head(200, ("Content-Length", len(DATA)), ("ETag", '"one"'))
    handler.wfile.write(DATA)


@pytest.mark.parametrize("lie", [lie_about_the_range, ignore_the_range, answer(416, ("Content-Length", 0))])
def test_a_server_that_lies_about_ranges_costs_only_time(tmp_path: Path, lie: Callable[[Any], None]) -> None:
    with server.serving(DATA, partial(whole, until=80_000), lie, whole) as script:
        download(script.address, tmp_path / "w.pth", options=HASTY)
    assert (tmp_path / "w.pth").read_bytes() == DATA


@pytest.mark.parametrize(
    ("steps", "size", "message"),
    [
        ([answer(404, ("Content-Length", 0))], None, "the server says 404 Not Found; fetch the file by hand"),
        ([answer(200, ("Content-Type", "text/html"), body=b"<html>")], None, "sent text/html .*, not a weight file"),
        ([answer(200, ("Content-Encoding", "gzip"), body=b"?")], None, r"\(gzip\), not a weight file"),
        ([whole], 200_000, "the server has 300000 bytes, the authors published 200000"),
        ([answer(200, ("Content-Length", 9 << 40))], None, "too many for weights"),
        ([answer(200, body=DATA)], 200_000, "more bytes than it announced"),
        ([answer(302, ("Location", "ftp://elsewhere/w.pth"))], None, "leads to ftp://elsewhere/w.pth, not to http"),
    ],
)
def test_wrong_answers_are_refused_and_nothing_stays(
    tmp_path: Path, steps: list[Callable[[Any], None]], size: int | None, message: str
) -> None:
    with server.serving(DATA, *steps) as script, pytest.raises(DownloadError, match=message):
        download(script.address, tmp_path / "w.pth", size=size, options=HASTY)
    assert files(tmp_path) == []
    assert len(script.requests) == 1


def test_an_endless_answer_is_stopped(tmp_path: Path) -> None:
    limit = DownloadOptions(largest_bytes=100_000, attempts=1)
    with (
        server.serving(DATA, answer(200, body=DATA)) as script,
        pytest.raises(DownloadError, match="more bytes than it announced"),
    ):
        download(script.address, tmp_path / "w.pth", options=limit)
    assert files(tmp_path) == []


def test_the_digest_decides(tmp_path: Path) -> None:
    right = hashlib.sha256(DATA).hexdigest()
    with server.serving(DATA) as script:
        with pytest.raises(DownloadError, match="is not the file its authors published"):
            download(script.address, tmp_path / "w.pth", sha256="0" * 64, options=HASTY)
        assert files(tmp_path) == []
        assert download(script.address, tmp_path / "w.pth", sha256=right.upper()).read_bytes() == DATA


def test_nobody_listening_is_said_in_one_line(tmp_path: Path) -> None:
    with server.serving(DATA) as script:
        pass
    with pytest.raises(DownloadError, match=r"given up after several attempts .*refused.*0 bytes are kept"):
        download(script.address, tmp_path / "w.pth", options=HASTY)
    with pytest.raises(DownloadError, match="expected an address that starts with https://"):
        download("file:///etc/passwd", tmp_path / "w.pth")


def test_two_runs_do_not_write_one_file(tmp_path: Path) -> None:
    with server.serving(DATA, partial(whole, until=10_000, stall=True)) as script:
        patient = DownloadOptions(timeout_seconds=5, attempts=1)
        first = threading.Thread(target=failure, args=(script.address, tmp_path / "w.pth"), kwargs={"options": patient})
        first.start()
        while not (tmp_path / "w.pth.part").exists():
            pass
        with pytest.raises(DownloadError, match="is being fetched by another run"):
            download(script.address, tmp_path / "w.pth", options=HASTY)
        script.release.set()
        first.join()


def test_a_proxy_of_the_environment_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with server.serving(DATA) as proxy:
        monkeypatch.setenv("http_proxy", proxy.address.rsplit("/", 1)[0])
        download("http://weights.invalid/rvm.pth", tmp_path / "w.pth", options=HASTY)
        assert proxy.requests[0]["path"] == "http://weights.invalid/rvm.pth"
        assert proxy.requests[0]["host"] == "weights.invalid"
    assert (tmp_path / "w.pth").read_bytes() == DATA


def test_no_redirect_leads_from_https_to_http() -> None:
    handler = download_module._SafeRedirects()
    request = download_module.urllib.request.Request("https://safe/w.pth", headers={"Range": "bytes=5-"})
    headers = http.server.http.client.HTTPMessage()
    with pytest.raises(DownloadError, match=r"leads to http://unsafe/w\.pth, not to https"):
        handler.redirect_request(request, None, 302, "Found", headers, "http://unsafe/w.pth")  # type: ignore[arg-type]
    kept = handler.redirect_request(request, None, 302, "Found", headers, "https://other/w.pth")  # type: ignore[arg-type]
    assert kept is not None
    assert kept.get_header("Range") == "bytes=5-"
