"""Windows live as long as the user wants, whatever version of PySide6 is here."""

import subprocess
import sys
import textwrap

import pytest


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is not counted from Python 3.12 on")
def test_calls_without_a_result_do_not_end_the_process() -> None:
    code = """
        import trimatte.plugin.painter
        from PySide6.QtCore import QObject

        thing = QObject()
        for _ in range(300_000):
            thing.setObjectName("x")
        print("alive")
    """
    ran = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=False, timeout=60
    )
    assert (ran.returncode, ran.stdout.strip()) == (0, "alive"), ran.stderr
