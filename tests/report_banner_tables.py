"""Banner tables made up for tests; no survey stands behind them."""

import numpy as np
import pandas as pd

from supertouch.study.model import Study
from supertouch.tables import checked

GROUPS = [("", "", ""), ("region", "north", "A"), ("region", "south", "B"), ("region", "east", "C")]


def empty() -> dict[str, pd.DataFrame]:
    return {name: checked(pd.DataFrame(), table=name) for name in ("banner", "banner_waves")}


def banner_tables(made: Study, *, segment: str = "region") -> dict[str, pd.DataFrame]:
    """Return a table of every kind of question, and what changed from wave to wave.

    The last group is hidden and the one before it small; the first lies above the second at the
    first level, above the total at the second, and above the first wave.
    """
    rows = [
        row
        for wave in made.waves
        for question, kind, measures in _questions(made, wave.id)
        for measure, answer in measures
        for row in _rows(wave.id, question, kind, measure, answer, segment)
    ]
    table = pd.DataFrame(rows)
    last, first = made.waves[-1].id, made.waves[0].id
    changes = table[(table.wave == last) & ~table.hidden].assign(
        against=first, change=0.1, change_low=0.05, change_high=0.15, p_value=0.001, significant=2
    )
    columns = [*checked(pd.DataFrame(), table="banner_waves").columns]
    changes = changes[columns] if last != first else pd.DataFrame()
    return {
        "banner": checked(table, table="banner"),
        "banner_waves": checked(changes, table="banner_waves"),
    }


def _questions(made, wave):
    for outcome in made.outcomes_in(wave):
        scale = made.scales[outcome.scale]
        yield outcome.id, "outcome", _measures(scale, nps=outcome.role == "recommendation")
        for number in range(1, len(outcome.items) + 1 if len(outcome.items) > 1 else 1):
            yield f"{outcome.id}.{number}", "item", _measures(scale)
    for touchpoint in made.touchpoints_in(wave):
        yield touchpoint.id, "contact", [("met", "")]
        scale = made.scales[touchpoint.scale]
        yield touchpoint.id, "touchpoint", _measures(scale)
        if touchpoint.brand_fit.within(wave):
            yield touchpoint.id, "brand_fit", _measures(made.scales[touchpoint.brand_fit_scale])


def _measures(scale, *, nps=False):
    codes = np.arange(scale.minimum, scale.maximum + 1)
    found = [("answer", f"{code:g}") for code in codes]
    return [*found, ("top2", ""), ("bottom2", ""), ("mean", ""), *([("nps", "")] if nps else [])]


def _rows(wave, question, kind, measure, answer, segment):
    for place, (group, value, letter) in enumerate(GROUPS):
        hidden = place == 3
        number = {"mean": 3.25, "nps": -12.0}.get(measure, 0.25) * (1 + 0.1 * (place == 1))
        n = (400, 350, 44, 6)[place]
        yield {
            "wave": wave,
            "question": question,
            "kind": kind,
            "measure": measure,
            "answer": answer,
            "segment": segment if group else "",
            "segment_value": value,
            "letter": letter,
            "n": n,
            "n_weighted": np.nan if hidden else 1.01 * n,
            "n_eff": np.nan if hidden else 0.9 * n,
            "value": np.nan if hidden else number,
            "value_low": np.nan if hidden else number - 0.05,
            "value_high": np.nan if hidden else number + 0.05,
            "letters": "B" if place == 1 else "",
            "against_total": int(place == 1),
            "small": n < 50,
            "hidden": hidden,
        }
