"""Questionnaires go to LimeSurvey and Qualtrics, are answered there, and come back unmapped."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import supertouch
from interviewee import Interviewee
from limesurvey_server import Server
from qualtrics_account import Account
from real_data import real_data
from supertouch.errors import UnsupportedError
from supertouch.instruments.questionnaire.asked import Choice, Item, Page, Question, Questionnaire
from supertouch.instruments.questionnaire.limesurvey import limesurvey
from supertouch.instruments.questionnaire.making import questionnaire
from supertouch.instruments.questionnaire.platform_rules import items
from supertouch.instruments.questionnaire.qualtrics import qualtrics
from supertouch.instruments.questionnaire.versions import block_tables
from supertouch.intake import headers, ingest_wave, read, validate_wave
from supertouch.study import load_study
from supertouch.study.exported_names import codes, returned
from supertouch.study.model import Study, Text
from supertouch.study.wording import plain

SCALES = """
[scales.rating]
min = 1
max = 5
best = 1
[scales.rating.labels]
1 = {de = "begeisternd", en = "delighting"}
5 = {de = "enttäuschend", en = "disappointing"}
[scales.ten]
min = 0
max = 10
best = 10
[outcomes.recommendation]
label = {de = "Weiterempfehlung", en = "Recommendation"}
role = "recommendation"
column = "NPS"
scale = "ten"
"""

MANY = """
[study]
id = "many"
title = {de = "Viele Kontaktpunkte", en = "Many touchpoints"}
[data]
respondent = "ID"
[codes]
dont_know = [98]
[contact]
met = [1]
not_met = [0]
dont_know = [8]
[columns]
contact = "K_{id}"
rating = "R_{id}"
[questionnaire]
most = 30
[waves.w1]
label = "2026"
file = "export*.csv"
"""

LONG = "Beratung, „Angebot“ & 'Vertrag' <b>fett</b> " + "sehr ausführlich beschrieben, " * 9
AWKWARD = {
    "a_bc": ('Größe & "Maß" <script>alert(1)</script>', "Size & <i>measure</i>"),
    "ab_c": ("{K1.NAOK} und ${e://Field/ResponseID}", "{SAVEDID} and ${q://QID1/x}"),
    "smile": ("Süßes 🙂☕ – \\\\n", "Sweets 🙂☕"),
    "a_name_far_beyond_twenty_letters": (LONG, LONG),
    "a_name_far_beyond_twenty_others": ("Ein anderer", "Another one"),
    "time": ("Zeit", "Time"),
}
STRANGE = """
[study]
id = "awkward"
title = {de = "<b>Ahorn</b> & {Söhne} 🙂", en = "Maple & <Sons>"}
[data]
respondent = "Laufende Nr."
[data.status]
column = "status"
current = [1]
former = [2]
[codes]
dont_know = [98]
refused = [99]
[contact]
met = [1, 3]
not_met = [2]
dont_know = [8]
[columns]
contact = "{id}"
rating = "Note für {id}"
brand_fit = "{id}_1"
[mentions]
missing = "Was fehlt?"
[privacy]
keep = ["Was fehlt?"]
[outcomes.loyalty]
label = "Loyalty"
role = "loyalty"
items = ["2a", "2b"]
reversed = ["2b"]
min_items = 1
scale = "ten"
status = ["current"]
question = {de = "Bleibe \\"treu\\" / Gehe <weg>", en = "I stay / I leave"}
[segments.land]
label = {de = "Land", en = "Country"}
column = "this"
values = { 1 = {de = "Österreich", en = "Austria"}, 2 = {de = "Schweiz", en = "Switzerland"} }
[waves.w1]
label = "2026"
file = "export*.csv"
[[data.blocks]]
column = "Split-Version"
values = ["A"]
touchpoints = ["smile", "time"]
[[data.blocks]]
column = "Split-Version"
values = ["B2"]
touchpoints = ["a_bc", "ab_c"]
[[data.blocks]]
column = "Split-Version"
values = ["C"]
touchpoints = ["a_bc", "time"]
"""


def touchpoint(id_: str, german: str, english: str, phase: str) -> str:
    words = [json.dumps(text, ensure_ascii=False) for text in (german, english)]
    label = f"{{de = {words[0]}, en = {words[1]}}}"
    return f'[touchpoints.{id_}]\nlabel = {label}\nphase = "{phase}"\n'


def saved(folder: Path, text: str) -> Path:
    path = folder / "study.toml"
    path.write_text(text, encoding="utf-8")
    (folder / "data" / "raw").mkdir(parents=True, exist_ok=True)
    return path


def demo(folder: Path) -> tuple[Study, str]:
    """Return the demo in its third wave, whose weights and test flags nobody has made yet."""
    text = (Path(supertouch.__file__).parent / "demo" / "study.toml").read_text(encoding="utf-8")
    for old, new in (
        ('file = "welle3_2026q3.sav"', 'file = "export*.csv"'),
        ('2026q3 = "GEWICHT_DESIGN"', "2026q3 = false"),
        ('column = "TESTFALL"', 'column = {default = "TESTFALL", 2026q3 = false}'),
    ):
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return load_study(saved(folder, text)), "2026q3"


def many(folder: Path) -> tuple[Study, str]:
    """Return a study of 100 touchpoints with the blocks that its questionnaire asks for."""
    phases = itertools.cycle(["before", "during", "after"])
    text = MANY + SCALES
    text += "".join(
        touchpoint(f"point_{n:03}", f"Punkt {n}", f"Point {n}", next(phases)) for n in range(100)
    )
    made = questionnaire(load_study(saved(folder, text)), "w1")
    assert len(made.blocks) > 3
    text += "\n" + block_tables("w1", made.block_column, made.blocks)
    return load_study(saved(folder, text)), "w1"


def awkward(folder: Path) -> tuple[Study, str]:
    text = STRANGE + SCALES
    text += "".join(touchpoint(id_, *labels, "after") for id_, labels in AWKWARD.items())
    return load_study(saved(folder, text)), "w1"


MADE = {"demo": demo, "many": many, "awkward": awkward}


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory):
    """Give study, wave and questionnaire by name; each is made once."""
    known = {}

    def get(name: str) -> tuple[Study, str, Questionnaire]:
        if name not in known:
            study, wave = MADE[name](tmp_path_factory.mktemp(name))
            known[name] = study, wave, questionnaire(study, wave)
        return known[name]

    return get


def fresh(study: Study) -> Path:
    for old in study.raw.glob("*"):
        old.unlink()
    return study.raw


def people(made: Questionnaire, n: int, seed: int) -> list[Interviewee]:
    rng = np.random.default_rng(seed)
    spoken = itertools.cycle(made.languages)
    return [Interviewee(made, language, rng) for language in itertools.islice(spoken, n)]


@pytest.fixture(scope="module")
def surveyed(asked):
    """Give a server whose survey people have answered, by name; each is asked once."""
    known = {}

    def get(name: str, n: int) -> tuple[Server, list[Interviewee], list[dict[str, str]]]:
        if name not in known:
            made = asked(name)[2]
            server = Server.importing(limesurvey(made), np.random.default_rng(1))
            assert server.warnings == []
            asked_of = people(made, n, seed=2)
            known[name] = server, asked_of, [server.interview(person) for person in asked_of]
        return known[name]

    return get


@pytest.mark.parametrize("variant", ["codes", "expression codes", "codes and texts", "r"])
@pytest.mark.parametrize(("name", "n"), [("demo", 40), ("many", 40), ("awkward", 90)])
def test_limesurvey_and_back(asked, surveyed, name, n, variant):
    study, wave, made = asked(name)
    server, asked_of, drawn = surveyed(name, n)
    file = "export_R_data_file.csv" if variant == "r" else "export.csv"
    server.export(fresh(study) / file, variant, made.languages[0])
    column = codes_of(made).get(made.block_column, "")
    blocks = [row.get(column, "") for row in drawn]
    comes_back(study, wave, made, asked_of, blocks, types=variant == "codes")


@pytest.mark.parametrize(
    ("name", "n", "variant"),
    [("demo", 40, "three"), ("demo", 40, "two"), ("many", 40, "three"), ("awkward", 90, "three")],
)
def test_qualtrics_and_back(asked, name, n, variant):
    study, wave, made = asked(name)
    text = qualtrics(made)
    account = Account.importing(text, np.random.default_rng(1))
    asked_of = people(made, n, seed=3)
    drawn = [account.interview(person) for person in asked_of]
    path = fresh(study) / "export.csv"
    account.export(path, variant)
    field = next((d["Field"] for d in randomized(account)), "")
    if name == "demo":
        column = {"three": "Duration (in seconds)", "two": None}[variant]
        duration = replace(study.quality.duration, by_wave={wave: column})
        study = replace(study, quality=replace(study.quality, duration=duration))
    comes_back(study, wave, made, asked_of, [row.get(field, "") for row in drawn])
    path.with_suffix(".qsf").write_text(text, encoding="utf-8")
    labels = read(path).value_labels
    known = {
        item.column: {choice.code for choice in (*question.choices, *question.not_answered)}
        for page in made.pages
        for question in page.questions
        for item in question.items
        if question.kind != "open" and item.column in labels
    }
    assert len(known) >= (20 if name != "awkward" else 3)
    for column, expected in known.items():
        assert {plain(code) for code in labels[column]} == expected


def randomized(account: Account):
    return [
        data
        for element in account.one("FL")["Flow"]
        if element["Type"] == "BlockRandomizer"
        for branch in element["Flow"]
        for data in branch["EmbeddedData"]
    ]


def codes_of(made: Questionnaire) -> dict[str, str]:
    columns = [item.column for _, item in items(made)]
    columns += [made.block_column] if made.block_column else []
    return codes([*columns, *(added.column for added in made.added)])


def comes_back(study, wave, made, asked_of, blocks, *, types=True):
    """Every answer is what was meant, raw and typed; every column has the study's name."""
    for person, block in zip(asked_of, blocks, strict=True):
        if made.block_column:
            person.answers[made.block_column] = block
    if made.block_column:
        assert 3 <= len(set(blocks)) <= len(set(blocks) & {block.code for block in made.blocks})
    for person, (_, item) in itertools.product(asked_of, items(made)):
        due = all(person.answers.get(c.column, "") in c.codes for c in item.shown_if)
        assert (item.column in person.answers) == due, item.column
    incoming = ingest_wave(study, wave)
    raw = incoming.frame()
    wanted = {column for person in asked_of for column in person.answers}
    for column in wanted:
        meant = [person.answers.get(column, "") for person in asked_of]
        assert raw[column].fillna("").astype(str).str.strip().tolist() == meant, column
    respondents = raw[study.respondent.within(wave)]
    assert respondents.notna().all()
    assert respondents.is_unique
    if not types:
        return
    valid = validate_wave(study, wave, raw, "export.csv", meta=incoming.meta())
    assert valid.quarantine.empty, valid.quarantine
    assert len(valid.responses) == len(asked_of)
    rows = [typed(study, wave, person.answers) for person in asked_of]
    for key in rows[0]:
        expected = [row[key] for row in rows]
        found = valid.responses[key]
        if isinstance(expected[0], str):
            assert found.tolist() == expected, key
        else:
            numbers = pd.to_numeric(found).astype("float64")
            np.testing.assert_allclose(numbers, np.array(expected, dtype=float), err_msg=key)
    assert {"not_met", "dont_know"} <= {v for row in rows for v in row.values() if v}


