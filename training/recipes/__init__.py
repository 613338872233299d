"""Runs: one function each, that returns the whole configuration."""

from .propagation import propagation_recipe

__all__ = ["propagation_recipe"]
