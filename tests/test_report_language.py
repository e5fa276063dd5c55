"""The words: equal keys in every language, words for every code, numbers as people write."""

from __future__ import annotations

import re
import string
import time
from pathlib import Path
from typing import get_args

import pytest

import supertouch.findings
import supertouch.report
from supertouch.language import available, language
from supertouch.report.sections.doubts import SUSPICIONS
from supertouch.report.sections.verdicts import CRITERIA
from supertouch.stats.gate import Refusal
from supertouch.study.model import EMPTIES, PHASES, Channel, Contradiction, Role
from supertouch.tables import TABLES


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_catalogues_have_equal_keys_and_places():
    first, *others = (language(code) for code in available())
    assert len(others) >= 1
    for other in others:
        assert other.words.keys() == first.words.keys()
        for key, text in first.words.items():
            assert places(other.words[key]) == places(text), key


def test_every_key_in_the_source_has_words():
    source = "\n".join(
        path.read_text("utf-8") for path in Path(supertouch.report.__file__).parent.rglob("*.py")
    )
    words = language("en").words
    said = set(re.findall(r'words\.say\(\s*"([^"]+)"', source))
    counted = set(re.findall(r'words\.count\(\s*"([^"]+)"', source))
    assert len(said) > 100
    assert said <= words.keys()
    assert {f"{key}.{form}" for key in counted for form in ("one", "other")} <= words.keys()


def source(module: str) -> str:
    room = Path(supertouch.findings.__file__).parent
    return next(room.rglob(f"{module}.py")).read_text("utf-8")


def emitted(*modules: str) -> set[str]:
    """Return the codes of the rows (subject, code, value) that modules make."""
    found = set()
    for module in modules:
        rows = r'\((?:""|[\w.\[\]]+), "([a-z_]+)", '
        found |= set(re.findall(rows, source(module)))
    return found


def allowed(table: str, column: str) -> set[str]:
    check = TABLES[table].to_schema().columns[column].checks[0]
    return set(check.statistics["allowed_values"])


FACTOR_REASONS = set(
    re.findall(r'"((?:few|dropped|constant|collinear)\w*)"', source("asymmetry"))
) | {"not_eligible_reach", "not_eligible_base"}


def test_every_code_has_words():
    words = language("de")
    assert len(emitted("diagnostics", "suspicions")) > 20
    assert len(FACTOR_REASONS) > 8
    assert set(SUSPICIONS) == emitted("suspicions") | {"fixed_number_of_ratings"}
    codes = {
        "verdict": allowed("supertouchpoints", "verdict"),
        "criterion": [name for _, names in CRITERIA for name in names],
        "criteria": [group for group, _ in CRITERIA],
        "empty": EMPTIES,
        "phase": PHASES,
        "role": get_args(Role),
        "channel": get_args(Channel),
        "contradiction": allowed("contradictions", "kind"),
        "resolution": get_args(Contradiction),
        "trend": ["sustained", "emerging", "fading"],
        "failed": [
            name.removesuffix("_ok") for _, names in CRITERIA for name in names
            if name not in ("loyalty_significant", "recommendation_significant")
        ] + ["no_loyalty", "no_recommendation"],
        "refusal": set(get_args(Refusal)) - {""},
        "diagnostic": emitted("diagnostics", "suspicions", "streams/analysis")
        | {"everybody_met", "contact_not_estimable", "not_eligible_reach", "not_eligible_base"},
        "suspicion": emitted("suspicions"),
        "noticed": re.findall(r'"([a-z_]+)": ', source("collinearity").split("raised = {")[1]),
        "factor": allowed("asymmetry", "factor"),
        "factor_short": allowed("asymmetry", "factor"),
        "factor_reason": FACTOR_REASONS,
        "measure": allowed("consistency", "measure"),
        "metric": allowed("comparison", "metric"),
        "robust": allowed("agreement", "method"),
        "robust_reason": allowed("robustness", "reason") - {""},
        "missing": allowed("sensitivity", "missing"),
        "reliability": allowed("reliability", "flag") - {""},
        "reliability_flag": allowed("reliability", "flag") - {""},
        "track": allowed("tracking", "measure") | allowed("targets", "measure"),
        "track_up": allowed("tracking", "measure") - {"mean", "nps"},
        "track_down": allowed("tracking", "measure") - {"mean", "nps"},
        "comparison": allowed("tracking", "comparison"),
        "part": allowed("change_explained", "part") | {"traded"},
        "status": allowed("targets", "status"),
        "flag": allowed("quality", "flag"),
        "threshold": allowed("quality", "flag"),
        "weight_source": allowed("weights", "source"),
        "severity": allowed("drift", "severity"),
        "drift_kind": allowed("drift", "kind"),
        "code_kind": {*EMPTIES, "met"},
        "tracking_note": re.findall(r'f"([a-z_]+) \{wave.id\}', source("fits")),
        "left_out": set(re.findall(r'codes\[item.id\] = "([a-z]+)"', source("models")))
        | {"dropped", "silent", "constant"},
        "method_title": words.group("methods"),
        "glossary_term": words.group("glossary"),
    }  # fmt: skip
    for group, names in codes.items():
        assert set(names) <= words.group(group).keys(), group
    assert words.known("diagnostic", "a_new_code") == "a_new_code"