def typed(study: Study, wave: str, answers) -> dict[str, float | str]:
    """Say what each answer means, straight from the study file."""
    row: dict[str, float | str] = {}
    for item in study.touchpoints_in(wave):
        contact, why, rated = met(study, wave, item, answers)
        row[f"{item.id}.contact"], row[f"{item.id}.contact_empty"] = contact, why
        value, empty = level(study, item.scale, item.codes, answers.get(item.rating.within(wave)))
        row[f"{item.id}.rating"] = np.nan if rated else value
        row[f"{item.id}.rating_empty"] = rated or empty
        fit = item.brand_fit.within(wave)
        if fit:
            kinds = item.brand_fit_codes or item.codes
            value, empty = level(study, item.brand_fit_scale, kinds, answers.get(fit))
            row[f"{item.id}.brand_fit"] = np.nan if rated else value
            row[f"{item.id}.brand_fit_empty"] = rated or empty
    for outcome in study.outcomes_in(wave):
        column = outcome.items[0].within(wave)
        status = study.status.codes if study.status else {}
        own = answers.get(study.status.column.within(wave)) if study.status else None
        applies = len(outcome.status) == 3 or any(
            own in map(plain, status.get(kind, ())) for kind in outcome.status
        )
        value, empty = level(study, outcome.scale, outcome.codes, answers.get(column))
        if len(outcome.items) == 1:
            row[f"{outcome.id}.score"] = value if applies else np.nan
            row[f"{outcome.id}.empty"] = empty if applies else "not_asked"
        else:
            scale = study.scales[outcome.scale]
            turn = outcome.reversed_items[0]
            first = scale.minimum + scale.maximum - value if turn else value
            row[f"{outcome.id}.item1"] = first if applies else np.nan
    return row


