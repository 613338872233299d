from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from trimatte.host_bridge import Effect, HostError

Create = Callable[..., Effect]
Clip = npt.NDArray[np.float32]


def test_parameters_are_listed_in_the_order_of_their_definition(create: Create) -> None:
    params = create("params").params
    assert list(params)[:5] == ["integer", "double", "boolean", "choice", "strChoice"]
    assert len(params) == 20
    assert "point" in params
    assert "nothing" not in params


def test_defaults_labels_and_hints_are_those_of_the_effect(create: Create) -> None:
    params = create("params").params
    assert params["double"].value() == 0.25
    assert params["double"].label == "Double ä"
    assert params["double"].hint == "A hint"
    assert params["double"].kind == "Double"
    assert params["choice"].value() == "Two"
    assert params["choice"].choices == ["One", "Two"]
    assert params["string"].value() == "made"  # by the effect, in CreateInstance
    assert params["point"].value() == (0.0, 0.0)
    assert params["boolean"].value() is False
    assert repr(params["analyse"]) == "<PushButton analyse>"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("integer", -3),
        ("double", 1.5),
        ("boolean", True),
        ("choice", "One"),
        ("strChoice", "two"),
        ("point", (1.0, 2.5)),
        ("pixel", (3, -4)),
        ("colour", (0.1, 0.2, 0.3, 0.4)),
        ("string", "a = ; \n ä 'q'" * 1000),
        ("custom", "{}"),
        ("bytes", b"\0\1\xff"),
    ],
)
def test_every_type_keeps_what_was_set(create: Create, name: str, value: object) -> None:
    params = create("params").params
    params[name] = value  # type: ignore[assignment]
    assert params[name].value() == value


def test_choices_take_labels_indexes_and_enums(create: Create) -> None:
    params = create("params").params
    params["choice"] = 0
    assert params["choice"].value() == "One"
    params["strChoice"] = "The second"
    assert params["strChoice"].value() == "two"
    with pytest.raises(HostError, match="no choice 'Three'; it has 'One', 'Two'"):
        params["choice"] = "Three"


def test_whole_numbers_fit_doubles_but_words_do_not(create: Create) -> None:
    params = create("params").params
    params["double"] = 2
    assert params["double"].value() == 2.0
    with pytest.raises(HostError, match="parameter double is a OfxParamTypeDouble; the value is of another type"):
        params["double"] = "two"
    with pytest.raises(HostError, match="parameter point takes 2 values, not 1"):
        params["point"] = 1.0


def test_an_unknown_name_lists_those_there_are(create: Create) -> None:
    with pytest.raises(HostError, match="no parameter 'thing'; it has offset"):
        create("temporal").params["thing"] = 1


def test_defaults_in_shares_of_the_project_become_canonical(create: Create, clip: Clip) -> None:
    effect = create("params")
    effect.connect("Source", clip)
    assert effect.params["place"].value() == (5.5, 1.75)
    effect.params["place"] = (1.0, 2.0)
    effect.set_project((100, 100))
    assert effect.params["place"].value() == (1.0, 2.0)


def test_groups_and_buttons_have_no_value(create: Create) -> None:
    params = create("params").params
    for name in ("group", "page", "analyse"):
        with pytest.raises(HostError, match="has no value"):
            params[name].value()


def test_doubles_are_interpolated_and_everything_else_steps(create: Create, clip: Clip) -> None:
    effect = create("params")
    effect.connect("Source", clip)
    effect.params["double"].set_key(0, 1.0)
    effect.params["double"].set_key(2, 2.0)
    effect.params["integer"].set_key(0, 5)
    effect.params["integer"].set_key(2, 7)
    effect.params["colour"].set_key(0, (0.0, 0.5, 1.0, 1.0))
    effect.params["colour"].set_key(2, (1.0, 0.5, 0.0, 1.0))
    assert effect.params["double"].keys() == [(0.0, 1.0), (2.0, 2.0)]
    assert [effect.params["double"].value(time) for time in (-1, 1, 1.5, 9)] == [1.0, 1.5, 1.75, 2.0]
    assert [effect.params["integer"].value(time) for time in (0, 1.9, 2)] == [5, 5, 7]
    np.testing.assert_array_equal(effect.render(1)[0, 0], np.float32([0.5, 0.5, 0.5, 1.5]))


def test_keys_are_deleted_and_the_last_one_leaves_its_value(create: Create) -> None:
    double = create("params").params["double"]
    double.set_key(3, 7.0)
    double.set_key(5, 9.0)
    with pytest.raises(HostError, match=r"no key at 4; its keys are \[3.0, 5.0\]"):
        double.delete_key(4)
    double.delete_key(3)
    double.delete_key(5)
    assert double.keys() == []
    assert double.value() == 9.0
    double.set_key(1, 4.0)
    double.delete_keys()
    assert double.value() == 4.0


def test_what_does_not_animate_takes_no_keys(create: Create) -> None:
    with pytest.raises(HostError, match="parameter string does not animate"):
        create("params").params["string"].set_key(0, "x")


def test_the_effect_counts_keys_as_the_host_does(create: Create, clip: Clip) -> None:
    effect = create("params")
    effect.connect("Source", clip)
    effect.params["integer"] = -1  # asks the probe to check keys, slope and area
    effect.render(0)
    assert [message for message in effect.messages if message.type == "Log"] != []  # it set them while rendering


def test_a_button_works_with_progress_until_it_is_stopped(create: Create) -> None:
    effect = create("params")
    seen: list[tuple[float, str]] = []
    effect.on_progress = lambda fraction, label: seen.append((fraction, label)) or fraction < 0.5
    effect.on_message = lambda message: message.text == "Keep 7?"
    effect.press("analyse")
    assert seen == [(step / 10, "Analysing") for step in (1, 2, 3, 4, 5)]
    assert effect.params["integer"].value() == 5
    assert effect.params["boolean"].value() is True  # the question was answered with yes
    with pytest.raises(HostError, match="not a push button"):
        effect.press("double")


def test_nobody_says_yes_when_nobody_is_asked(create: Create) -> None:
    effect = create("params")
    effect.params["boolean"] = True
    effect.press("analyse")
    assert effect.params["boolean"].value() is False


def test_private_state_is_written_when_the_host_asks(create: Create) -> None:
    effect = create("params")
    effect.sync_private_data()
    assert effect.params["string"].value() == '{"state": "it\'s = ; \\u00e4 ä\n"}'
    assert effect.params["bytes"].value() == b"\0\1\2"