@pytest.mark.parametrize(
    ("code", "call", "expected"),
    [
        ("de", lambda w: w.number(1234.5, 1), "1.234,5"),
        ("en", lambda w: w.number(1234.5, 1), "1,234.5"),
        ("de", lambda w: w.number(-0.004, 2, signed=True), "0,00"),
        ("de", lambda w: w.number(-0.31, 2), "−0,31"),
        ("en", lambda w: w.number(0.31, 2, signed=True), "+0.31"),
        ("de", lambda w: w.percent(0.1123, 1), "11,2\u00a0%"),
        ("en", lambda w: w.percent(0.1123, 1), "11.2%"),
        ("de", lambda w: w.percent(float("nan")), "–"),
        ("de", lambda w: w.p_value(0.00004), "<\u00a00,001"),
        ("en", lambda w: w.p_value(0.0412), "0.041"),
        ("de", lambda w: w.interval(-0.1, 0.25), "−0,10 bis 0,25"),
        ("en", lambda w: w.percent_interval(0.1, 0.25), "10 to 25%"),
        ("en", lambda w: w.interval(None, 1.0), ""),
        ("de", lambda w: w.chance(0.992), ">\u00a099\u00a0%"),
        ("en", lambda w: w.chance(0.0), "<\u00a01%"),
        ("en", lambda w: w.chance(0.99), "99%"),
        ("de", lambda w: w.moment("a time of another kind"), "a time of another kind"),
        ("de", lambda w: w.series(["a", "b", "c"]), "a, b und c"),
        ("en", lambda w: w.count("asked.items", 1), "1 question"),
        ("en", lambda w: w.count("asked.items", 3), "scale of 3 questions"),
    ],
)
def test_numbers_are_written_as_in_the_language(code, call, expected):
    assert call(language(code)) == expected


@pytest.mark.parametrize(
    ("code", "day"), [("de", "21. November 2026, 23:30:05"), ("en", "November 21, 2026, 11:30:05")]
)
def test_times_are_local_and_name_their_zone(code, day, monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Kolkata")
    time.tzset()
    try:
        told = language(code).moment("2026-11-21T18:00:05+00:00")
    finally:
        monkeypatch.undo()
        time.tzset()
    assert told.startswith(day)
    assert told.endswith(" UTC+05:30")


def test_german_is_set_as_german_is():
    technical = {"audit_help.formula", "workbook.flag"}
    odd = re.compile(r"  |\.\.\.|[\"']| - |\d ?%|[^\s\d]\u00a0?%")
    words = {key: text for key, text in language("de").words.items() if key not in technical}
    assert {key: text for key, text in words.items() if odd.search(text)} == {}
    assert {key for key, text in words.items() if text.count("„") != text.count("“")} == set()


@pytest.mark.parametrize("code", available())
def test_no_sentence_claims_a_cause(code):
    causal = re.compile(
        r"(?<!Test)stärk|schwäch(?!st)|bewirk|führt zu|nachhaltig|strengthen|builds?\b|weaken"
        r"|causes\b|leads to|sustainabl",
        re.IGNORECASE,
    )
    # the trend over waves is tested; protecting is the name of what a basic factor does
    terms = re.compile(r"^(trend|methods\.trend|protects|workbook\.column\.sustained$)")
    words = language(code).words
    found = {
        key: text for key, text in words.items() if causal.search(text) and not terms.match(key)
    }
    assert set(found) <= {"answer.association", "methods.association", "page.footer"}
