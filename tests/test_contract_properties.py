"""Whatever cells a file holds: no traceback reaches the user, and no row vanishes."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from supertouch.errors import DataError, SupertouchError
from supertouch.intake import validate_wave
from supertouch.study.model import (
    BRAND_COLUMN,
    Block,
    Brand,
    Codes,
    Columns,
    Contact,
    Exclusion,
    Implausible,
    Margin,
    Outcome,
    Quality,
    Scale,
    Segment,
    StatusRule,
    Study,
    Text,
    Touchpoint,
    Wave,
    Weighting,
)

CODES = Codes(not_met=(6.0,), not_asked=(7.0,), dont_know=(8.0, "weiß nicht"), refused=("n/a",))
LONG = Study(
    id="s",
    title=Text(),
    file=Path("study.toml"),
    folder=Path(),
    raw=Path(),
    touchpoints=(
        Touchpoint("shop", Text(), "before", rating=Columns("R1"), contact=Columns("C1"),
                   brand_fit=Columns("B1"), codes=CODES),
        Touchpoint("app", Text(), "during", rating=Columns("R2"), contact=Columns("C2"),
                   codes=CODES, contact_rule=Contact(contradiction="quarantine")),
        Touchpoint("help", Text(), "after", rating=Columns("R3"), codes=CODES, scale="marks",
                   contact_rule=Contact(when_blank="not_met")),
    ),
    outcomes=(
        Outcome("loyalty", Text(), "loyalty", (Columns("N1"), Columns("N2")), (False, True), "ten",
                waves=("w",), status=("current",)),
    ),
    waves=(Wave("w", Text(), "w.csv"),),
    scales={
        "rating": Scale("rating", 1, 5, 5),
        "marks": Scale("marks", 1, 6, 1, step=0.5),
        "ten": Scale("ten", 0, 10, 10),
    },
    respondent=Columns("ID"),
    weight=Columns("W"),
    cluster=Columns("RUN"),
    stratum=Columns("H"),
    brand=Columns("MARKE"),
    status=StatusRule(Columns("S"), {"current": (1.0,), "former": (2.0,)}),
    segments=(
        Segment("brand", Text(), Columns("MARKE")),
        Segment("region", Text(), Columns("G"), {1.0: Text(), "n": Text()}),
    ),
    exclusions=(Exclusion(Columns("T"), (1.0, "test"), Text()),),
    blocks=(Block(Columns("X"), (1.0,), ("shop",)), Block(Columns("X"), (2.0,), ("app",))),
    quality=Quality(
        duration=Columns("D"),
        straight_line=3,
        implausible=(Implausible(Text(), ((Columns("A"), (999.0,)),)),),
    ),
)  # fmt: skip


def plain(study: Study) -> Study:
    """Return the study of respondents with one row, weighted by region."""
    margin = Margin("region", {"1": 0.5, "n": 0.5})
    own = study.segments[1:]
    return replace(
        study, brand=Columns(), segments=own, weighting=Weighting((margin,), trim=(0.3, 3.0))
    )


def wide(study: Study) -> Study:
    """Return the study of two brands with ratings in columns of their own."""
    column = Columns(BRAND_COLUMN)
    return replace(
        study,
        brand=column,
        brands=(Brand("acme", Text(), "1"), Brand("zenith", Text(), "2")),
        touchpoints=tuple(
            replace(item, rating=Columns(f"{item.rating.default}_{{brand}}"))
            for item in study.touchpoints
        ),
        segments=(replace(study.segments[0], column=column), *study.segments[1:]),
        quality=replace(study.quality, exclude=("duplicate", "speeder", "straight_liner")),
    )


STUDIES = {"long": LONG, "plain": replace(plain(LONG), panel=True), "wide": wide(LONG)}
RATINGS = ("R1", "R2", "R3")
SHARED = (
    "ID",
    "C1",
    "C2",
    "B1",
    "N1",
    "N2",
    "W",
    "RUN",
    "H",
    "MARKE",
    "S",
    "G",
    "T",
    "X",
    "D",
    "A",
)
COLUMNS = {
    "wide": [*SHARED, *(f"{name}_{part}" for name in RATINGS for part in "12")],
    **{kind: [*SHARED, *RATINGS] for kind in ("long", "plain")},
}

USUAL = st.sampled_from(
    [
        "1",
        "2",
        "3",
        "4",
        "5",
        "6",
        "7",
        "8",
        "1.0",
        " 2 ",
        "0,5",
        "1,250",
        "weiß nicht",
        "n/a",
        "n",
        "",
    ]
)
ODD = st.one_of(
    st.text(max_size=6),
    st.sampled_from(
        ["inf", "-inf", "nan", "1e999", "-1e-999", "0x1F", "٣", "½", "1_000", "\x00", "\ud7ff",
         "🙂", "\u2028", "=1+1", "1.000.000", "9" * 40, "TRUE", "1" + "0" * 400]
    ),
)  # fmt: skip
NUMBERS = st.one_of(
    st.integers(-3, 12),
    st.integers(-(10**30), 10**30),
    st.floats(allow_nan=True, allow_infinity=True),
)
TEXTS = st.one_of(st.none(), USUAL, ODD)
CELLS = st.one_of(TEXTS, NUMBERS, st.booleans(), st.just(pd.Timestamp("2026-02-28 10:00")))
KINDS = {
    "text": lambda n: st.lists(TEXTS, min_size=n, max_size=n).map(
        lambda cells: pd.Series(cells, dtype="str")
    ),
    "usual": lambda n: st.lists(st.one_of(st.none(), USUAL), min_size=n, max_size=n).map(
        lambda cells: pd.Series(cells, dtype="str")
    ),
    "number": lambda n: st.lists(st.floats(), min_size=n, max_size=n).map(
        lambda cells: pd.Series(cells, dtype="float64")
    ),
    "whole": lambda n: st.lists(st.integers(0, 8), min_size=n, max_size=n).map(
        lambda cells: pd.Series(cells, dtype="int64")
    ),
    "mixed": lambda n: st.lists(CELLS, min_size=n, max_size=n).map(
        lambda cells: pd.Series(cells, dtype=object)
    ),
    "blank": lambda n: st.just(pd.Series([None] * n, dtype="str")),
}


SOUND = {
    "ID": "1", "C1": "1", "C2": None, "B1": "3", "N1": "7", "N2": "3", "W": "1", "RUN": "x",
    "H": "h", "MARKE": "a", "S": "1", "G": "1", "T": "0", "X": "1", "D": "300", "A": "30",
    "R1": "4", "R2": None, "R3": "2.5",
}  # fmt: skip


@st.composite
def frames(draw, columns):
    """Draw a wave's raw rows: sound ones, with odd cells, odd columns and rows at fault."""
    n = draw(st.integers(0, 25))
    alike = {name: SOUND[name.partition("_")[0]] for name in columns} | {"R1_2": "5"}
    rows = [
        alike | {"ID": f"id {row}", "G": "1n"[row % 2], "N1": str(row % 11), "A": str(20 + row)}
        for row in range(n)
    ]
    frame = pd.DataFrame(rows, columns=columns)
    for name in draw(st.sets(st.sampled_from(columns), max_size=2)):
        frame[name] = draw(KINDS[draw(st.sampled_from([*KINDS]))](n))
    for name in draw(st.sets(st.sampled_from(columns), max_size=8)) if n else ():
        frame[name] = frame[name].astype(object)
        frame.loc[draw(st.integers(0, n - 1)), name] = draw(CELLS)
    frame["__row__"] = np.arange(2, n + 2)
    if draw(st.booleans()):
        fault = st.lists(st.sampled_from([None, None, "3 of 9"]), min_size=n, max_size=n)
        frame["__fault__"] = pd.Series(draw(fault), dtype="str")
    return frame


