"""Rendering on a device: OpenCL where there is one, CUDA through a driver of main memory."""

import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from trimatte.host_bridge import Effect, Host, HostError, HostProfile

Create = Callable[..., Effect]
Clip = npt.NDArray[np.float32]

CUDA = """
import sys
import numpy as np
from trimatte.host_bridge import Host, HostProfile

host = Host([sys.argv[1]], profile=HostProfile(gpu="cuda", row_bytes="negative"))
clip = np.random.default_rng(1).random((2, 5, 6, 4), dtype=np.float32)
with host.plugins()["org.trimatte.probe.gpu"].create() as effect:
    effect.connect("Source", clip)
    assert (effect.render(1) == 2 * clip[1]).all()
    assert effect.params["onDevice"].value() == 1, effect.messages
    effect.params["onDevice"] = 0
    for status in (1001, 1002):  # out of memory, failed: the frame is the CPU's
        effect.params["status"] = status
        assert (effect.render(0) == 2 * clip[0]).all()
    assert effect.params["onDevice"].value() == 0
with host.plugins()["org.trimatte.probe.copy"].create() as effect:  # knows nothing of devices
    effect.connect("Source", clip)
    assert (effect.render(1) == clip[1]).all()
print("right")
"""


def check_doubled_on_device(effect: Effect, clip: Clip) -> None:
    """A whole frame and a part of another come back doubled, and the device did it."""
    effect.connect("Source", clip)
    np.testing.assert_array_equal(effect.render(1), 2 * clip[1])
    assert effect.params["onDevice"].value() == 1
    np.testing.assert_array_equal(effect.render(2, window=(2, 1, 9, 6)), 2 * clip[2, 1:6, 2:9])


def check_doubled_in_memory(effect: Effect, clip: Clip) -> None:
    """A frame comes back doubled, and no device did it."""
    effect.connect("Source", clip)
    np.testing.assert_array_equal(effect.render(1), 2 * clip[1])
    assert effect.params["onDevice"].value() == 0


@pytest.fixture
def opencl(probe_folder: Path) -> None:
    """Skips where there is no OpenCL device."""
    try:
        Host([probe_folder / "Probes.ofx.bundle"], profile=HostProfile(gpu="opencl"))
    except HostError as error:
        pytest.skip(str(error))


@pytest.mark.usefixtures("opencl")
def test_pixels_lie_in_opencl_buffers(create: Create, clip: Clip) -> None:
    check_doubled_on_device(create("gpu", gpu="opencl", row_bytes="negative"), clip)


@pytest.mark.usefixtures("opencl")
def test_a_frame_that_the_device_cannot_render_is_rendered_on_the_cpu(create: Create, clip: Clip) -> None:
    effect = create("gpu", gpu="opencl")
    effect.params["status"] = 1001
    check_doubled_in_memory(effect, clip)


def test_without_a_device_in_the_profile_pixels_stay_in_memory(create: Create, clip: Clip) -> None:
    check_doubled_in_memory(create("gpu"), clip)


def test_pixels_lie_on_the_cuda_device(probe_folder: Path) -> None:
    """The driver of the test keeps its memory where nobody can follow its addresses by mistake."""
    environment = os.environ | {"LD_LIBRARY_PATH": str(probe_folder / "cuda")}
    command = [sys.executable, "-c", CUDA, str(probe_folder / "Probes.ofx.bundle")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout == "right\n", done.stderr


def test_a_machine_without_the_device_says_so(probe_folder: Path) -> None:
    if Path("/dev/nvidiactl").exists():
        pytest.skip("this machine has a CUDA driver")
    with pytest.raises(HostError, match="no CUDA driver"):
        Host([probe_folder / "Probes.ofx.bundle"], profile=HostProfile(gpu="cuda"))


@pytest.mark.usefixtures("opencl")
def test_pixels_lie_in_opencl_images_and_the_host_compiles_programs(create: Create, clip: Clip) -> None:
    check_doubled_on_device(create("gpu.images", gpu="opencl", row_bytes="negative"), clip)
    alpha = create("gpu.images", gpu="opencl")
    alpha.connect("Source", clip[..., 3:])
    np.testing.assert_array_equal(alpha.render(0), 2 * clip[0, ..., 3:])
    assert alpha.params["onDevice"].value() == 1


@pytest.mark.usefixtures("opencl")
def test_what_is_no_opencl_image_is_rendered_on_the_cpu(create: Create, clip: Clip) -> None:
    check_doubled_in_memory(create("gpu.images", gpu="opencl", components=("rgb",)), clip[..., :3])


def test_without_opencl_there_is_no_program_suite(create: Create, clip: Clip) -> None:
    check_doubled_in_memory(create("gpu.images"), clip)


@pytest.fixture
def opengl(probe_folder: Path) -> None:
    """Skips where OpenGL needs a display."""
    try:
        Host([probe_folder / "Probes.ofx.bundle"], profile=HostProfile(gpu="opengl"))
    except HostError as error:
        pytest.skip(str(error))


@pytest.mark.usefixtures("opengl")
def test_opengl_draws_into_textures_without_a_display(create: Create, clip: Clip) -> None:
    effect = create("gpu.gl", gpu="opengl", row_bytes="negative")
    effect.connect("Source", clip)
    for frame in (1, 0):
        np.testing.assert_array_equal(effect.render(frame), 2 * clip[frame])
    assert effect.params["onDevice"].value() == 1
    assert effect.leaked_images == 0
    np.testing.assert_array_equal(effect.render(2, window=(2, 1, 9, 6)), 2 * clip[2, 1:6, 2:9])
    contexts = [message.text for message in effect.messages if "Context" in message.text]
    assert contexts == ["OfxActionOpenGLContextAttached"]
    effect.close()
    assert effect.messages[-1].text == "kOfxActionOpenGLContextDetached"


@pytest.mark.usefixtures("opengl")
def test_effects_of_opengl_make_chains_and_share_the_context_between_threads(create: Create, clip: Clip) -> None:
    first, second = create("gpu.gl", gpu="opengl"), create("gpu.gl", gpu="opengl")
    with first | second as chain:
        chain.connect("Source", clip)
        np.testing.assert_array_equal(chain.render(1), 4 * clip[1])
    effects = [create("gpu.gl", gpu="opengl") for _ in range(3)]
    for effect in effects:
        effect.connect("Source", clip)
    with ThreadPoolExecutor(3) as pool:
        pictures = list(pool.map(lambda n: effects[n % 3].render(n % 2), range(12)))
    for number, picture in enumerate(pictures):
        np.testing.assert_array_equal(picture, 2 * clip[number % 2])


@pytest.mark.usefixtures("opengl")
def test_what_opengl_cannot_draw_is_rendered_on_the_cpu(create: Create, clip: Clip) -> None:
    alpha = create("gpu.gl", gpu="opengl")
    alpha.connect("Source", clip[..., 3:])
    np.testing.assert_array_equal(alpha.render(1), 2 * clip[1, ..., 3:])
    failing = create("gpu.gl", gpu="opengl")
    failing.connect("Source", clip)
    for status in (1001, 1002):
        failing.params["status"] = status
        np.testing.assert_array_equal(failing.render(0), 2 * clip[0])
    assert alpha.params["onDevice"].value() == failing.params["onDevice"].value() == 0
