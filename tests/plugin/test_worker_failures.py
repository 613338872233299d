"""What a worker does with requests that make no sense, hosts that are slow, and the end of its host."""

import os
import signal
import struct
import time
from typing import Any

import numpy as np
import pytest


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"keyframes": "/nowhere"}, "keyframe folder /nowhere cannot be read"),
        ({"view": 9}, "view is 9; choose one of: Result, Matte"),
        ({"device": "CUDA"}, "cuda"),
        ({"frameOffset": 100}, "keyframe 0 lies outside the clip"),
    ],
)
def test_bad_parameters_fail_with_one_line(
    worker: Any, settings: dict[str, Any], make_plate: Any, change: dict[str, Any], message: str
) -> None:
    import torch

    if change.get("device") == "CUDA" and torch.cuda.is_available():
        pytest.skip("this machine has a CUDA device")
    status, text, _ = worker.open_channel().render(make_plate, settings | change, time=2, instance=15)
    assert status == 1
    assert message in text
    assert "\n" not in text


def test_a_time_between_frames_is_refused(worker: Any, settings: dict[str, Any], make_plate: Any) -> None:
    status, text, _ = worker.open_channel().render(make_plate, settings, time=2.5, instance=16)
    assert status == 1
    assert "between two frames" in text


def test_a_missing_frame_is_named(worker: Any, settings: dict[str, Any], make_plate: Any) -> None:
    status, text, _ = worker.open_channel().render(
        lambda frame: None if frame == 4 else make_plate(frame), settings, time=3, instance=17
    )
    assert status == 1
    assert "frame 4 of the source is needed, but there is none" in text


def test_a_host_without_other_frames_is_told_so(worker: Any, settings: dict[str, Any], make_plate: Any) -> None:
    channel = worker.open_channel()
    status, text, _ = channel.render(make_plate, settings, time=3, instance=18, temporal=False)
    assert status == 1
    assert "one frame at a time" in text
    assert "fetch_frame" not in channel.heard


def test_a_cancel_ends_the_frame_and_the_channel_goes_on(
    worker: Any, settings: dict[str, Any], make_plate: Any
) -> None:
    channel = worker.open_channel()

    def cancelling(frame: int) -> np.ndarray:
        if frame == 5:
            channel.end.send(worker.pack("cancel", request=channel.requests))
        return make_plate(frame)

    assert channel.render(cancelling, settings, time=3, instance=19)[0] == 2
    assert channel.render(make_plate, settings, time=3, instance=19)[0] == 0


def test_two_effects_in_a_row_do_not_wait_for_each_other(
    worker: Any, settings: dict[str, Any], make_plate: Any
) -> None:
    upstream, downstream = worker.open_channel(), worker.open_channel()

    def through_the_other_effect(frame: int) -> np.ndarray:
        status, text, picture = upstream.render(make_plate, settings | {"output": "Straight"}, time=frame, instance=20)
        assert status == 0, text
        return picture

    status, text, _ = downstream.render(through_the_other_effect, settings, time=2, instance=21)
    assert status == 0, text


def test_heartbeats_come_while_the_host_is_slow(worker: Any, settings: dict[str, Any], make_plate: Any) -> None:
    channel = worker.open_channel()

    def slow(frame: int) -> np.ndarray:
        time.sleep(0.35 if frame == 6 else 0)
        return make_plate(frame)

    assert channel.render(slow, settings, time=3, instance=22)[0] == 0
    assert "heartbeat" in channel.heard


@pytest.mark.parametrize(
    "garbage", [b"?", b"x" * 24, b"y" * 4096, struct.pack("=IHHIIQ", 0x54724D31, 99, 16, 24, 0, 1)]
)
def test_garbage_closes_the_channel_and_nothing_else(
    worker: Any, settings: dict[str, Any], make_plate: Any, garbage: bytes
) -> None:
    channel = worker.open_channel()
    channel.end.send(garbage)
    assert channel.end.recv(4096) == b""
    assert worker.open_channel().render(make_plate, settings, time=0, instance=23)[0] == 0


def test_an_image_outside_the_memory_is_refused(worker: Any, settings: dict[str, Any], make_plate: Any) -> None:
    channel = worker.open_channel()
    os.ftruncate(channel.memory, 65536)
    words = b"{}"
    image = (64, 0, 0, 4000, 4000, 4, 4)
    channel.end.send(
        worker.pack("render", 1, 65536, 0, len(words), 3, 0.0, 0.0, 7.0, 1.0, 1.0, *image, *image, request=1)
    )
    message = worker.receive(channel.end)
    assert message is None or message.values[0] == 1  # refused, or the channel is closed; never a crash
    assert worker.process.poll() is None


def test_the_worker_leaves_with_its_host_and_takes_its_files_along(
    new_worker: Any, tmp_path: Any, settings: dict[str, Any], make_plate: Any
) -> None:
    shell = new_worker(TMPDIR=str(tmp_path))
    shell.wait_for_hello()
    shell.open_channel().render(make_plate, settings, time=0)
    assert list(tmp_path.glob("trimatte-worker-*"))
    shell.control.close()
    assert shell.process.wait(10) == 0
    assert not list(tmp_path.glob("trimatte-worker-*"))


def test_ctrl_c_is_the_business_of_the_host(new_worker: Any) -> None:
    shell = new_worker()
    shell.wait_for_hello()
    shell.process.send_signal(signal.SIGINT)
    time.sleep(0.3)
    assert shell.process.poll() is None


def test_missing_weights_are_a_message(new_worker: Any, settings: dict[str, Any], make_plate: Any) -> None:
    shell = new_worker(TRIMATTE_WEIGHTS="/nowhere/weights.safetensors")
    shell.wait_for_hello()
    status, text, _ = shell.open_channel().render(make_plate, settings, time=0)
    assert status == 1
    assert "/nowhere/weights.safetensors: the weights are missing" in text