def checked(study: Study, frame: pd.DataFrame) -> bool:
    """Validate, and hold the books against the rows that went in; tell whether any passed."""
    before = frame.copy()
    try:
        found = validate_wave(study, "w", frame, "w.csv")
    except SupertouchError:
        return False
    pd.testing.assert_frame_equal(frame, before)
    sample, rows = found.sample.iloc[0], found.responses
    assert sample["n_read"] == len(frame) * max(len(study.brands), 1)
    parts = sample[["n_accepted", "n_quarantined", "n_excluded"]]
    assert sample["n_read"] == parts.sum()
    assert len(rows) == parts["n_accepted"] > 0
    left = found.quarantine[["row", "record"]].drop_duplicates()
    if len(study.brands) == 0:
        assert left["row"].nunique() == sample["n_quarantined"]
    assert len(left) <= sample["n_quarantined"] <= len(found.quarantine)
    excluded = found.rejections.query("kind == 'excluded'")["n"].sum()
    assert excluded == sample["n_excluded"]
    assert set(rows["row"]) | set(left["row"]) <= set(frame["__row__"])
    assert np.isfinite(rows["weight"]).all()
    assert (rows["weight"] > 0).all()
    for item in study.touchpoints:
        rated = rows[f"{item.id}.rating"].notna()
        assert (rows.loc[rated, f"{item.id}.contact"] == 1).all()
        assert (rated == (rows[f"{item.id}.rating_empty"] == "")).all()
        scale = study.scales[item.scale]
        assert rows.loc[rated, f"{item.id}.rating"].between(scale.minimum, scale.maximum).all()
    return True


