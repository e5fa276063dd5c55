"""Raking against R's survey package, ordered logit against R's MASS."""

import numpy as np
import pandas as pd
import pytest

from real_data import real_data
from supertouch.errors import UnsupportedError
from supertouch.stats.regression import ordered_logit
from supertouch.stats.weighting import rake


def test_raking_equals_survey_rake():
    frame = pd.read_csv(real_data("oracle", "data", "apistrat.csv"))
    stype, wide = frame.stype.astype("category"), frame["sch.wide"].astype("category")
    found = rake(
        frame.pw.to_numpy(float),
        margins=[stype.cat.codes.to_numpy(np.intp), wide.cat.codes.to_numpy(np.intp)],
        totals=[np.array([4421.0, 755.0, 1018.0]), np.array([1072.0, 5122.0])],
    )
    weights = frame.assign(raked=found.weight).groupby(["stype", "sch.wide"]).raked.first()
    # survey::rake stops once no total is off by more than one person of 6,194
    assert weights.tolist() == pytest.approx(
        [44.54129, 44.17672, 15.16514, 15.04102, 20.47766, 20.31005], rel=1e-4
    )
    assert found.design_effect == pytest.approx(1.186366, abs=2e-5)


def test_raking_explains_what_it_cannot_do():
    ones = np.ones(4)
    with pytest.raises(UnsupportedError, match="no respondent in category 1"):
        rake(ones, margins=[np.zeros(4, dtype=np.intp)], totals=[np.array([2.0, 2.0])])
    same = np.array([0, 0, 1, 1])
    with pytest.raises(UnsupportedError, match="contradict"):
        rake(ones, margins=[same, same], totals=[np.array([1.0, 3.0]), np.array([3.0, 1.0])])


def test_ordered_logit_equals_mass_polr():
    frame = pd.read_csv(real_data("oracle", "data", "housing.csv"))
    dummies = [
        frame.Infl == "Medium",
        frame.Infl == "High",
        frame.Type == "Apartment",
        frame.Type == "Atrium",
        frame.Type == "Terrace",
        frame.Cont == "High",
    ]
    answer = frame.Sat.map({"Low": 0, "Medium": 1, "High": 2}).to_numpy(np.intp)
    found = ordered_logit(
        np.column_stack(dummies).astype(float), answer, weight=frame.Freq.to_numpy(float)
    )
    assert found.effect == pytest.approx(
        [0.566394, 1.288819, -0.572350, -0.366187, -1.091015, 0.360284], abs=2e-4
    )
    assert found.threshold[0] < found.threshold[1]
