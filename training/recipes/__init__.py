"""Runs: one function each, that returns the whole configuration."""

from .propagation import propagation_recipe
from .refinement import refinement_clips, refinement_recipe

__all__ = ["propagation_recipe", "refinement_clips", "refinement_recipe"]