QUICK = settings(
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)


@pytest.mark.parametrize("kind", STUDIES)
def test_any_cells_end_in_answers_or_in_quarantine_or_in_an_error_for_people(kind):
    @settings(QUICK, max_examples=12)
    @given(frames(COLUMNS[kind]))
    def holds(frame):
        passed.append(checked(STUDIES[kind], frame))

    passed: list[bool] = []
    holds()
    assert sum(passed) >= 2  # the books were looked at


@pytest.mark.parametrize("column", SOUND)
def test_an_odd_cell_takes_no_row_but_its_own(column):
    """Among sound rows any cell is an answer, or puts its own row into quarantine."""
    sound = [SOUND | {"ID": f"sound {number}"} for number in range(30)]

    @settings(QUICK, max_examples=2)
    @given(st.lists(CELLS, min_size=20, max_size=20))
    def holds(cells):
        odd = [SOUND | {"ID": f"odd {place}", column: cell} for place, cell in enumerate(cells)]
        frame = pd.DataFrame([*sound, *odd, SOUND | {"ID": "last"}], dtype=object)
        frame["__row__"] = range(2, len(frame) + 2)
        try:
            found = validate_wave(LONG, "w", frame, "w.csv")
        except DataError:
            assert column == "D"  # durations that nobody can tell
            return
        last = len(frame) + 1
        assert {*range(2, 32), last} <= set(found.responses["row"])
        assert set(found.quarantine["row"]) <= set(range(32, last))

    holds()


@pytest.mark.parametrize(
    ("text", "value", "rule"),
    [
        (" 3 ", 3.0, ""),
        ("3.0", 3.0, ""),
        ("3,0", 3.0, ""),
        ("3,5", math.nan, "not a whole number from 1 to 5"),
        ("3,500", math.nan, "can be read in two ways (decimal comma?)"),
        ("3.0.0", math.nan, "not a whole number"),
        ("three", math.nan, "not a whole number"),
        ("1e999", math.nan, "not a whole number"),
        ("٣", math.nan, "not a whole number"),
    ],
)
def test_numbers_as_people_write_them(text, value, rule):
    frame = pd.DataFrame([SOUND, SOUND | {"ID": "2", "R1": text}]).assign(__row__=[2, 3])
    found = validate_wave(LONG, "w", frame, "w.csv")
    assert found.responses["shop.rating"].tolist()[1:] == ([] if rule else [value])
    assert [rule in told for told in found.quarantine["rule"]] == ([True] if rule else [])
