"""What is saved is what is loaded, byte for byte."""

import itertools
import json
from collections.abc import Callable

import numpy as np
import pytest

from trimatte.host_bridge import Effect, HostError

Create = Callable[..., Effect]


def test_a_megabyte_of_private_state_is_saved_and_loaded(create: Create) -> None:
    effect = create("state:1")
    assert effect.params["visible"].value() == "made"
    effect.params["edits"] = 7
    saved = effect.save()
    text = effect.params["visible"].value()
    assert isinstance(text, str)
    assert len(text.encode()) > 1 << 20
    assert text.startswith('{"edits": 7, "odd": "it\'s = ; \\" ä€\n"')
    loaded = create("state:1")
    loaded.load(json.loads(json.dumps(saved)))
    assert loaded.params["visible"].value() == text
    assert loaded.params["hidden"].value() == text


def test_the_effect_is_asked_for_its_state_only_when_it_needs_it(create: Create) -> None:
    effect = create("state:1")
    effect.save()
    assert effect.params["syncs"].value() == 0
    effect.params["edits"] = 1
    effect.save()
    effect.save()
    assert effect.params["syncs"].value() == 1


def test_names_and_hints_come_as_they_are(create: Create) -> None:
    effect = create("state:1")
    assert effect.params["visible"].label == "Sichtbar äöü 日本"
    assert effect.params["visible"].hint == "h" * 10240


def test_every_type_survives_a_project_file(create: Create) -> None:
    effect = create("params")
    effect.params["double"] = {0: 0.0, 10: 1.0}
    effect.params["colour"] = (0.1, 0.2, 0.3, 0.4)
    effect.params["choice"] = "One"
    effect.params["box"] = (1, 2, 3)
    effect.params["space"] = (0.5, 1.5, 2.5)
    effect.params["curves"].set_points([(0, 0), (0.25, 0.75), (1, 1)])
    saved = effect.save()  # the effect adds bytes and a string of its own
    loaded = create("params")
    loaded.load(json.loads(json.dumps(saved)))
    assert repr(loaded.params) == repr(effect.params)
    assert loaded.params["double"].keys() == [(0, 0.0), (10, 1.0)]
    assert loaded.params["curves"].points() == [(0, 0), (0.25, 0.75), (1, 1)]
    assert loaded.params["bytes"].value() == b"\0\1\2"


def test_the_state_of_another_effect_is_refused(create: Create) -> None:
    with pytest.raises(HostError, match="no parameters visible, hidden"):
        create("params").load({"visible": {"value": "x"}, "hidden": {"value": "y"}})


def test_curves_are_smooth_and_never_overshoot(create: Create) -> None:
    curves = create("params").params["curves"]
    assert curves.value_on_curve(0.3) == 0.3  # without points: the identity
    assert curves.points(1) == [(0, 0), (0.5, 1), (1, 0)]
    values = [curves.value_on_curve(step / 100, 1) for step in range(101)]
    assert max(values) == values[50] == 1.0
    rising = values[:51]
    assert all(earlier <= later for earlier, later in itertools.pairwise(rising))
    assert curves.value_on_curve(-1, 1) == 0.0
    with pytest.raises(HostError, match="curves 0 to 1, not 2"):
        curves.points(2)
    with pytest.raises(HostError, match="has no value"):
        curves.value()


def test_the_effect_counts_curves_as_the_host_does(create: Create) -> None:
    effect = create("params")
    effect.set_project((4, 4))
    effect.params["integer"] = -1  # the probe checks keys and curves, and refuses when they are wrong
    effect.connect("Source", lambda _: np.zeros((4, 4, 4), np.float32), first=0, last=0)
    effect.render(0)