def met(study, wave, item, answers) -> tuple[float, str, str]:
    """Return contact, why it is empty, and why no rating is known whatever was answered."""
    held = [block for block in study.blocks if item.id in block.touchpoints]
    if held:
        own = answers[held[0].column.within(wave)]
        if not any(own in map(plain, block.values) for block in held):
            return np.nan, "not_asked", "not_asked"
    code = answers[item.contact.within(wave)]
    if code in map(plain, item.contact_rule.met):
        return 1.0, "", ""
    if code in map(plain, item.contact_rule.not_met):
        return 0.0, "", "not_met"
    assert code in map(plain, item.contact_rule.dont_know + item.contact_rule.refused)
    kind = "dont_know" if code in map(plain, item.contact_rule.dont_know) else "refused"
    return np.nan, kind, "not_asked"


def level(study, scale, kinds, code) -> tuple[float, str]:
    """Return an answer's value, turned so that more is better, or why there is none."""
    if not code:
        return np.nan, kinds.blank
    for kind in ("dont_know", "refused", "not_met", "not_asked"):
        if code in map(plain, getattr(kinds, kind)):
            return np.nan, kind
    return study.scales[scale].turned(float(code)), ""


def test_what_was_renamed_is_told_and_checked_with_the_study(asked):
    study, wave, made = asked("awkward")
    server = Server.importing(limesurvey(made), np.random.default_rng(1))
    for person in people(made, 5, seed=1):
        server.interview(person)
    path = fresh(study) / "export.csv"
    server.export(path, "codes", "de")
    load_study(study.file, headers=headers)
    meta = ingest_wave(study, wave).meta()
    (original,) = (file["original_names"] for file in meta["files"])
    found = headers(path)
    assert set(original.values()) <= set(found)
    assert original["a_bc"] != original["ab_c"]
    assert set(original) >= {"a_bc", "ab_c", "time", "Split-Version", "Was fehlt?", "2a", "this"}
    assert any("got the study's names" in note for note in meta["notes"])
    assert "Größe" in meta["column_labels"].get("a_bc", "Größe")


