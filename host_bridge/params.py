"""Parameters of an effect, as a mapping from script names."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from . import _host
from .errors import HostError

ParamValue = bool | int | float | str | bytes | tuple[float, ...]

_SILENT: Final = ("OfxParamTypeGroup", "OfxParamTypePage", "OfxParamTypePushButton", "OfxParamTypeParametric")


class Param:
    """One parameter; setting it tells the effect, as an edit by the user does."""

    def __init__(self, effect: _host.EffectInstance, native: _host.Param) -> None:
        self._effect, self._native = effect, native

    @property
    def name(self) -> str:
        """Script name, which never changes."""
        return self._native.name

    @property
    def kind(self) -> str:
        """Type without its prefix, such as Double, Choice or PushButton."""
        return self._native.type.removeprefix("OfxParamType")  # ofx-abi: ignore (a prefix)

    @property
    def label(self) -> str:
        """Name for people."""
        return str(self.property("OfxPropLabel"))

    @property
    def hint(self) -> str:
        """What the effect says about it."""
        return str(self.property("OfxParamPropHint"))

    @property
    def choices(self) -> list[str]:
        """Labels of a Choice or StrChoice, in order; empty for other types."""
        return [str(label) for label in self._native.properties.get("OfxParamPropChoiceOption")]

    def property(self, name: str) -> object:
        """Return an OpenFX property: one value, a tuple of several, None for a property that is not there."""
        values = self._native.properties.get(name)
        return values[0] if len(values) == 1 else tuple(values) or None

    def value(self, time: float = 0.0) -> ParamValue:
        """Return the value at ``time`` (frames): the label of a choice, a tuple for several dimensions.

        Raises:
            HostError: groups, pages and push buttons have no value.
        """
        self._need_value()
        return self._from_native(self._native.value(time))

    def set(self, value: ParamValue) -> None:
        """Set the value for all times; a choice takes a label or an index.

        Raises:
            HostError: the value does not fit the type, or is not among the choices.
        """
        self._need_value()
        self._effect.set_param(self.name, self._to_native(value))

    def set_key(self, time: float, value: ParamValue) -> None:
        """Set an animation key; doubles are interpolated between keys, everything else steps.

        Raises:
            HostError: the parameter does not animate, or the value does not fit.
        """
        self._need_value()
        self._effect.set_param(self.name, self._to_native(value), time)

    def animate(self, keys: Mapping[float, ParamValue]) -> None:
        """Replace all animation by these keys: values by their times.

        Raises:
            HostError: the parameter does not animate, or a value does not fit.
        """
        self.delete_keys()
        for time, value in sorted(keys.items()):
            self.set_key(float(time), value)

    def keys(self) -> list[tuple[float, ParamValue]]:
        """Return the animation keys as (time, value), in the order of time."""
        return [(time, self._from_native(self._native.value(time))) for time in self._native.key_times()]

    def delete_key(self, time: float) -> None:
        """Remove the key at exactly ``time``.

        Raises:
            HostError: there is none.
        """
        if not self._effect.delete_key(self.name, time):
            raise HostError(f"parameter {self.name} has no key at {time:g}; its keys are {self._native.key_times()}")

    def delete_keys(self) -> None:
        """Remove all keys; the value of the first one stays."""
        self._effect.delete_keys(self.name)

    def points(self, curve: int = 0) -> list[tuple[float, float]]:
        """Return the control points (position, value) of one curve of a parametric parameter, in order.

        Raises:
            HostError: another type of parameter, or no such curve.
        """
        self._need_curve(curve)
        return self._native.points(curve)

    def set_points(self, points: Sequence[tuple[float, float]], curve: int = 0) -> None:
        """Replace the control points of one curve of a parametric parameter.

        Raises:
            HostError: another type of parameter, or no such curve.
        """
        self._need_curve(curve)
        self._effect.set_points(self.name, curve, [(float(x), float(y)) for x, y in points])

    def value_on_curve(self, position: float, curve: int = 0) -> float:
        """Return what one curve of a parametric parameter makes of ``position``.

        Raises:
            HostError: another type of parameter, or no such curve.
        """
        self._need_curve(curve)
        return self._native.curve_value(curve, position)

    def press(self) -> None:
        """Press a push button and wait until the effect has done its work.

        Raises:
            HostError: another type of parameter.
            PluginRefusedError: the effect failed.
        """
        self._effect.press(self.name)

    def __repr__(self) -> str:
        shown = "" if self._native.type in _SILENT else f" = {self.value()!r}"
        return f"<{self.kind} {self.name}{shown}>"

    def _need_curve(self, curve: int) -> None:
        if self.kind != "Parametric":
            raise HostError(f"parameter {self.name} is a {self.kind} and has no curves")
        count = self.property("OfxParamPropParametricDimension")
        if not isinstance(count, int) or not 0 <= curve < count:
            raise HostError(f"parameter {self.name} has curves 0 to {int(str(count)) - 1}, not {curve}")

    def _need_value(self) -> None:
        if self._native.type in _SILENT:
            raise HostError(f"parameter {self.name} is a {self.kind} and has no value")

    def _from_native(self, values: list[object]) -> ParamValue:
        if self.kind == "Boolean":
            return bool(values[0])
        if self.kind == "Choice":
            index, choices = values[0], self.choices
            assert isinstance(index, int)
            return choices[index] if 0 <= index < len(choices) else index
        if len(values) > 1:
            return tuple(values)  # type: ignore[arg-type]  # numbers, by the type of the parameter
        return values[0]  # type: ignore[return-value]

    def _to_native(self, value: ParamValue) -> list[object]:
        if self.kind == "Choice" and isinstance(value, str):
            return [self._choice(value)]
        if self.kind == "StrChoice" and isinstance(value, str):
            return [self._str_choice(value)]
        return list(value) if isinstance(value, tuple | list) else [value]

    def _choice(self, label: str) -> int:
        if label not in self.choices:
            raise HostError(
                f"parameter {self.name} has no choice {label!r}; it has {', '.join(map(repr, self.choices))}"
            )
        return self.choices.index(label)

    def _str_choice(self, value: str) -> str:
        enums = [str(enum) for enum in self._native.properties.get("OfxParamPropChoiceEnum")] or self.choices
        if value in enums:
            return value
        index = self._choice(value)
        return enums[index] if index < len(enums) else value


class Params(Mapping[str, Param]):
    """All parameters of an effect, in the order in which it defined them."""

    def __init__(self, effect: _host.EffectInstance) -> None:
        self._effect = effect
        self._names = effect.param_names()

    def __getitem__(self, name: str) -> Param:
        """Return a parameter.

        Raises:
            HostError: no such parameter; the message lists those there are.
        """
        native = self._effect.param(name)
        if native is None:
            raise HostError(f"the effect has no parameter {name!r}; it has {', '.join(self._names)}")
        return Param(self._effect, native)

    def __setitem__(self, name: str, value: ParamValue | Mapping[float, ParamValue]) -> None:
        """Set a parameter for all times, or animate it: ``effect.params["x"] = {0: 1.0, 10: 2.0}``."""
        if isinstance(value, Mapping):
            self[name].animate(value)
        else:
            self[name].set(value)

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __repr__(self) -> str:
        return "\n".join(repr(param) for param in self.values()) or "<no parameters>"
