"""Train on this shot: adapt the refiner, and the decoders too, to the keyframes a user painted."""

from .adapt import FinetuneOptions, FinetuneResult, finetune
from .keep import keep_result
from .shot import Shot

__all__ = ["FinetuneOptions", "FinetuneResult", "Shot", "finetune", "keep_result"]