@pytest.mark.parametrize(
    ("found", "expected", "renamed", "n_doubtful"),
    [
        (["contact[Khotline]"], ["K_hotline"], {"contact[Khotline]": "K_hotline"}, 0),
        (["contact_Khotline"], ["K_hotline"], {"contact_Khotline": "K_hotline"}, 0),
        (["K[hotline]"], ["K_hotline"], {"K[hotline]": "K_hotline"}, 0),
        (["K[hotline]", "N[hotline]"], ["hotline"], {}, 1),
        (["contact[Khotline]"], ["K_hotline", "K_hot_line"], {}, 1),
        (["contact[Khotline]", "K_hotline"], ["K_hotline"], {}, 0),
        (["contact[Kother]"], ["K_hotline"], {}, 0),
    ],
)
def test_columns_are_found_by_their_codes_or_left_alone(found, expected, renamed, n_doubtful):
    own = ["id", "submitdate", "lastpage"]
    result = returned([*own, *found], expected)
    assert dict(result.names) == renamed
    assert len(result.doubtful) == n_doubtful
    assert returned(["id", *found], expected).names == {}


def test_codes_differ_and_do_not_depend_on_the_other_columns():
    columns = ["a_b", "ab", "A_B", "満意度", "1x", "x" * 40, "x" * 40 + "y", "id", "time", "plain"]
    found = codes(columns)
    assert len({code.casefold() for code in found.values()}) == len(columns)
    assert all(code.isascii() and code.isalnum() and len(code) <= 20 for code in found.values())
    assert not any(code[0].isdigit() for code in found.values())
    assert codes(["plain"]) == {"plain": found["plain"]}
    assert codes(["x" * 40])["x" * 40] == found["x" * 40]
    assert codes(["ab"], others=["a_b"])["ab"] == found["ab"]
    export = ["submitdate", "lastpage", *(f"q_{code}" for code in found.values())]
    assert dict(returned(export, columns).names) == {f"q_{found[c]}": c for c in columns}


