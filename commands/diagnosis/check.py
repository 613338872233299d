"""One finding, and the loop that collects them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How a part is."""

    OK = "ok"
    NOTE = "note"
    """It works, and the user may want to know."""
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Check:
    """One finding."""

    subject: str
    name: str
    state: State
    detail: str
    """What was found; for a broken part also what to do."""


def run_checks(checks: Iterable[Callable[[], list[Check]]]) -> list[Check]:
    """Run every check; one that fails itself is a finding, not the end of the others."""
    findings: list[Check] = []
    for check in checks:
        subject = check.__name__.removeprefix("check_").replace("_", " ")
        try:
            findings += check()
        except Exception as error:  # noqa: BLE001  (a broken installation may fail in any way; all of it is reported)
            findings.append(Check(subject, subject, State.BROKEN, f"{type(error).__name__}: {error}"))
    return findings
