"""How much of a study file `supertouch init` finds by itself, on real files.

A touchpoint column counts as right where the draft has it as a rating, with the right ends and
good end of the scale, and with the right meaning of every code in it that is no answer. "false"
are columns that the draft takes for ratings of touchpoints and that the truth does not. The truth
below was made by hand from the questionnaires and code lists; for `sfo` and `mobiles` it is that of
the example studies.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from supertouch.errors import SupertouchError
from supertouch.intake.draft import draft
from supertouch.study import load_study
from supertouch.study.model import Study

Scale = tuple[float, float, float]
Empties = Mapping[float | str, str]


@dataclass(frozen=True, slots=True)
class Truth:
    """Rating columns by scale (min, max, best) with their empties; further columns by use."""

    file: str
    ratings: Mapping[str, tuple[Scale, Empties]]
    outcomes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    weight: str | None = None
    cluster: str | None = None


def alike(names: str, scale: Scale, empties: Empties) -> dict[str, tuple[Scale, Empties]]:
    return dict.fromkeys(names.split(), (scale, empties))


GOOD: Scale = (1, 5, 5)
SFO_EMPTIES: Empties = {6: "not_met", 0: "refused"}
SFO_2014 = (
    "Q7ART Q7FOOD Q7STORE Q7SIGN Q7WALKWAYS Q7SCREENS Q7INFODOWN Q7INFOUP Q7WIFI Q7ROADS Q7PARK "
    "Q7AIRTRAIN Q7LTPARKING Q7RENTAL Q9BOARDING Q9AIRTRAIN Q9RENTAL Q9FOOD Q9RESTROOM Q13GETRATE "
    "Q14FIND Q14PASSTHRU"
)
SFO_2013 = (
    "Q7A_ART Q7B_FOOD Q7C_SHOPS Q7D_SIGNS Q7E_WALK Q7F_SCREENS Q7G_INFOARR Q7H_INFODEP Q7I_WIFI "
    "Q7J_ROAD Q7K_PARK Q7L_AIRTRAIN Q7M_LTPARK Q7N_RENTAL Q9A_CLNBOARD Q9B_CLNAIRTRAIN Q9C_CLNRENT "
    "Q9D_CLNFOOD Q9E_CLNBATH Q13_RATEGETTO Q14A_FIND Q14B_SECURITY"
)


def sfo(year: int, names: str, overall: str, cluster: str) -> Truth:
    outcomes = {"loyalty": (overall,)}
    if year == 2017:
        outcomes["recommendation"] = ("NETPRO",)
    file = f"sfo/raw/{year}_SFO_Customer_Survey_20250817.csv"
    return Truth(file, alike(names, GOOD, SFO_EMPTIES), outcomes, "WEIGHT", cluster)


TRUTH = [
    sfo(2017, SFO_2014, "Q7ALL", "RUNID"),
    sfo(2016, SFO_2014, "Q7ALL", "RUNID"),
    sfo(2015, SFO_2014, "Q7ALL", "RUNID"),
    sfo(2014, SFO_2014, "Q7ALL", "RUN"),
    sfo(2013, SFO_2013, "Q7O_WHOLE", "RUN"),
    Truth(
        "spss/mobiles_feedback_4_weeks.sav",
        alike("Q11_1 Q11_2 Q11_3", GOOD, {})
        | alike("Q12_1 Q12_2 Q12_3 Q12_4 Q12_5 Q12_6", GOOD, {6: "dont_know"}),
        {"recommendation": ("Q8",)},
    ),
    Truth(
        "oracle/bank_tidied.sav",
        alike("Fees Interest Phone Branch Online ATM", (1, 7, 7), {}),
        {"loyalty": ("Overall",)},
        "weight",
    ),
    Truth("surveymonkey/star_wars.csv", {}),
    Truth("qualtrics/no_basis_legacy.csv", {}),
    Truth("qualtrics/no_basis_insights.csv", {}),
    Truth("qualtrics/matrix.csv", {}),
    Truth("limesurvey/limonaid_survey_998192_R_data_file.csv", {}),
]


@dataclass(frozen=True, slots=True)
class Score:
    """What a draft got right: rating columns right, in all and false; outcomes; design."""

    right: int
    total: int
    false: tuple[str, ...]
    wrong: tuple[str, ...]
    outcomes: str
    design: str
    note: str = ""


def score(truth: Truth, folder: Path) -> Score:
    """Draft the file, load the draft, and compare it with the truth."""
    try:
        study = drafted(folder / truth.file)
    except SupertouchError as error:
        note = str(error.problems[0].rule)
        return Score(0, len(truth.ratings), (), tuple(truth.ratings), "-", "-", note)
    wave = study.waves[0].id
    made = {t.rating.within(wave): t for t in study.touchpoints}
    right = [
        name
        for name, wanted in truth.ratings.items()
        if name in made and fits(study, made[name], wanted)
    ]
    found = {o.role: tuple(item.within(wave) for item in o.items) for o in study.outcomes}
    good = sum(found.get(role) == tuple(columns) for role, columns in truth.outcomes.items())
    uses = {"weight": truth.weight, "cluster": truth.cluster}
    same = sum(getattr(study, use).within(wave) == column for use, column in uses.items())
    return Score(
        len(right),
        len(truth.ratings),
        tuple(str(name) for name in made if name not in truth.ratings),
        tuple(name for name in truth.ratings if name not in right),
        f"{good}/{len(truth.outcomes)}",
        f"{same}/{len(uses)}",
    )


def drafted(file: Path) -> Study:
    """Return the study of a draft, written to a file and loaded as any other."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "study.toml"
        path.write_text(draft(file).text(str(file.parent)), encoding="utf-8")
        return load_study(path)


def fits(study: Study, touchpoint, wanted) -> bool:
    (low, high, best), empties = wanted
    scale = study.scales[touchpoint.scale]
    if (scale.minimum, scale.maximum, scale.best) != (low, high, best):
        return False
    return all(code in getattr(touchpoint.codes, kind) for code, kind in empties.items())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=os.environ.get("SUPERTOUCH_REAL_DATA"))
    folder = parser.parse_args().data
    if not folder:
        parser.error("name the folder of the real data by --data or SUPERTOUCH_REAL_DATA")
    print(f"{'file':<40} {'right':>5} {'in all':>6} {'false':>5} {'outcomes':>8} {'design':>6}")
    for truth in TRUTH:
        found = score(truth, Path(folder))
        name = Path(truth.file).name[:40]
        print(
            f"{name:<40} {found.right:>5} {found.total:>6} {len(found.false):>5} "
            f"{found.outcomes:>8} {found.design:>6}  {found.note}"
        )
        for text, names in (("wrong", found.wrong), ("false", found.false)):
            if names:
                print(f"    {text}: {', '.join(name[:30] for name in names)}")


if __name__ == "__main__":
    main()
