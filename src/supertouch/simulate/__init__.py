"""Studies with known truth: the demo, the tests and the accuracy benchmark use the same."""

from supertouch.simulate.demo import write_demo
from supertouch.simulate.demo_truth import write_truth
from supertouch.simulate.design import Design, Grouping, OutcomeDesign
from supertouch.simulate.designs import fair, null, one_outcome, planted
from supertouch.simulate.inside import inside_view
from supertouch.simulate.packaged import DEMO_SEED
from supertouch.simulate.respondents import ANSWERED, Complete, Simulated, population, simulate
from supertouch.simulate.truth import Truth, truth
from supertouch.simulate.wave import responses_of, study_of

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
    "inside_view",
    "null",
    "one_outcome",
    "planted",
    "population",
    "responses_of",
    "simulate",
    "study_of",
    "truth",
    "write_demo",
    "write_truth",
]
