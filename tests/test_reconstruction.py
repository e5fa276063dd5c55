"""An attacker reads all that leaves a study and tries to find what single persons answered.

It knows everybody's segments, contacts and bases, the seed and this program; it does not know the
answers. From the numbers that the reports tell it solves for those of fewer than the smallest base.
"""

import io
import itertools
import re
import zipfile
from functools import partial

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
N = 160
REPLICATES = 340


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """The study with everything that it tells."""
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


def truth(study, wave):
    return pd.read_parquet(study.processed / "validate" / wave / "responses.parquet")


def table(study, name, folder="tables"):
    file = study.reports / folder / f"{name}.csv"
    return pd.read_csv(file, keep_default_na=False, na_values=[""])


def floats(frame, column):
    return frame[column].to_numpy(float, na_value=np.nan)


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
    quarantines = (told.folder / "data").rglob("quarantine.csv")
    inside = "".join(path.read_text("utf-8") for path in quarantines)
    assert "Tippfehler Stieglitz" in inside, "the canaries are in the data"


class Attack:
    """What is told of one kind of answer in one wave: means of people, as equations.

    Attributes
    ----------
    base : ndarray of bool of shape (n,)
        Who answered.
    low, high : float
        Ends of the answers.
    rows, means : list
        Whose answers each published mean is of, and the mean.
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
        _, size, basis = np.linalg.svd(np.array(self.rows, dtype=float), full_matrices=False)
        basis = basis[size > 1e-9 * size[0]]
        wanted = np.array(groups, dtype=float)
        return np.abs(wanted - wanted @ basis.T @ basis).max(axis=1, initial=0) < 1e-7

    def differences(self):
        """Return whom sums and differences of up to three published sums are about."""
        rows = np.unique(np.array(self.rows, dtype=np.int8), axis=0)
        found = []
        for many in range(1, min(3, len(rows)) + 1):
            signs = np.array([(1, *rest) for rest in itertools.product((1, -1), repeat=many - 1)])
            places = np.array(list(itertools.combinations(range(len(rows)), many)))
            summed = np.tensordot(signs.astype(np.int8), rows[places], axes=(1, 1))
            found.append(summed.reshape(-1, rows.shape[1]) != 0)
        return np.concatenate(found)

    def leaks(self, groups):
        """Return the groups of too few, and which of their sums follow exactly."""
        groups = [*(np.array(groups) & self.base), *self.differences()]
        size = np.sum(groups, axis=1)
        few = np.unique(np.array(groups)[(size > 0) & (size < LEAST)], axis=0)
        return few, self.known(few)

    def width(self, group):
        """Return how wide the range is that a group's mean is known to lie in."""
        kinds, kind = np.unique(np.array([*self.rows, group]), axis=1, return_inverse=True)
        matrix = kinds * np.bincount(kind.reshape(-1))
        sums = np.array(self.means) * matrix[:-1].sum(axis=1)
        ends = [
            linprog(
                sign * matrix[-1] / group.sum(),
                A_ub=np.vstack([matrix[:-1], -matrix[:-1]]),
                b_ub=np.concatenate([sums, -sums]) + 1e-6,
                bounds=(self.low, self.high),
            )
            for sign in (1, -1)
        ]
        assert all(end.status == 0 for end in ends), "what is told does not contradict itself"
        return -ends[1].fun - ends[0].fun


def unheard(frame):
    """Return the kinds of answers that tables tell of."""
    found = {}
    for name in private_study.TOUCHPOINTS:
        rated = ~np.isnan(floats(frame, f"{name}.rating"))
        for measure, low, high in (("satisfaction", 1, 6), ("disappointed", 0, 1)):
            found[measure, name] = Attack(rated, low, high)
        found["reach", name] = Attack(~np.isnan(floats(frame, f"{name}.contact")), 0, 1)
        found["brand_fit", name] = Attack(~np.isnan(floats(frame, f"{name}.brand_fit")), 1, 6)
    for name, high in (("loyalty", 6), ("recommendation", 10), ("purchase", 6)):
        answered = ~np.isnan(floats(frame, f"{name}.score"))
        found["mean", name] = Attack(answered, 0, high)
    scored = ~np.isnan(floats(frame, "recommendation.score"))
    found["nps", "recommendation"] = Attack(scored, -100, 100)
    return found


