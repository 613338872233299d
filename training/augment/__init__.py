"""From still cut-outs to training clips: motion, appearance, composition, trimaps.

Every draw comes from a :class:`numpy.random.Generator` that the caller seeds, so one seed gives one clip.
"""

from .compose import ClipOptions, Composer, TrainingClip
from .moments import KeyframeOptions
from .trimaps import random_element, trimap_from_alpha

__all__ = ["ClipOptions", "Composer", "KeyframeOptions", "TrainingClip", "random_element", "trimap_from_alpha"]
