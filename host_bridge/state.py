"""The parameters of an effect as plain values, for a project file: what is saved is what is loaded, byte for byte."""

import base64
from typing import Any

from .errors import HostError
from .params import Param, Params, ParamValue

State = dict[str, dict[str, Any]]
"""By script name: ``value``, or ``keys`` as [time, value] pairs, or ``curves`` as lists of [position, value]."""


def save_params(params: Params) -> State:
    """Return all values, keys and curves, ready for :mod:`json`; parameters that are not persistent are left out."""
    return {name: _save(param) for name, param in params.items() if _is_saved(param)}


def load_params(params: Params, state: State) -> None:
    """Set what :func:`save_params` returned.

    Raises:
        HostError: there is a parameter that the effect does not have, or a value that does not fit.
    """
    unknown = [name for name in state if name not in params]
    if unknown:
        raise HostError(f"the effect has no parameters {', '.join(unknown)}; the state is of another effect or version")
    for name, saved in state.items():
        param = params[name]
        if "curves" in saved:
            for curve, points in enumerate(saved["curves"]):
                param.set_points([(x, y) for x, y in points], curve)
        elif "keys" in saved:
            param.animate({time: _decode(value) for time, value in saved["keys"]})
        else:
            param.delete_keys()
            param.set(_decode(saved["value"]))


def _is_saved(param: Param) -> bool:
    return param.kind not in {"Group", "Page", "PushButton"} and param.property("OfxParamPropPersistant") != 0


def _save(param: Param) -> dict[str, Any]:
    if param.kind == "Parametric":
        count = param.property("OfxParamPropParametricDimension")
        assert isinstance(count, int)
        return {"curves": [[list(point) for point in param.points(curve)] for curve in range(count)]}
    keys = param.keys()
    if keys:
        return {"keys": [[time, _encode(value)] for time, value in keys]}
    return {"value": _encode(param.value())}


def _encode(value: ParamValue) -> Any:
    if isinstance(value, bytes):
        return {"bytes": base64.b64encode(value).decode("ascii")}
    return list(value) if isinstance(value, tuple) else value


def _decode(value: Any) -> ParamValue:
    if isinstance(value, dict):
        return base64.b64decode(value["bytes"])
    return tuple(value) if isinstance(value, list) else value
