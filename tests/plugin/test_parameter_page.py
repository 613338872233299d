"""The page as hosts see it: what they have, and nothing that they lack."""

from typing import Any

import pytest

from trimatte.host_bridge import Host, HostProfile, PluginRefusedError
from trimatte.host_bridge.known_hosts import MLT, NATRON, RESOLVE
from trimatte.plugin import bundle_path
from trimatte.plugin.colour_choice import SPACES
from trimatte.plugin.params import TILE_SIZES, WORKING_SIZES
from trimatte.plugin.trimap_frames import Channels

GROUPS = {
    "statusGroup": {"status"},
    "viewGroup": {"view"},
    "trimapGroup": {
        *("keyframes", "sourceFile", "frameOffset", "trimapFrames", "trimapChannels", "bandWidth", "keyframeAction"),
        *("previousKeyframe", "nextKeyframe", "addKeyframe", "deleteKeyframe", "fromTrimapInput", "paintTrimap"),
    },
    "trackGroup": {
        *("trackForward", "trackBackward", "trackBoth", "trackFrame", "trackRange", "trackCancel", "trackClear"),
        *("track", "trackFirst", "trackLast"),
    },
    "qualityGroup": {"model", "weights", "workingResolution", "refine", "tiles", "memoryBudget"},
    "matteGroup": {"clipBlack", "clipWhite", "matteGamma", "shrinkGrow", "edgeBlur", "despeckle"},
    "foregroundGroup": {"estimateForeground", "despill", "despillScreen", "despillRule", "despillLuminance"},
    "outputGroup": {"output", "mix"},
    "colourGroup": {"inputSpace", "ocioSpace", "ocioConfig"},
    "cacheGroup": {"cacheKey", "cacheLimit", "clearCache", "solvedFrames", "cacheAction"},
    "deviceGroup": {"device", "kernels"},
}
OF_CHANGES = {"status"}
OF_CHOICES = {"track", "trackFirst", "trackLast", "keyframeAction", "cacheAction"}
OF_TRIMAP = {"trimapFrames", "trimapChannels", "fromTrimapInput"}


def page(profile: HostProfile, context: str) -> dict[str, Any]:
    """Return the parameters that a host sees, without groups and pages."""
    with Host([bundle_path()], profile=profile).plugins()["org.trimatte.Trimatte"].create(context) as effect:
        return {name: param.kind for name, param in effect.params.items() if param.kind != "Page"}


def test_a_host_with_everything_sees_the_whole_page() -> None:
    shown = page(NATRON, "general")
    assert set(GROUPS) <= {name for name, kind in shown.items() if kind == "Group"}
    assert set().union(*GROUPS.values()) <= set(shown)


def test_mlt_sees_nothing_that_waits_for_a_click_or_a_second_clip() -> None:
    shown = page(MLT, "filter")
    assert "PushButton" not in shown.values()
    assert not (OF_CHANGES | OF_TRIMAP) & set(shown)
    assert "statusGroup" not in shown
    assert set(shown) >= OF_CHOICES
    assert {"keyframes", "sourceFile", "frameOffset", "bandWidth", "inputSpace", "cacheKey"} <= set(shown)


def test_a_filter_sees_no_second_clip() -> None:
    shown = page(NATRON, "filter")
    assert not OF_TRIMAP & set(shown)
    assert OF_CHANGES | OF_CHOICES | {"addKeyframe", "paintTrimap"} <= set(shown)


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("keyframeAction", ["Idle", "Previous", "Next", "Add", "Delete", "From Trimap input", "Paint trimap"]),
        ("cacheAction", ["Idle", "Clear", "Solved frames"]),
        ("trimapChannels", [word.value for word in Channels]),
        ("tiles", [str(side) for side in TILE_SIZES]),
        ("workingResolution", list(WORKING_SIZES)),
        ("inputSpace", list(SPACES)),
    ],
)
def test_labels_are_what_projects_say_and_the_worker_knows(name: str, labels: list[str]) -> None:
    with Host([bundle_path()], profile=NATRON).plugins()["org.trimatte.Trimatte"].create("general") as effect:
        assert effect.params[name].property("OfxParamPropChoiceOption") == tuple(labels)


@pytest.mark.usefixtures("shell_environment")
def test_an_input_that_claims_to_be_connected_and_is_black_is_told(disc: Any) -> None:
    """As in Resolve: no input says that it is not wired."""
    with Host([bundle_path()], profile=RESOLVE).plugins()["org.trimatte.Trimatte"].create("general") as effect:
        effect.connect("Source", disc, first=0, last=7)
        effect.params["trimapFrames"] = "0"
        assert effect.clip_property("Trimap", "OfxImageClipPropConnected") == [1]
        with pytest.raises(PluginRefusedError, match="black all over at frame 0, as if nothing were connected"):
            effect.render(0)
