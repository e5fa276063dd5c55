"""Languages are files: regions, a third language with plurals of its own, a study's own words."""

from __future__ import annotations

import json
import re
from pathlib import Path

import docx
import pytest

import report_tables
from study_base import BASE, edited, load, problems, told
from supertouch.errors import StudyError, UnsupportedError
from supertouch.instruments.audit import plan_start_lists
from supertouch.instruments.questionnaire.limesurvey import limesurvey
from supertouch.instruments.questionnaire.making import questionnaire
from supertouch.instruments.questionnaire.word import write_word
from supertouch.language import available, language, speaks, spoken
from supertouch.report.content import content
from supertouch.report.evidence import Evidence
from supertouch.report.figures.plans import plans

FORMS = {"fr": ("one", "other"), "pl": ("one", "few", "many")}


def catalogue(code: str) -> dict[str, str]:
    """Return words for a made-up language: English ones, marked, with the plurals it needs."""
    english = dict(language("en").words)
    counted = {key.removesuffix(".one") for key in english if key.endswith(".one")}
    words = {key: text for key, text in english.items() if key.rpartition(".")[0] not in counted}
    for key in counted:
        words |= {f"{key}.{form}": f"{english[f'{key}.other']} ({form})" for form in FORMS[code]}
    return {key: f"~{text}" for key, text in words.items()}


def put(folder: Path, code: str, words: dict[str, str]) -> Path:
    folder.mkdir(exist_ok=True)
    lines = (
        f"{'.'.join(map(json.dumps, key.split('.')))} = {json.dumps(text)}"
        for key, text in words.items()
    )
    (folder / f"{code}.toml").write_text("\n".join(lines), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("code", "name", "number", "share", "day", "time"),
    [
        ("de", "Deutsch", "1.234.567,9", "11\u00a0%", "2. Januar 2026", "15:04"),
        ("de-DE", "Deutsch (Deutschland)", "1.234.567,9", "11\u00a0%", "2. Januar 2026", "15:04"),
        ("de-AT", "Deutsch (Österreich)", "1.234.567,9", "11\u00a0%", "2. Jänner 2026", "15:04"),
        ("de-CH", "Deutsch (Schweiz)", "1’234’567.9", "11%", "2. Januar 2026", "15:04"),
        ("en", "English", "1,234,567.9", "11%", "January 2, 2026", "3:04:05"),
        ("en-US", "English (United States)", "1,234,567.9", "11%", "January 2, 2026", "3:04:05"),
        ("en-GB", "English (United Kingdom)", "1,234,567.9", "11%", "2 January 2026", "15:04:05"),
        ("en-IN", "English (India)", "12,34,567.9", "11%", "2 January 2026", "3:04:05"),
    ],
)  # fmt: skip
def test_each_region_writes_numbers_and_dates_its_own_way(
    code, name, number, share, day, time, monkeypatch
):
    words = language(code)
    assert (words.code, words.name) == (code, name)
    assert words.number(1234567.89, 1) == number
    assert words.number(-1.5, 2, signed=True).startswith("\u2212")
    assert words.percent(0.112) == share
    assert words.day("2026-01-02") == day
    assert f" {time}" in words.moment("2026-01-02T15:04:05+00:00").replace("\u202f", " ")
    assert words.with_region == (code if "-" in code else {"de": "de-DE", "en": "en-US"}[code])


def test_swiss_words_have_no_sharp_s_and_swiss_numbers_and_quotes():
    swiss, german = language("de-CH").words, language("de").words
    assert swiss.keys() == german.keys()
    assert sum("ß" in text or "„" in text for text in german.values()) > 100
    foreign = re.compile(r"ß|„|“|\d,\d|\d\.000|\d\s%")
    assert {key: text for key, text in swiss.items() if foreign.search(text)} == {}
    assert swiss["reliability_flag.low_reliability"] == "unter 0.7"
    assert "2’000" in swiss["order.base"]
    assert "100%." in swiss["glossary.share"]


@pytest.mark.parametrize("code", sorted(FORMS))
def test_a_third_language_needs_a_file_and_no_code(code, tmp_path):
    folder = put(tmp_path / "languages", code, catalogue(code))
    assert code in available(folder)
    assert not speaks(code)
    assert speaks(f"{code}-CA", folder)
    words = language(code, folder)
    forms = [words.count("asked.items", n).rpartition("(")[2] for n in (0, 1, 2, 5, 22)]
    expected = {"fr": "one one other other other", "pl": "many one few many few"}[code]
    assert [form.rstrip(")") for form in forms] == expected.split()


