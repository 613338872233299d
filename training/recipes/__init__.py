"""Runs: one function each, that returns the whole configuration."""

from .propagation import Machine, propagation_recipe, rehearsed
from .refinement import refinement_clips, refinement_recipe

__all__ = ["Machine", "propagation_recipe", "refinement_clips", "refinement_recipe", "rehearsed"]