def attacks(study, wave):
    """Return what the tables tell of each kind of answer of a wave, by its name."""
    frame = truth(study, wave)
    contact = {name: floats(frame, f"{name}.contact") for name in private_study.TOUCHPOINTS}
    found = unheard(frame)
    for name, read in HEARD.items():
        rows = table(study, name).assign(heard=wave)
        rows = rows[(rows.wave == wave) | (rows.get("against") == wave)]
        keys = [key for key in ROLES if key in rows]
        rows = rows.astype(dict.fromkeys(keys, object)).fillna(dict.fromkeys(keys, ""))
        for row in rows.itertuples():
            for key, mean, own in read(row, partial(of_group, frame), contact):
                if key in found:
                    found[key].hear(own, mean)
    return frame, contact, found


def of_group(frame, segment, value):
    if not segment:
        return np.ones(len(frame), dtype=bool)
    return (frame[f"segment.{segment}"].astype(str) == str(value)).to_numpy()


def _performance(row, group, contact):
    own = group(row.segment, row.segment_value)
    for measure in ("satisfaction", "disappointed", "reach", "brand_fit"):
        yield (measure, row.touchpoint), getattr(row, measure), own
    for met, mean in ((1, row.nps_met), (0, row.nps_not_met)):
        yield ("nps", "recommendation"), mean, own & (contact[row.touchpoint] == met)


def _outcomes(row, group, _):
    own = group(row.segment, row.segment_value)
    yield from ((("mean", row.outcome), row.mean, own), (("nps", row.outcome), row.nps, own))


def _comparison(row, group, _):
    measure = {"level": "mean"}.get(row.metric, row.metric)
    about = row.outcome if measure in ("mean", "nps") else row.touchpoint
    yield (measure, about), row.value, group(row.segment, row.segment_value)
    yield (measure, about), row.other, group(row.other_segment, row.other_value)


ROLES = ("segment", "segment_value", "other_segment", "other_value")
BANNER = {
    ("touchpoint", "mean"): "satisfaction",
    ("contact", "met"): "reach",
    ("brand_fit", "mean"): "brand_fit",
    ("outcome", "mean"): "mean",
    ("outcome", "nps"): "nps",
}


def _banner(row, group, _):
    if (row.kind, row.measure) in BANNER:
        measure = BANNER[row.kind, row.measure]
        yield (measure, row.question), row.value, group(row.segment, row.segment_value)


def _tracking(row, group, _):
    about = row.touchpoint if isinstance(row.touchpoint, str) else row.outcome
    for side in ("before", "after"):
        if getattr(row, "against" if side == "before" else "wave") == row.heard:
            yield (row.measure, about), getattr(row, side), group("", "")


HEARD = {
    "performance": _performance,
    "outcomes": _outcomes,
    "comparison": _comparison,
    "banner": _banner,
    "tracking": _tracking,
}


def groups_of(frame, contact=()):
    """Return everybody of each group, of two groups at once, and of their parts by contact."""
    values = [np.ones(len(frame), dtype=bool)]
    for name in private_study.SEGMENTS:
        own = frame[f"segment.{name}"].astype(str)
        values += [(own == value).to_numpy() for value in own.unique()]
    groups = [first & other for first, other in itertools.combinations_with_replacement(values, 2)]
    for own in contact:
        groups += [group & part for group in values for part in (own == 1, own == 0, own != own)]
    return groups


@pytest.mark.parametrize("wave", ["w1", "w2"])
def test_no_answer_of_a_few_follows_from_what_the_tables_tell(told, wave):
    frame, contact, found = attacks(told, wave)
    draw = np.random.default_rng(1)
    equations = systems = 0
    for key, attack in found.items():
        if not attack.rows:
            continue
        few, revealed = attack.leaks(groups_of(frame, contact.values() if "nps" in key else ()))
        assert not revealed.any(), (key, few[revealed].sum(axis=1))
        # shares near 0 or 1 tell what (nearly) all said by themselves
        several = 0 if attack.high == 1 else min(len(few), 5)
        for place in draw.choice(len(few), several, replace=False):
            assert attack.width(few[place]) > 0.01, (key, few[place].sum())
        equations, systems = equations + len(attack.rows), systems + len(few) + 2 * several
    assert equations > 300
    assert systems > 200


