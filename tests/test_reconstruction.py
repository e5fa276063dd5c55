"""An attacker reads all that leaves a study and tries to find what single persons answered.

It knows everybody's segments, contacts and bases, the seed and this program; it does not know the
answers. From the numbers that the reports tell it solves for those of fewer than the smallest base.
"""

import io
import itertools
import json
import re
import zipfile
from collections import defaultdict

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

import private_study
from packed_pages import PACK, unpacked
from supertouch import cli, pipeline
from supertouch.stats.differences import overlapping
from supertouch.stats.packing import Packed
from supertouch.stats.packing import unpacked as numbers_of
from supertouch.stats.resampling import multiplicities

LEAST = 10
N = 220
REPLICATES = 600
EXACT = 1e-9


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """The study with everything that it tells, and what the terminal said."""
    folder = tmp_path_factory.mktemp("private")
    file = private_study.write_study(folder, replicates=REPLICATES, n=N)
    study = pipeline.open_study(file)
    pipeline.run(study)
    for words in (["field", str(file), "--wave", "w2"], ["drift", str(file)]):
        cli.app(words, standalone_mode=False)
    return study


def contents(path):
    """Yield the name and text of a file and of all that is packed in it."""
    yield from _contents(path.name, path.read_bytes())


def _contents(name, data):
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for item in archive.namelist():
                yield from _contents(f"{name}/{item}", archive.read(item))
        return
    text = data.decode("utf-8", "replace")
    yield name, unpacked(text) if PACK.search(text) else text


def test_no_id_address_open_text_or_single_value_leaves_the_data(told):
    searched = numbers = 0
    for path in sorted(told.reports.rglob("*")):
        for name, text in contents(path) if path.is_file() else ():
            searched += 1
            numbers += len(re.findall(r"\d+(?:[.,]\d+)?", text)) if path.suffix != ".png" else 0
            found = [canary for canary in private_study.CANARIES if canary in text]
            assert not found, (name, found)
    assert searched > 300
    assert numbers > 100_000
    inside = "".join(
        path.read_text("utf-8") for path in (told.folder / "data").rglob("quarantine.csv")
    )
    assert "Tippfehler Stieglitz" in inside, "the canaries are in the data"


class Attack:
    """What is told of one kind of answer in one wave: sums over people, as equations.

    Attributes
    ----------
    base : ndarray of bool of shape (n,)
        Who answered.
    rows : list of ndarray of bool
        Whose answers each published mean is of.
    """

    def __init__(self, base, low, high):
        self.base, self.low, self.high = base, low, high
        self.rows, self.means = [], []

    def hear(self, mask, mean):
        """Take in the mean of those in ``mask`` who answered."""
        if not np.isnan(mean) and (mask & self.base).any():
            self.rows.append(mask & self.base)
            self.means.append(mean)

    def known(self, groups):
        """Return which groups' sums follow exactly from what was heard."""
        if not self.rows or not len(groups):
            return np.zeros(len(groups), dtype=bool)
        matrix = np.array(self.rows, dtype=float)
        _, size, basis = np.linalg.svd(matrix, full_matrices=False)
        basis = basis[size > EXACT * size[0]]
        wanted = np.array(groups, dtype=float)
        left = wanted - wanted @ basis.T @ basis
        return np.abs(left).max(axis=1) < 1e-7

    def differences(self):
        """Return whom sums and differences of up to three published sums are about."""
        rows = np.unique(np.array(self.rows, dtype=np.int8), axis=0)
        found = []
        for many in (1, 2, 3):
            signs = np.array(list(itertools.product((1, -1), repeat=many - 1)), dtype=np.int8)
            signs = np.column_stack([np.ones(len(signs), dtype=np.int8), signs])
            places = np.array(list(itertools.combinations(range(len(rows)), many)))
            if len(places):
                found.append(
                    np.tensordot(signs, rows[places], axes=(1, 1)).reshape(-1, rows.shape[1])
                )
        return np.unique(np.concatenate(found) != 0, axis=0)

    def width(self, group):
        """Return how wide the range is that a group's mean is known to lie in."""
        kinds, kind = np.unique(
            np.array([*self.rows, group, self.base]), axis=1, return_inverse=True
        )
        size = np.bincount(kind.reshape(-1))
        used = kinds[-1]
        matrix = kinds[:-2] * size
        sums = [row.sum() * mean for row, mean in zip(self.rows, self.means, strict=True)]
        aim = kinds[-2] * size / group.sum()
        ends = [
            linprog(
                sign * aim[used],
                A_ub=np.vstack([matrix, -matrix])[:, used],
                b_ub=np.concatenate([np.array(sums) + 1e-6, 1e-6 - np.array(sums)]),
                bounds=(self.low, self.high),
            )
            for sign in (1, -1)
        ]
        assert all(end.status == 0 for end in ends), "what is told does not contradict itself"
        return -ends[1].fun - ends[0].fun


