"""Bring one file from a web address: resumed after a cut, checked, and under its name only when it is whole."""

import http.client
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from ... import __version__
from .partial_file import DownloadError, PartialFile, writing

__all__ = ["DownloadError", "DownloadOptions", "download"]

_BLOCK = 1 << 16
_MOST_ATTEMPTS = 100  # even when each brings a little
_RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadOptions:
    """Patience and limits of :func:`download`."""

    timeout_seconds: float = 30
    """How long a server may stay silent before it counts as stalled."""
    attempts: int = 5
    """Times in a row that nothing new may arrive."""
    wait_seconds: float = 1
    """Pause before the second attempt; it doubles with each one."""
    largest_bytes: int = 4 << 30
    """No weight file is larger; an endless answer stops here."""


@dataclass(frozen=True, slots=True)
class _Expected:
    """What the finished file must be, where it is known."""

    size: int | None
    sha256: str | None


class _RetryError(Exception):
    """An attempt that may go better the next time."""


class _SafeRedirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects within the web, but never from https to http."""

    def redirect_request(  # noqa: PLR0917  (the order of the base class)
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        """Refuse to leave the web, or to lose the encryption on the way."""
        allowed = ("https",) if urlsplit(req.full_url).scheme == "https" else ("http", "https")
        if urlsplit(newurl).scheme not in allowed:
            raise DownloadError(f"{req.full_url}: leads to {newurl}, not to {allowed[0]}; nothing was fetched.")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def download(
    address: str,
    target: Path,
    *,
    size: int | None = None,
    sha256: str | None = None,
    options: DownloadOptions | None = None,
    advance: Callable[[int, int | None], None] | None = None,
) -> Path:
    """Fetch ``address`` into ``target``; proxies are those of the environment (``https_proxy``, ``no_proxy``).

    What arrived stays beside the target as ``NAME.part`` when the connection ends early; the next attempt, now or
    in another run, asks for the rest, provided the server says that the file is still the same.

    Args:
        address: http or https.
        target: the file; its folder is made.
        size: bytes it must have; ``None``: as the server says.
        sha256: digest it must have; ``None``: not known.
        options: patience and limits.
        advance: told bytes so far and, where known, all bytes.

    Returns:
        ``target``.

    Raises:
        DownloadError: refused, not there, another file than expected, or given up after several attempts.
    """
    options = options or DownloadOptions()
    if urlsplit(address).scheme not in ("http", "https"):
        raise DownloadError(f"{address}: expected an address that starts with https:// or http://.")
    part = PartialFile(target)
    expected = _Expected(size, sha256)
    with part.locked():
        failures, reason = 0, ""
        for _ in range(_MOST_ATTEMPTS):
            if failures >= options.attempts:
                break
            if failures:
                time.sleep(options.wait_seconds * 2 ** (failures - 1))
            before = part.size
            try:
                _attempt(address, part, expected, options, advance or (lambda _received, _all: None))
                return part.finish(address, expected.sha256)
            except _RetryError as error:
                reason = str(error)
            failures = 1 if part.size > before else failures + 1
        raise DownloadError(
            f"{address}: given up after several attempts ({reason}); "
            f"{part.size} bytes are kept, run the command again to go on."
        )


def _attempt(
    address: str,
    part: PartialFile,
    expected: _Expected,
    options: DownloadOptions,
    advance: Callable[[int, int | None], None],
) -> None:
    """Ask once and take what comes; returns when the file is whole."""
    note = part.note()
    validator = note.get("validator") if note.get("address") == address else None
    if not validator and not (expected.sha256 and note.get("address") == address):
        part.drop()  # nothing would tell whether the rest belongs to it
    if part.size and part.size == note.get("total"):
        return
    headers = {"User-Agent": f"trimatte/{__version__}", "Accept-Encoding": "identity"}
    if part.size:
        headers["Range"] = f"bytes={part.size}-"
        headers |= {"If-Range": validator} if validator else {}
    with _answer(urllib.request.Request(address, headers=headers), part, options) as answer:
        total = _begin(address, answer, part, expected)
        _check_total(address, total, part, expected, options)
        _receive(address, answer, part, total, options, advance)
    if total is not None and part.size < total:
        raise _RetryError(f"the connection ended after {part.size} of {total} bytes")


def _answer(request: urllib.request.Request, part: PartialFile, options: DownloadOptions) -> http.client.HTTPResponse:
    """Send the request; errors that may pass become :class:`_RetryError`."""
    opener = urllib.request.build_opener(_SafeRedirects)
    address = request.full_url
    try:
        answer: http.client.HTTPResponse = opener.open(request, timeout=options.timeout_seconds)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == 416:  # the server's file is shorter than the part: another file
            part.drop()
            raise _RetryError("the file changed on the server") from error
        if error.code in _RETRIED:
            raise _RetryError(f"the server says {error.code} {error.reason}") from error
        raise DownloadError(
            f"{address}: the server says {error.code} {error.reason}; fetch the file by hand and import it."
        ) from error
    except (OSError, http.client.HTTPException) as error:
        raise _RetryError(_reason(error)) from error
    return answer


def _begin(address: str, answer: http.client.HTTPResponse, part: PartialFile, expected: _Expected) -> int | None:
    """Read the head of an answer; make ready to append to the part, or begin anew. Return all bytes, if known."""
    kind = answer.headers.get_content_type()
    encoding = answer.headers.get("Content-Encoding", "identity")
    if kind in ("text/html", "application/xhtml+xml") or encoding != "identity":
        raise DownloadError(
            f"{address}: the server sent {kind} ({encoding}), not a weight file; fetch it by hand and import it."
        )
    length = answer.headers.get("Content-Length", "")
    if answer.status != 206:
        total = int(length) if length.isdecimal() else expected.size
        part.start(address, _validator(answer.headers), total)
        return total
    found = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+)", answer.headers.get("Content-Range", ""))
    if found is None or int(found[1]) != part.size or part.note().get("total") not in (None, int(found[3])):
        part.drop()
        raise _RetryError("the server sent another range than asked for")
    return int(found[3])


def _check_total(
    address: str, total: int | None, part: PartialFile, expected: _Expected, options: DownloadOptions
) -> None:
    """Refuse at once what cannot be the file."""
    if total is not None and expected.size is not None and total != expected.size:
        part.drop()
        raise DownloadError(f"{address}: the server has {total} bytes, the authors published {expected.size}.")
    if total is not None and total > options.largest_bytes:
        part.drop()
        raise DownloadError(f"{address}: {total} bytes are too many for weights (limit {options.largest_bytes}).")


def _receive(  # noqa: PLR0917
    address: str,
    answer: http.client.HTTPResponse,
    part: PartialFile,
    total: int | None,
    options: DownloadOptions,
    advance: Callable[[int, int | None], None],
) -> None:
    """Append what arrives to the part."""
    received = part.size
    with writing(part.path), part.path.open("ab") as file:
        while True:
            advance(received, total)
            try:
                block = answer.read1(_BLOCK)
            except (OSError, http.client.HTTPException) as error:
                raise _RetryError(_reason(error)) from error
            if not block:
                return
            received += len(block)
            if received > (options.largest_bytes if total is None else total):
                file.close()
                part.drop()
                raise DownloadError(f"{address}: the server sends more bytes than it announced; nothing was kept.")
            file.write(block)


def _validator(headers: Message) -> str | None:
    """Return what tells this version of the file from another: a strong ETag, else the time of its last change."""
    tag: str = headers.get("ETag", "")
    return tag if tag.startswith('"') else headers.get("Last-Modified")


def _reason(error: Exception) -> str:
    """Put a network error into few words."""
    inner = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(inner, TimeoutError):
        return "the server does not answer"
    return str(inner) or type(inner).__name__