def test_a_report_and_a_questionnaire_are_told_in_a_third_language(tmp_path):
    put(tmp_path / "languages", "pl", catalogue("pl"))
    study, tables = report_tables.variant("full", tmp_path)
    words, german = spoken(["pl", "de-CH"], tmp_path / "languages")
    evidence = Evidence(study, tables, words=words)
    pictures = [plan.picture for plan in plans(evidence)]
    made = content(study, tables, report_tables.MANIFEST, words=words, pictures=pictures)
    assert (made.language, german.name) == ("pl", "Deutsch (Schweiz)")
    assert made.sections
    assert all(section.title.startswith("~") for section in made.sections)

    asked = load(tmp_path, BASE.replace("[study]", '[study]\nlanguages = ["pl", "de-CH", "en"]'))
    made = questionnaire(asked, "w2")
    assert made.languages == ("pl", "de-CH", "en")
    assert made.thanks.within("pl").startswith("~")
    for code, tag in (("pl", "pl-PL"), ("de-CH", "de-CH")):
        document = docx.Document(str(write_word(made, tmp_path / "q.docx", language=code)))
        assert f'w:val="{tag}"' in document.styles["Normal"].element.xml
    assert "<language>de</language>" in limesurvey(made)
    assert "de-CH" not in limesurvey(made)


def test_everything_that_a_language_lacks_is_named_at_once(tmp_path):
    words = catalogue("fr")
    del words["page.skip"], words["asked.items.one"]
    words["asked.item"] = "?"
    words["format.range"] = "{low} à {hihg}"
    words["format.and"] = "{first!r} et {last}"
    words["format.more"] = "{"
    with pytest.raises(StudyError) as caught:
        language("fr", put(tmp_path, "fr", words))
    lacks, unknown, places = caught.value.problems
    assert lacks.place == "languages/fr.toml"
    assert "asked.items.one, page.skip." in lacks.rule
    assert "asked.item" in unknown.rule
    assert "format.and, " in places.rule
    assert "format.range" in places.rule


def test_a_form_for_several_numbers_must_name_the_number(tmp_path):
    words = catalogue("fr") | {"asked.items.one": "une question"}
    with pytest.raises(StudyError, match=r"braces than English: asked\.items\.one\."):
        language("fr", put(tmp_path, "fr", words))


@pytest.mark.parametrize(
    ("code", "rule"),
    [
        ("xx", "no words for it; there are .*en"),
        ("de-XX", "how this language or region"),
        ("ar", "from right to left"),
        ("it", "cannot be read"),
    ],
)
def test_a_language_that_cannot_be_told_says_why(code, rule, tmp_path):
    (tmp_path / "ar.toml").touch()
    (tmp_path / "it.toml").write_bytes(b"x = ")
    with pytest.raises((UnsupportedError, StudyError), match=rule):
        language(code, tmp_path)


def test_problems_of_all_languages_are_told_together():
    with pytest.raises(UnsupportedError) as caught:
        spoken(["de", "xx", "de-XX"])
    assert [problem.value for problem in caught.value.problems] == ["xx", "de-XX"]


def test_a_study_says_single_words_its_own_way(tmp_path):
    put(tmp_path, "de", {"format.and": "{first} sowie {last}"})
    own = language("de-CH", tmp_path)
    assert own.series(["a", "b", "c"]) == "a, b sowie c"
    assert own.words.keys() == language("de").words.keys()
    assert language("de").series(["a", "b"]) == "a und b"


def test_texts_of_a_study_serve_the_regions_of_their_language(tmp_path):
    languages = ("[study]\n", '[study]\nlanguages = ["de-CH", "en-GB", "fr"]\n')
    study = load(tmp_path, edited(languages))
    assert study.own_words == tmp_path / "languages"
    assert [study.title.within(code) for code in study.languages] == ["Titel", "Title", "Title"]
    assert [study.title.within(code) for code in ("de", "de-AT", "en")] == [
        "Titel", "Titel", "Title",
    ]  # fmt: skip
    swiss = ('title = { de = "Titel"', 'title = { de = "Titel", de-CH = "Schweizer Titel"')
    assert load(tmp_path, edited(languages, swiss)).title.within("de-CH") == "Schweizer Titel"
    found = problems(tmp_path, edited(languages, (swiss[0], swiss[0].replace("de", "it"))))
    told(found, "[study]: title", "has a text in 'it'", '"it"]')


def test_start_lists_exist_in_their_own_languages_only(tmp_path):
    with pytest.raises(UnsupportedError, match="no start list in this language; there are de, en"):
        plan_start_lists(tmp_path, code="de-CH")
