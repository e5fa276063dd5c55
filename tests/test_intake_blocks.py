"""Split questionnaires: who was not asked is not asked, whatever blanks mean elsewhere."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from supertouch.findings import analyze_wave
from supertouch.intake import validate_wave
from supertouch.study.model import (
    Analysis,
    Block,
    Codes,
    Columns,
    Contact,
    Outcome,
    Scale,
    Study,
    Text,
    Touchpoint,
    Wave,
)

CODES = Codes(not_met=(6.0,), not_asked=(97.0,), dont_know=(98.0,), refused=(99.0,))
HOLDS = Contact(not_met=(2.0,), dont_know=(98.0,), not_asked=(97.0,), refused=(99.0,))


def study(*blocks: Block, contact: bool = True, codes: Codes = CODES, rule: Contact = HOLDS):
    return Study(
        id="s",
        title=Text(),
        file=Path("study.toml"),
        folder=Path(),
        raw=Path(),
        touchpoints=tuple(
            Touchpoint(
                id_,
                Text(),
                "during",
                rating=Columns(f"R_{id_}"),
                contact=Columns(f"C_{id_}" if contact else None),
                brand_fit=Columns("B_shop" if id_ == "shop" else None),
                codes=codes,
                contact_rule=rule,
            )
            for id_ in ("shop", "app", "help")
        ),
        outcomes=(
            Outcome("loyalty", Text(), "loyalty", (Columns("N"),), (False,), "ten", waves=("w",)),
        ),
        waves=(Wave("w", Text(), "w.csv"),),
        scales={"rating": Scale("rating", 1, 5, 5), "ten": Scale("ten", 0, 10, 10, step=0)},
        blocks=blocks,
        analysis=Analysis(replicates=50),
    )


def block(value, *touchpoints, column="X"):
    return Block(Columns(column), (value,), touchpoints)


SPLIT = (block(1.0, "shop"), block(2.0, "app"), block(3.0, "shop", "app"))
ASKED = {"R_shop": "4", "R_app": "5", "R_help": "3", "C_shop": "1", "C_app": "1", "C_help": "1"}


def rows(*changes):
    return pd.DataFrame(
        [{"X": None, "B_shop": None, "N": "7"} | ASKED | change for change in changes]
    ).assign(__row__=range(2, len(changes) + 2))


NO_SHOP = {"R_shop": None, "C_shop": None, "B_shop": None}
NO_APP = {"R_app": None, "C_app": None}


@pytest.mark.parametrize("rule", [HOLDS, replace(HOLDS, when_blank="not_met")])
@pytest.mark.parametrize("blank", ["refused", "not_met", "dont_know"])
@pytest.mark.parametrize("contact", [True, False])
def test_a_touchpoint_of_another_block_was_not_asked(contact, blank, rule):
    asked = study(*SPLIT, contact=contact, codes=replace(CODES, blank=blank), rule=rule)
    frame = rows(
        NO_APP | {"X": "1", "B_shop": "2"},
        NO_SHOP | {"X": "2.0"},
        {"X": "3", "B_shop": "2"},
        {**NO_SHOP, **NO_APP},
        {"X": "2", "R_shop": "97", "C_shop": "99", "B_shop": "99"},
    )
    v = validate_wave(asked, "w", frame, "w.csv")
    assert v.quarantine.empty
    found = v.responses
    outside = {"shop": [False, True, False, True, True], "app": [True, False, False, True, False]}
    for id_, out in outside.items():
        for kind in ("contact", "rating"):
            assert (found[f"{id_}.{kind}_empty"] == "not_asked").tolist() == out
            assert found[f"{id_}.{kind}"].isna().tolist() == out
    assert (found["shop.brand_fit_empty"] == "not_asked").tolist() == outside["shop"]
    assert set(found["help.rating_empty"]) == {""}
    empties = v.empties.set_index(["item", "kind"])["not_asked"]
    assert empties["shop", "rating"] == empties["shop", "brand_fit"] == 3


OUTSIDE = "answered although block X = 2 did not ask it"
STRAY = "the block is blank, but touchpoints of the blocks have answers"


@pytest.mark.parametrize(
    ("change", "column", "rule"),
    [
        (NO_SHOP | {"X": "2", "R_shop": "4"}, "R_shop", OUTSIDE),
        (NO_SHOP | {"X": "2", "R_shop": "98"}, "R_shop", OUTSIDE),
        (NO_SHOP | {"X": "2", "R_shop": "6"}, "R_shop", OUTSIDE),
        (NO_SHOP | {"X": " 2 ", "C_shop": "2"}, "C_shop", OUTSIDE),
        (NO_SHOP | {"X": "2", "B_shop": "3"}, "B_shop", OUTSIDE),
        (NO_SHOP | NO_APP | {"C_app": "1"}, "X", STRAY),
        ({"X": "4"}, "X", "not a value of any block in the study"),
        (NO_SHOP | {"X": "two"}, "X", "not a value of any block in the study"),
        (NO_SHOP | {"X": "2", "R_shop": "11"}, "R_shop", "not a whole number from 1 to 5"),
    ],
)
def test_answers_that_no_block_asked_for_go_to_quarantine(change, column, rule):
    v = validate_wave(study(*SPLIT), "w", rows({"X": "3"}, change), "w.csv")
    assert v.responses["row"].tolist() == [2]
    assert v.quarantine[["row", "column"]].values.tolist() == [[3, column]]
    assert v.quarantine["rule"][0].startswith(rule)
    assert v.quarantine["value"][0] == str(change.get(column) or "").strip()
    assert v.sample["n_quarantined"].tolist() == [1]


def test_blocks_in_two_columns(tmp_path):
    """A touchpoint in blocks of both was asked about where one of them holds."""
    asked = study(block(1.0, "shop"), block(1.0, "shop", "app", column="Y"), block(0.0, column="Y"),
                  block(0.0))  # fmt: skip
    frame = rows(
        NO_APP | {"X": "1", "Y": "0"},
        {"X": "0", "Y": "1"},
        NO_SHOP | NO_APP | {"X": "0", "Y": "0"},
        NO_APP | {"X": "0", "Y": "0"},
        NO_SHOP | {"X": "1", "Y": None},
    )
    v = validate_wave(asked, "w", frame, "w.csv")
    assert v.responses["row"].tolist() == [2, 3, 4]
    assert v.responses["shop.rating_empty"].tolist() == ["", "", "not_asked"]
    assert v.quarantine[["row", "column", "rule"]].values.tolist() == [
        [5, "C_shop", "answered although block X = 0 and Y = 0 did not ask it"],
        [5, "R_shop", "answered although block X = 0 and Y = 0 did not ask it"],
        [6, "Y", STRAY],
    ]


def test_a_wave_without_the_block_s_column_asked_everybody():
    blocks = tuple(replace(item, column=Columns("X", {"w": None})) for item in SPLIT)
    v = validate_wave(study(*blocks), "w", rows({"X": "1"}, NO_SHOP | {"X": "9"}), "w.csv")
    assert v.responses["app.rating_empty"].tolist() == ["", ""]
    assert v.responses["shop.rating_empty"].tolist() == ["", "refused"]


def test_a_block_that_the_file_declares_missing_is_blank():
    frame = rows({"X": "3"}, NO_SHOP | NO_APP | {"X": "9"})
    meta = {"missing_codes": {"X": [[9.0, 9.0]]}}
    v = validate_wave(study(*SPLIT), "w", frame, "w.csv", meta=meta)
    assert v.responses["app.rating_empty"].tolist() == ["", "not_asked"]


def people(n: int) -> pd.DataFrame:
    """Three touchpoints alike."""
    rng = np.random.default_rng(3)
    met = rng.random((n, 3)) < 0.7
    x = rng.integers(1, 6, (n, 3))
    frame = pd.DataFrame({"N": np.clip(5 + (met * (x - 3)) @ [0.5, 0.5, 0.5], 0, 10)})
    frame["N"] = np.clip(frame["N"] + rng.normal(size=n), 0, 10)
    for place, id_ in enumerate(("shop", "app", "help")):
        frame[f"C_{id_}"] = np.where(met[:, place], 1, 2)
        frame[f"R_{id_}"] = np.where(met[:, place], x[:, place], 6)
    return frame.assign(B_shop=6, __row__=np.arange(2, n + 2), X=1.0)


def test_results_do_not_move_as_fewer_are_asked():
    """The touchpoint asked of a quarter keeps mean, reach and importance of its equal."""
    n = 8000
    draw = np.random.default_rng(4).random(n)
    found = {}
    for asked in (1.0, 0.25):
        frame = people(n).astype(object)
        out = draw > asked
        frame.loc[out, "X"] = 2.0
        frame.loc[out, ["C_shop", "R_shop", "B_shop"]] = None
        split = study(block(1.0, "shop"), block(2.0))
        v = validate_wave(split, "w", frame, "w.csv")
        assert len(v.responses) == n
        coded = frame.fillna(97)
        plain = validate_wave(study(), "w", coded, "w.csv").responses
        assert_frame_equal(v.responses, plain)
        tables = analyze_wave(split, "w", v.responses, complete=False)
        table = tables["performance"].query("segment == ''").set_index("touchpoint")
        found[asked] = table.loc["shop", ["reach", "satisfaction"]].tolist()
        lmg = (
            tables["importance"]
            .query("method == 'lmg' and component == 'experience' and segment == ''")
            .set_index("touchpoint")["share"]
        )
        found[asked] += [lmg["shop"] / (lmg["shop"] + lmg["app"])]
    # sampling errors at a quarter: reach 0.01, mean 0.04, share 0.02
    assert found[1.0] == pytest.approx([0.7, 3.0, 0.5], abs=0.05)
    assert found[0.25] == pytest.approx(found[1.0], abs=0.08)
