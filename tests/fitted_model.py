"""A fitted driver model of simulated or real responses, for tests of what is read off it."""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from real_data import real_data
from simulated_study import responses_of, study_of
from supertouch.findings import drivers
from supertouch.findings.answers import Answers, Cell, read_answers
from supertouch.findings.fitting import fit
from supertouch.findings.models import Model, multiplicity, prepare, together
from supertouch.intake import ingest_wave, validate_wave
from supertouch.study import load_study
from supertouch.study.model import Study

EXAMPLES = Path(__file__).parents[1] / "examples"


class Fitted(NamedTuple):
    study: Study
    answers: Answers
    cell: Cell
    model: Model
    multiplicity: np.ndarray

    @property
    def four(self):
        return self[:4]


def fitted(study, responses, *, wave="w1", first=0):
    """Fit the model of the outcomes that are open to the same customers as the ``first``."""
    answers = read_answers(study, wave, responses)
    cell = Cell("", "", np.ones(len(responses), dtype=bool))
    replicates = multiplicity(study, answers.wave, answers.groups)
    model = prepare(study, answers, together(study, answers)[first], mask=cell.mask)
    effort = drivers.effort(study, cell, len(model.touchpoints))
    model = fit(study, model, multiplicity=replicates, effort=effort)
    return Fitted(study, answers, cell, model, replicates)


def simulated(design, n, *, seed, change=None, **changes):
    """Fit a design's answers, changed by ``change(study, responses)`` if given."""
    study, responses = study_of(design, **changes), responses_of(design, n, seed=seed)
    if change:
        study, responses = change(study, responses)
    return fitted(study, responses)


def example(name, wave, *raw):
    """Return an example study and the responses of one of its waves."""
    study = load_study(EXAMPLES / name / "study.toml", raw=real_data(*raw))
    incoming = ingest_wave(study, wave)
    frame, meta = incoming.frame(), incoming.meta()
    return study, validate_wave(study, wave, frame, wave, meta=meta).responses


def columns_of(found):
    """Return z, c, ratings and weights as plain arrays, for complete answers."""
    answers, weight = found.answers, found.answers.weight
    mean = np.array(
        [np.average(x[~np.isnan(x)], weights=weight[~np.isnan(x)]) for x in answers.rating.T]
    )
    z = np.where(answers.contact == 1, answers.rating - mean, 0.0)
    return z, answers.contact, answers.rating, weight
