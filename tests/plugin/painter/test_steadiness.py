"""What is loaded and set before the window: nothing of it is left to the first stroke."""

import subprocess
import sys
import textwrap
import threading
from collections.abc import Callable


def test_the_first_band_hair_and_foreground_load_no_module() -> None:
    code = """
        import gc, sys, threading
        import numpy as np
        from trimatte.core.sessions import FrameResult
        from trimatte.plugin.painter import app  # what the program has by then
        from trimatte.plugin.painter.document.band import band_from_edge, widen_at_hair
        from trimatte.plugin.painter.painter_views import Backdrop, PainterView, draw_view
        from trimatte.plugin.painter.steadiness import load_operators, steady_the_process

        steady_the_process()
        assert gc.get_freeze_count() > 100_000 and sys.getswitchinterval() < 0.002
        thread = threading.Thread(target=load_operators)  # as while a clip opens
        thread.start()
        thread.join()
        there = set(sys.modules)
        picture = np.random.default_rng(1).integers(0, 255, (90, 160, 3), dtype=np.uint8)
        trimap = np.zeros((90, 160), np.uint8)
        trimap[30:60, 40:100] = 255
        trimap = widen_at_hair(band_from_edge(trimap, 9), picture, 12)
        result = FrameResult(1, trimap / np.float32(255), trimap, 0.5)
        for view in PainterView:
            if view is not PainterView.SOURCE:
                draw_view(view, picture / np.float32(255), result, Backdrop())
        print(*sorted(set(sys.modules) - there), sep="\\n")
    """
    ran = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=False, timeout=240
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.split() == []


def test_cycles_are_collected_on_the_thread_of_the_window(wait_for: Callable[..., None]) -> None:
    """Objects of Qt may be destroyed there only."""
    died: list[int] = []

    class Knot:
        def __init__(self) -> None:
            self.itself = self

        def __del__(self) -> None:
            died.append(threading.get_ident())

    kept: list[list[None]] = []
    thread = threading.Thread(target=lambda: kept.extend([None] for _ in range(100_000)))
    Knot()
    thread.start()
    thread.join()
    assert died == []
    wait_for(lambda: died)
    assert died == [threading.get_ident()]