def test_the_same_attack_finds_everything_where_nothing_is_hidden(told):
    frame, _, found = attacks(told, "w2")
    for measure, name in (("satisfaction", "web"), ("nps", "recommendation"), ("reach", "shop")):
        attack = found[measure, name]
        groups = np.unique(np.array(groups_of(frame)) & attack.base, axis=0)
        for group in groups:
            attack.hear(group, 0.5)
        few = groups[(groups.sum(axis=1) > 0) & (groups.sum(axis=1) < LEAST)]
        assert len(few) > 10
        assert attack.known(few).all()


def test_a_change_between_waves_is_told_only_where_both_levels_are(told):
    """Else the level of one wave and the change would give the other's hidden level."""
    keys = ["question", "kind", "measure", "answer", "segment", "segment_value"]
    as_text = dict.fromkeys(keys, str)
    levels = table(told, "banner").astype(as_text).set_index(["wave", *keys]).value
    changes = table(told, "banner_waves").astype(as_text)
    assert len(changes) > 200
    for side in ("wave", "against"):
        found = levels.reindex(pd.MultiIndex.from_frame(changes[[side, *keys]]))
        assert found.notna().all()
    hidden = table(told, "suppressed")
    assert set(hidden[hidden.segment == "region"].wave) == {"w2"}, "small in one wave only"
    assert not ((changes.segment == "region") & changes.segment_value.eq("Gimpelhausen")).any()


def some(count):
    return (count > 0) & (count < LEAST)


def of_outcome(study, frame, outcome):
    """Return who answered an outcome, and whom it is open to."""
    open_ = np.isin(frame.status, study.outcome(outcome).status)
    return ~np.isnan(floats(frame, f"{outcome}.score")) & open_, open_


def _contact_alone(study, frame, rows):
    for row in rows.query("component == 'contact' and segment.isna()").itertuples():
        answered, _ = of_outcome(study, frame, row.outcome)
        contact = floats(frame, f"{row.touchpoint}.contact")[answered]
        if some(np.sum(contact == 1)) or some(np.sum(contact == 0)):
            yield row.correlation


def _others_rated(study, frame, rows):
    """Yield the sum of the ratings of those whom the outcome is not open to, less the truth."""
    total = table(study, "performance").query("segment.isna() and wave == @rows.wave.iloc[0]")
    total = total.set_index("touchpoint")
    for row in rows.itertuples():
        rating = floats(frame, f"{row.touchpoint}.rating")
        others = ~np.isnan(rating) & ~of_outcome(study, frame, row.outcome)[1]
        if some(others.sum()):
            n, mean = total.loc[row.touchpoint, ["n_rated", "satisfaction"]]
            error = n * mean - (n - others.sum()) * row.mean - rating[others].sum()
            yield np.nan if abs(error) > 0.1 else error
            yield row.spread


def _bands(study, frame, rows):
    for row in rows[rows.segment.isna()].itertuples():
        rated = ~np.isnan(floats(frame, f"{row.touchpoint}.rating"))
        answered, open_ = of_outcome(study, frame, row.outcome)
        if some((rated & ~answered).sum()):
            yield from (row.n_disappointed, row.n_okay, row.n_delighted)
        if some((rated & ~open_).sum()):
            yield from (row.disappointed, row.delighted, row.linear_asymmetry)
        if some((~np.isnan(floats(frame, f"{row.touchpoint}.contact")) & ~open_).sum()):
            yield row.reach


def _pairs_known(study, frame, rows):
    for row in rows.itertuples():
        one, other = (~np.isnan(floats(frame, f"{name}.contact")) for name in (row[2], row[3]))
        if some((one & ~other).sum()) or some((other & ~one).sum()):
            yield from (row.n_both, row.both, row.jaccard, row.lift)


