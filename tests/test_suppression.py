"""Small groups: nothing of them is in any table, nor can be found by subtraction."""

from dataclasses import replace

import numpy as np
import pytest

from simulated_study import responses_of, study_of
from supertouch.findings import MAIN, analyze_wave
from supertouch.simulate import fair
from supertouch.stats.suppression import hidden
from supertouch.study.model import Analysis, Columns, Privacy, Segment, Text

DESIGN = fair(4)


def analysed(groups, *, min_segment=30, min_base=10, respondents=None):
    """Analyse a wave whose respondents fall into groups of these sizes, the first unknown."""
    n = sum(groups.values())
    responses = responses_of(DESIGN, n, seed=3)
    responses["segment.region"] = np.repeat(list(groups), list(groups.values())).astype(str)
    if respondents is not None:
        responses["respondent"] = np.arange(n).astype(str)
        responses.loc[responses["segment.region"] == respondents, "respondent"] = "the same"
    study = study_of(DESIGN, segments=(Segment("region", Text(), Columns("REGION")),))
    study = replace(
        study,
        analysis=Analysis(replicates=200, min_segment=min_segment),
        privacy=Privacy(min_base=min_base),
    )
    return n, analyze_wave(study, "w1", responses, complete=False)


@pytest.mark.parametrize(
    ("groups", "small", "complementary"),
    [
        ({"a": 200, "b": 150, "c": 100}, set(), set()),
        ({"a": 200, "b": 150, "c": 9}, {"c"}, {"b"}),
        ({"a": 200, "b": 10, "c": 150, "d": 1}, {"d"}, {"b"}),
        ({"a": 200, "b": 150, "c": 9, "d": 8}, {"c", "d"}, set()),
        ({"a": 200, "b": 150, "c": 4, "d": 5}, {"c", "d"}, {"b"}),
        ({"": 30, "a": 200, "b": 150, "c": 5}, {"c"}, {"b"}),
        ({"a": 200, "c": 5}, {"c"}, {"a"}),
    ],
)
def test_small_groups_and_those_that_reveal_them_are_nowhere(groups, small, complementary):
    n, tables = analysed(groups)
    assert set(tables) == set(MAIN)
    listed = tables["suppressed"].set_index("segment_value")
    assert set(listed.index) == small | complementary
    assert set(listed.index[listed["complementary"]]) == complementary
    assert (listed["min_base"] == 10).all()
    gone = small | complementary
    for name in set(tables) - {"suppressed"}:
        if "segment_value" in tables[name]:
            assert not set(tables[name]["segment_value"]) & gone, name
    told = shown_sizes(tables)
    assert told == {name: size for name, size in groups.items() if name and name not in gone}
    left = n - sum(told.values()) - groups.get("", 0)
    assert left == 0 or left >= 10


def shown_sizes(tables):
    """Return the sizes of groups that a reader can learn."""
    shown = tables["performance"][tables["performance"]["segment"] != ""]
    sizes = shown.groupby("segment_value")["n"].first().to_dict()
    few = tables["diagnostics"].query("code == 'small_segment'")
    return sizes | few.set_index("segment_value")["value"].to_dict()


def test_a_smaller_minimum_for_the_analysis_opens_nothing():
    _, tables = analysed({"a": 200, "b": 9, "c": 8}, min_segment=5)
    assert set(tables["performance"]["segment_value"]) == {"", "a"}
    assert set(tables["suppressed"]["segment_value"]) == {"b", "c"}


def test_respondents_count_not_their_rows():
    groups = {"a": 200, "b": 150, "c": 40, "d": 60}
    _, tables = analysed(groups, respondents="c")
    assert tables["suppressed"]["segment_value"].tolist() == ["c", "d"]
    assert set(tables["performance"]["segment_value"]) == {"", "a", "b"}


def test_a_base_of_one_hides_nothing():
    _, tables = analysed({"a": 200, "b": 3}, min_base=1)
    assert tables["suppressed"].empty
    assert shown_sizes(tables) == {"a": 200, "b": 3}


@pytest.mark.parametrize("seed", range(5))
def test_what_is_hidden_is_always_several_groups_and_enough_respondents(seed):
    draw = np.random.default_rng(seed)
    for _ in range(200):
        counts = draw.integers(0, 30, draw.integers(1, 7))
        small, complementary = hidden(counts, minimum=10)
        assert (small == ((counts > 0) & (counts < 10))).all()
        assert not (small & complementary).any()
        gone = small | complementary
        if small.any() and not gone[counts > 0].all():
            assert gone.sum() > 1
            assert counts[gone].sum() >= 10