def one(*choice_codes: str, **more) -> Questionnaire:
    choices = tuple(Choice(code, Text({"en": f"answer {code}"})) for code in choice_codes)
    item = Item("Q", Text({"en": "Q"}))
    question = Question("q", "single", Text({"en": "Which?"}), (item,), choices)
    page = Page("p", Text({"en": "Page"}), (question,))
    none = Text()
    return Questionnaire("s", "w", Text({"en": "T"}), none, none, ("en",), (page,), **more)


@pytest.mark.parametrize(
    ("write", "bad", "good", "words"),
    [
        (limesurvey, ["-1", "sixsix", "a b", "0.5"], ["1", "A5", "00001"], "one to five letters"),
        (qualtrics, ["a", "", "1e3"], ["-1", "0.5", "100"], "these are numbers"),
    ],
)
def test_codes_that_a_platform_cannot_hold_are_refused(write, bad, good, words):
    write(one(*good))
    for code in bad:
        with pytest.raises(UnsupportedError, match=words):
            write(one(code, *good))
    with pytest.raises(UnsupportedError, match="two answers"):
        write(one("1", "1"))
    with pytest.raises(UnsupportedError, match="drawn by chance"):
        write(one("1", most_ratings=3))


def test_qualtrics_files_are_built_like_real_ones(asked):
    _, _, made = asked("demo")
    real = json.loads(real_data("qualtrics", "no_basis.qsf").read_text(encoding="utf-8"))
    own = json.loads(qualtrics(made))
    assert set(own["SurveyEntry"]) == set(real["SurveyEntry"])
    kinds = [{e["Element"] for e in file["SurveyElements"]} for file in (real, own)]
    assert kinds[0] == kinds[1]

    def keys(file, kind, question=None):
        for element in file["SurveyElements"]:
            payload = element["Payload"]
            if element["Element"] == kind and (
                question is None or (payload["QuestionType"], payload["Selector"]) == question
            ):
                yield set(payload)

    for question in (("Matrix", "Likert"), ("MC", "SAVR")):
        wanted = set.intersection(*keys(real, "SQ", question))
        assert all(wanted <= found for found in keys(own, "SQ", question)), question
    assert set.union(*keys(real, "SO")) - set.union(*keys(own, "SO")) <= {
        *("Skin", "SkinLibrary", "SkinType")
    }
    for kind in ("FL", "SCO", "STAT"):
        assert set.union(*keys(real, kind)) <= set.union(*keys(own, kind))
