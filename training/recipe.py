"""A recipe: options that become a run. ``trimatte train NAME`` is made from what a recipe says here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final, Generic, TypeVar

import torch

from .errors import OptionsError
from .options import TrainingOptions
from .task import Task

__all__ = ["RECIPES", "Recipe", "Run", "find_recipe"]

_OptionsT = TypeVar("_OptionsT")

RECIPES: Final = ("ftpvm", "rvm", "dvm", "funet")
"""Names of the recipes that follow the published ones; ``training/recipes/NAME.py`` holds each as ``RECIPE``."""


@dataclass(frozen=True, slots=True)
class Run:
    """What a recipe makes of its options."""

    options: TrainingOptions
    task: Task[Any]
    """With its network on the device, initialised or loaded as the recipe wants it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe(Generic[_OptionsT]):
    """A way to train a network."""

    name: str
    """Of the command."""
    summary: str
    """One line of help."""
    options: type[_OptionsT]
    """A frozen, keyword-only dataclass with a docstring per field: these are the options of the command.

    Fields may be bool, int, float, str, Path, a Literal of strings, a tuple of one of these (the option is repeated),
    or one of these or ``None``. A field ``seg_cd`` becomes ``--seg-cd`` and ``--seg_cd``; other spellings go into
    ``field(metadata={"flags": ("-i", "--iterations")})``. A field without a default must be given by the user.
    """
    build: Callable[[_OptionsT, torch.device], Run]
    """Open the data, make the network, and say how to train it."""


def find_recipe(name: str) -> Recipe[Any]:
    """Return the recipe called ``name``.

    Raises:
        OptionsError: there is none.
    """
    if name not in RECIPES:
        raise OptionsError(f"there is no recipe '{name}'; use one of {', '.join(RECIPES)}.")
    recipe = getattr(import_module(f".recipes.{name}", package=__package__), "RECIPE", None)
    if not isinstance(recipe, Recipe):
        raise OptionsError(f"training/recipes/{name}.py holds no RECIPE.")
    return recipe
