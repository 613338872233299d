"""What profiles of other hosts answer where the standard lets them, and where it does not."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict

import numpy as np
import numpy.typing as npt
import pytest

from trimatte.host_bridge import Effect, HostError, HostProfile, PluginRefusedError
from trimatte.host_bridge.known_hosts import KNOWN_HOSTS, MLT

Create = Callable[..., Effect]
Clip = npt.NDArray[np.float32]


def told(effect: Effect, clip: Clip) -> list[str]:
    effect.connect("Source", clip)
    effect.params["level"] = {0: 1.0, 2: 3.0}
    with suppress(PluginRefusedError):  # it fails, in hosts that ask
        effect.render(2)
    return [message.text for message in effect.messages]


def test_our_own_host_answers_as_the_standard_says(create: Create, clip: Clip) -> None:
    words = told(create("manners"), clip)
    assert "OfxActionInstanceChanged" in words
    assert "OfxImageEffectActionIsIdentity" in words
    assert "Mask found 0 asked 0 connected 0 fetched 1 read 1" in words
    assert "Other found 0 asked 0 connected 0 fetched 1 read 1" in words
    assert "undefined 3 0 dimension 3 0 keys 2 at 0 1" in words
    assert any("was set while rendering" in word for word in words)


def test_mlt_has_ghosts_for_clips_and_no_keys_and_listens_to_nothing(create: Create, clip: Clip) -> None:
    profile = {name: value for name, value in asdict(MLT).items() if name not in ("name", "depths")}
    effect = create("manners", depths=("float",), **profile)
    assert told(effect, clip) == [  # neither what changed nor whether there is something to do
        "Mask found 0 asked 0 connected 0 fetched 0 read 3",
        "Other found 0 asked 3 connected -1 fetched 0 read 3",
        "undefined 0 0 dimension 0 0 keys 0 at 0 3",
    ]
    with pytest.raises(HostError, match="no pictures for the clip Mask, only for Source"):
        effect.connect("Mask", clip)


@pytest.mark.parametrize("host", KNOWN_HOSTS)
def test_profiles_print_and_compare(host: str) -> None:
    assert HostProfile(**asdict(KNOWN_HOSTS[host])) == KNOWN_HOSTS[host]
