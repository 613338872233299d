"""What ``trimatte render`` does: a clip and trimaps in, the effect in our host, frames out."""

from .plan import RenderPlan, plan_render
from .request import RenderRequest
from .run import RenderOutcome, run_render

__all__ = ["RenderOutcome", "RenderPlan", "RenderRequest", "plan_render", "run_render"]
