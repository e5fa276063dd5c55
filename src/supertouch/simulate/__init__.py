"""Studies with known truth: the demo, the tests and the accuracy benchmark use the same."""

from supertouch.simulate.demo import DEMO_SEED, write_demo
from supertouch.simulate.design import Design, Grouping, OutcomeDesign
from supertouch.simulate.designs import fair, null, one_outcome, planted
from supertouch.simulate.respondents import ANSWERED, Complete, Simulated, population, simulate
from supertouch.simulate.truth import Truth, truth

__all__ = [
    "ANSWERED",
    "DEMO_SEED",
    "Complete",
    "Design",
    "Grouping",
    "OutcomeDesign",
    "Simulated",
    "Truth",
    "fair",
    "null",
    "one_outcome",
    "planted",
    "population",
    "simulate",
    "truth",
    "write_demo",
]