def truth(study, wave):
    return pd.read_parquet(study.processed / "validate" / wave / "responses.parquet")


def table(study, name):
    return pd.read_csv(
        study.reports / "tables" / f"{name}.csv", keep_default_na=False, na_values=[""]
    )


def floats(frame, column):
    return frame[column].to_numpy(float, na_value=np.nan)


def attacks(study, wave):
    """Return what the tables tell of each kind of answer of a wave, by its name."""
    frame = truth(study, wave)
    everybody = np.ones(len(frame), dtype=bool)
    found = {}
    contact = {name: floats(frame, f"{name}.contact") for name in private_study.TOUCHPOINTS}
    for name in private_study.TOUCHPOINTS:
        rated = ~np.isnan(floats(frame, f"{name}.rating"))
        for measure, high in (("satisfaction", 6), ("disappointed", 1), ("delighted", 1)):
            found[measure, name] = Attack(rated, 1 if high > 1 else 0, high)
        found["reach", name] = Attack(~np.isnan(contact[name]), 0, 1)
        found["brand_fit", name] = Attack(~np.isnan(floats(frame, f"{name}.brand_fit")), 1, 6)
    for name, high in (("loyalty", 6), ("recommendation", 10), ("purchase", 6)):
        answered = ~np.isnan(floats(frame, f"{name}.score"))
        found["mean", name] = Attack(answered, 0, high)
    scored = ~np.isnan(floats(frame, "recommendation.score"))
    found["nps", "recommendation"] = Attack(scored, -100, 100)

    def mask(row):
        if not row.segment:
            return everybody
        return (frame[f"segment.{row.segment}"].astype(str) == row.segment_value).to_numpy()

    for name in ("performance", "outcomes", "comparison", "banner"):
        rows = table(study, name)
        keys = ["segment", "segment_value", *(["other_segment", "other_value"] * ("other" in rows))]
        rows[keys] = rows[keys].fillna("").astype(str)
        for row in rows[rows.wave == wave].itertuples():
            for key, mean, own in HEARD[name](row, mask):
                if key in found:
                    found[key].hear(own, mean)
    for name in private_study.TOUCHPOINTS:
        rows = table(study, "performance").query("wave == @wave and touchpoint == @name")
        rows = rows.fillna({"segment": "", "segment_value": ""})
        for row in rows.itertuples():
            own = mask(row)
            found["nps", "recommendation"].hear(own & (contact[name] == 1), row.nps_met)
            found["nps", "recommendation"].hear(own & (contact[name] == 0), row.nps_not_met)
    return frame, contact, found


def _performance(row, mask):
    for measure in ("satisfaction", "disappointed", "delighted", "reach", "brand_fit"):
        yield (measure, row.touchpoint), getattr(row, measure), mask(row)


def _outcomes(row, mask):
    yield ("mean", row.outcome), row.mean, mask(row)
    yield ("nps", row.outcome), row.nps, mask(row)


def _comparison(row, mask):
    measure = {"level": "mean"}.get(row.metric, row.metric)
    about = row.outcome if measure in ("mean", "nps") else row.touchpoint
    yield (measure, about), row.value, mask(row)
    other = row._replace(segment=row.other_segment, segment_value=row.other_value)
    yield (measure, about), row.other, mask(other)


def _banner(row, mask):
    names = {
        ("touchpoint", "mean"): "satisfaction",
        ("contact", "met"): "reach",
        ("brand_fit", "mean"): "brand_fit",
        ("outcome", "mean"): "mean",
        ("outcome", "nps"): "nps",
    }
    measure = names.get((row.kind, row.measure))
    if measure:
        yield (measure, row.question), row.value, mask(row)


HEARD = {
    "performance": _performance,
    "outcomes": _outcomes,
    "comparison": _comparison,
    "banner": _banner,
}


def groups_of(frame, contact, key):
    """Return everybody of each group, of two groups at once, and of parts by contact."""
    values = [
        (frame[f"segment.{name}"].astype(str) == value).to_numpy()
        for name in private_study.SEGMENTS
        for value in frame[f"segment.{name}"].astype(str).unique()
    ]
    values.append(np.ones(len(frame), dtype=bool))
    groups = [first & other for first, other in itertools.combinations_with_replacement(values, 2)]
    if key[0] == "nps":
        parts = [part for own in contact.values() for part in (own == 1, own == 0, np.isnan(own))]
        groups += [group & part for group in values for part in parts]
    return groups