def _sets_known(study, frame, rows):
    for row in rows.query("criterion == 'met' and size == 1").itertuples():
        known = ~np.isnan(floats(frame, f"{row.touchpoints}.contact"))
        if some(known.sum() - row.n):
            yield from (row.reach, row.reach_low, row.bound)


def _phases_known(study, frame, rows):
    phases = {"before": "web", "during": "shop", "after": "hotline"}
    for row in rows[rows.status.isna()].itertuples():
        if some((~np.isnan(floats(frame, f"{phases[row.phase]}.contact"))).sum() - row.n):
            yield from (row.met, row.met_low)
            yield from (row.through, row.passed) if row.phase == "before" else ()


def _left_out(study, frame, rows):
    few = rows[rows.influence_n < LEAST]
    yield from (*few.effect_without, *few.influence_weight)


BESIDE = {
    "univariate": _contact_alone,
    "levers": _others_rated,
    "asymmetry": _bands,
    "overlap": _pairs_known,
    "reach_sets": _sets_known,
    "funnel": _phases_known,
    "collinearity": _left_out,
}


@pytest.mark.parametrize("wave", ["w1", "w2"])
@pytest.mark.parametrize("name", BESIDE)
def test_another_table_of_nearly_the_same_people_tells_nothing_of_the_others(told, name, wave):
    rows = table(told, name).query("wave == @wave")
    found = list(BESIDE[name](told, truth(told, wave), rows))
    assert found, "the study has such few"
    assert all(np.isnan(value) for value in found)


def replicates(text):
    """Return the columns of replicates that a page carries."""
    number = r"([-+.\deE]+)"
    packs = re.findall(rf'"start":{number},"step":{number},"draws":"([^"]+)"', text)
    return [numbers_of(Packed(float(start), float(step), draws)) for start, step, draws in packs]


def ratings_from(draws, midpoint, people):
    """Solve for everybody's rating from replicates of its mean, known how often each counts."""
    rng = np.random.default_rng([7, 1])
    times = multiplicities(np.zeros(people, dtype=np.intp), replicates=len(draws), rng=rng)
    matrix = np.hstack([times, -(draws - midpoint)[:, None] * times])
    solution = np.linalg.svd(matrix, full_matrices=False)[2][-1]
    told, rated = solution[:people], solution[people:]
    rated = rated / np.median(rated[np.abs(rated) > np.abs(rated).max() / 2])
    told = told / np.median(solution[people:][rated > 0.5])
    return np.sort(np.rint(told / rated + midpoint)[rated > 0.5])


def test_replicates_in_the_cockpit_do_not_give_back_the_ratings(told):
    frame = truth(told, "w2")
    drawn = pd.read_parquet(told.processed / "analyze" / "w2" / "draws.parquet")
    pages = "".join(text for _, text in contents(told.reports / "cockpit.html"))
    carried = replicates(pages)
    assert carried
    for name, rows in drawn.query("outcome == 'loyalty'").groupby("touchpoint"):
        ratings = np.sort(frame[f"{name}.rating"].dropna().to_numpy(float))
        in_order = ratings_from(rows["mean"].to_numpy(), 3.5, len(frame))
        assert np.array_equal(in_order, ratings), "in the order drawn they do"
        for draws in carried:
            assert not np.array_equal(ratings_from(draws, 3.5, len(frame)), ratings)


def test_the_page_of_the_field_tells_no_spread_of_a_few(told):
    bases = table(told, "field_bases", folder="field")
    few = bases[(bases.n_rated > 0) & (bases.n_rated < LEAST)]
    assert len(few)
    assert few[["n_eff", "half_width", "n_needed", "respondents_needed"]].isna().all(axis=None)


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
        already = [np.zeros(size, dtype=bool) for size in sizes]
        counts = np.bincount(kind)
        gone = overlapping(codes, counts, minimum=LEAST, already=already, unknown=True)
        attack = Attack(np.ones(150, dtype=bool), 0, 1)
        attack.hear(attack.base, 0.5)
        for code, hidden in zip((first, other), gone, strict=True):
            for value in np.flatnonzero(~hidden):
                attack.hear(code == value, 0.5)
        size = attack.differences().sum(axis=1)
        assert not ((size > 0) & (size < LEAST)).any()
