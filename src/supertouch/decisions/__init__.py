"""What to do: the inside view, incidents, portfolio, what-if, budget, plan; from tables alone."""

from supertouch.decisions.deciding import Brought, decide
from supertouch.decisions.draft_plan import draft_plan

__all__ = ["Brought", "decide", "draft_plan"]