def leaks(frame, contact, key, attack):
    """Return the groups of too few whose answers follow, and how many systems were solved."""
    groups = [*groups_of(frame, contact, key), *attack.differences()]
    groups = np.unique(np.array(groups) & attack.base, axis=0)
    size = groups.sum(axis=1)
    few = groups[(size > 0) & (size < LEAST)]
    return few[attack.known(few)], few


@pytest.mark.parametrize("wave", ["w1", "w2"])
def test_no_answer_of_a_few_follows_from_what_the_tables_tell(told, wave):
    frame, contact, found = attacks(told, wave)
    draw = np.random.default_rng(1)
    equations = solved = 0
    for key, attack in found.items():
        equations += len(attack.rows)
        if not attack.rows:
            continue
        revealed, few = leaks(frame, contact, key, attack)
        assert not len(revealed), (key, revealed.sum(axis=1))
        solved += len(few)
        for place in draw.choice(len(few), min(len(few), 3), replace=False):
            assert attack.width(few[place]) > 0.01, (key, few[place].sum())
    assert equations > 500
    assert solved > 1000


def test_the_same_attack_finds_everything_where_nothing_is_hidden(told):
    frame, contact, found = attacks(told, "w2")
    for measure, name in (("satisfaction", "web"), ("nps", "recommendation"), ("reach", "shop")):
        attack = found[measure, name]
        for group in groups_of(frame, contact, ("", "")):
            attack.hear(group, 0.5)
        revealed, _ = leaks(frame, contact, (measure, name), attack)
        assert len(revealed) > 20


def replicates(text):
    """Return the columns of replicates that a page carries, by name."""
    found = defaultdict(dict)
    for name, kind, value in re.findall(r'"(mean)_(start|step|draws)":\s*("[^"]*"|[-\d.e]+)', text):
        found[name].setdefault(kind, []).append(json.loads(value))
    packs = zip(*(found["mean"][part] for part in ("start", "step", "draws")), strict=True)
    return [numbers_of(Packed(*pack)) for pack in packs]


def ratings_from(draws, midpoint, people):
    """Solve for everybody's rating from replicates of its mean, known how often each counts."""
    times = multiplicities(
        np.zeros(people, dtype=np.intp),
        replicates=len(draws),
        rng=np.random.default_rng([7, 1]),
    )
    matrix = np.hstack([times, -(draws - midpoint)[:, None] * times])
    solution = np.linalg.svd(matrix, full_matrices=False)[2][-1]
    told, rated = solution[:people], solution[people:]
    scale = np.median(rated[np.abs(rated) > np.abs(rated).max() / 2])
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.sort(np.where(rated / scale > 0.5, np.rint(told / rated + midpoint), np.nan))


def test_replicates_in_the_cockpit_do_not_give_back_the_ratings(told):
    frame = truth(told, "w2")
    path = told.processed / "analyze" / "w2" / "draws.parquet"
    drawn = pd.read_parquet(path).query("outcome == 'loyalty'")
    pages = "".join(text for _, text in contents(told.reports / "cockpit.html"))
    carried = replicates(pages)
    assert carried
    for name, rows in drawn.groupby("touchpoint"):
        ratings = np.sort(floats(frame, f"{name}.rating"))
        assert np.array_equal(ratings_from(rows["mean"].to_numpy(), 3.5, len(frame)), ratings,
                              equal_nan=True), "in the order drawn they would"  # fmt: skip
        for draws in carried:
            found = ratings_from(draws, 3.5, len(frame))
            assert not np.array_equal(found, ratings, equal_nan=True)


@pytest.mark.parametrize("seed", range(4))
def test_divisions_that_overlap_reveal_no_few(seed):
    draw = np.random.default_rng(seed)
    for _ in range(10):
        sizes = draw.integers(2, 5, 2)
        first = draw.integers(0, sizes[0], 150)
        other = first * sizes[1] // sizes[0]
        strays = draw.choice(150, draw.integers(0, 6))
        other[strays] = draw.integers(0, sizes[1], len(strays))
        codes, kind = np.unique(np.column_stack([first, other]), axis=0, return_inverse=True)
        gone = overlapping(
            codes,
            np.bincount(kind),
            minimum=LEAST,
            already=[np.zeros(size, dtype=bool) for size in sizes],
            unknown=True,
        )
        attack = Attack(np.ones(150, dtype=bool), 0, 1)
        attack.hear(attack.base, 0.5)
        for code, hidden in zip((first, other), gone, strict=True):
            for value in np.flatnonzero(~hidden):
                attack.hear(code == value, 0.5)
        size = attack.differences().sum(axis=1)
        assert not ((size > 0) & (size < LEAST)).any()
