"""The questionnaire made from the study: columns, codes, filters, wording, blocks, files."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import docx
import pandas as pd
import pytest
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph
from typer.testing import CliRunner

import supertouch
from supertouch import pipeline
from supertouch.cli import app
from supertouch.errors import OutputError, StudyError, UnsupportedError
from supertouch.instruments.questionnaire.making import questionnaire
from supertouch.instruments.questionnaire.versions import block_tables, versions
from supertouch.instruments.questionnaire.word import write_word
from supertouch.intake.needs import needed_columns
from supertouch.intake.schema import breaches, raw_schema
from supertouch.study import load_study
from supertouch.study.model import Text

ROOT = Path(__file__).parents[1]
DEMO = Path(supertouch.__file__).parent / "demo" / "study.toml"
SFO = ROOT / "examples" / "sfo" / "study.toml"
MOBILES = ROOT / "examples" / "mobiles" / "study.toml"

HEAD = """
[study]
id = "small"
title = {de = "Klein", en = "Small"}
company = "Muster AG (Test)"

[data]
respondent = "ID"

[waves.now]
label = "now"
file = "now.csv"
[waves.next]
label = "next"
file = "not_there_yet.csv"

[scales.rating]
min = 1
max = 3
best = 1
[scales.agree]
min = 1
max = 5
best = 5
[scales.ten]
min = 0
max = 10
best = 10

[codes]
not_met = [6]
dont_know = [8]

[contact]
met = [1, 3]
not_met = [2]

[columns]
rating = "R_{id}"

[outcomes.loyalty]
label = "Loyalty"
role = "loyalty"
items = ["L1", "L2", "L3"]
reversed = ["L2"]
scale = "agree"
codes = {not_met = [], dont_know = []}

[outcomes.recommendation]
label = "Recommendation"
role = "recommendation"
column = "NPS"
scale = "ten"
codes = {not_met = [], dont_know = []}
"""


def touchpoints(count, extra=""):
    phases = ("before", "during", "after")
    return "".join(
        f'[touchpoints.t{j}]\nlabel = "Touchpoint {j}"\n'
        f'phase = "{phases[j * 3 // count]}"\n{extra}\n'
        for j in range(count)
    )


def study_of(folder, text):
    path = folder / "study.toml"
    path.write_text(text, encoding="utf-8")
    return load_study(path)


def questions(asked):
    return {question.id: question for page in asked.pages for question in page.questions}


def items(asked):
    return {item.column: (question, item) for question in questions(asked).values()
            for item in question.items}  # fmt: skip


def codes(choices):
    return [choice.code for choice in choices]


def said(choices, code):
    return [choice.label.within(code) for choice in choices]


@pytest.mark.parametrize(
    ("file", "wave"),
    [(DEMO, "2026q1"), (DEMO, "2026q2"), (DEMO, "2026q3"), (SFO, "2013"), (SFO, "2017"),
     (MOBILES, "week4")],
)  # fmt: skip
def test_every_column_of_the_study_is_asked_once_or_named_as_added(file, wave):
    study = load_study(file)
    asked = questionnaire(study, wave)
    columns = [item.column for q in questions(asked).values() for item in q.items]
    added = [one.column for one in asked.added]
    missing = study.mentions.missing.within(wave)
    wave_column = {study.wave_column.within(wave)} - {None}
    assert len(columns) == len(set(columns))
    assert not set(columns) & set(added)
    needed = {*needed_columns(study, wave), *wave_column} | ({missing} - {None})
    assert {*columns, *added} == needed
    ids = [page.id for page in asked.pages]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(("file", "wave"), [(DEMO, "2026q3"), (SFO, "2017"), (MOBILES, "week4")])
def test_every_answer_that_can_be_given_is_one_that_the_study_takes(file, wave):
    study = load_study(file)
    asked = items(questionnaire(study, wave))
    most = max(len(q.choices) + len(q.not_answered) for q, _ in asked.values())
    frame = pd.DataFrame(index=range(most))
    for column in needed_columns(study, wave):
        given = [""]
        if column in asked:
            question, _ = asked[column]
            given = codes((*question.choices, *question.not_answered)) or ["text"]
        frame[column] = pd.Series([given[k % len(given)] for k in range(most)], dtype="str")
    if study.respondent.within(wave):
        frame[study.respondent.within(wave)] = [f"p{k}" for k in range(most)]
    if study.weight.within(wave):
        frame[study.weight.within(wave)] = "1"
    assert breaches(raw_schema(study, wave), frame).empty


def test_ratings_follow_contact_and_purchase_follows_status():
    study = load_study(DEMO)
    found = items(questionnaire(study, "2026q3"))
    for touchpoint in study.touchpoints_in("2026q3"):
        contact = touchpoint.contact.within("2026q3")
        for column in (touchpoint.rating, touchpoint.brand_fit):
            (condition,) = found[column.within("2026q3")][1].shown_if
            assert (condition.column, condition.codes) == (contact, ("1",))
        assert not found[contact][1].shown_if
        assert "96" not in codes(found[touchpoint.rating.within("2026q3")][0].not_answered)
    (condition,) = found["KAUF"][1].shown_if
    assert (condition.column, condition.codes) == ("STATUS", ("1", "3"))
    assert not found["NPS"][1].shown_if
    assert questionnaire(study, "2026q3").pages[0].id == "status"


def test_touchpoints_come_in_time_order(tmp_path):
    text = HEAD + touchpoints(3).replace('"before"', '"late"').replace('"after"', '"before"')
    asked = questionnaire(study_of(tmp_path, text.replace('"late"', '"after"')), "next")
    rated = [i.column for page in asked.pages for q in page.questions for i in q.items][:3]
    assert rated == ["R_t2", "R_t1", "R_t0"]


def test_without_a_contact_question_the_rating_offers_never_met(tmp_path):
    study = study_of(tmp_path, HEAD + touchpoints(3, 'brand_fit = "B_{id}"'))
    asked = questionnaire(study, "next")
    found = items(asked)
    assert not [page for page in asked.pages if page.id.startswith("contact")]
    rating, _ = found["R_t0"]
    assert codes(rating.not_answered) == ["6", "8"]
    assert said(rating.choices, "de") == ["begeisternd", "okay", "enttäuschend"]
    assert said(rating.choices, "en") == ["delighting", "okay", "disappointing"]
    fit, line = found["B_t0"]
    assert codes(fit.not_answered) == ["8"]
    assert [(c.column, c.codes) for c in line.shown_if] == [("R_t0", ("1", "2", "3"))]
    lost = study_of(tmp_path, HEAD.replace("not_met = [6]", "not_met = []") + touchpoints(3))
    assert "reach stays unknown" in " ".join(
        remark.within("en") for remark in questionnaire(lost, "next").remarks
    )


def test_what_is_asked_is_worded_as_the_study_says():
    study = load_study(DEMO)
    found = items(questionnaire(study, "2026q3"))
    texts = [found[name][1].label.within("de") for name in ("L1", "L2", "L3")]
    assert texts == [text.within("de") for text in study.outcome("loyalty").questions]
    assert texts[1] == "Ich fühle mich Ahornbach verbunden."
    for column, part in (
        ("K_website", "contact"),
        ("Q4_website", "rating"),
        ("M_app", "brand_fit"),
    ):
        text = found[column][0].text
        assert text == getattr(study.questionnaire, part)
        assert text.within("en").endswith("?")


def test_usual_wordings_stand_in_for_missing_ones(tmp_path):
    study = study_of(tmp_path, HEAD + touchpoints(3))
    found = items(questionnaire(study, "next"))
    loyalty = {code: [found[name][1].label.within(code) for name in ("L1", "L2", "L3")]
               for code in ("de", "en")}  # fmt: skip
    assert loyalty["de"][0] == "Muster AG wäre wieder meine erste Wahl."
    assert "wechseln" in loyalty["de"][1]
    assert "changing" in loyalty["en"][1]
    assert len(set(loyalty["de"])) == len(set(loyalty["en"])) == 3
    assert said(found["L1"][0].choices, "de")[::4] == [
        "1 – stimme überhaupt nicht zu", "5 – stimme voll und ganz zu",
    ]  # fmt: skip
    nps, _ = found["NPS"]
    assert codes(nps.choices) == [str(n) for n in range(11)]
    assert "weiterempfehlen" in nps.text.within("de")
    assert nps.kind == "single"
    nameless = replace(study, company=Text())
    assert any("[Firma]" in r.within("de") for r in questionnaire(nameless, "next").remarks)


def test_the_studys_own_wording_wins():
    study = load_study(DEMO)
    found = items(questionnaire(study, "2026q1", languages=["en"]))
    assert found["L3"][1].label.within("en") == "I can well imagine changing to another brand."
    assert found["NPS"][0].text.within("en") == "How likely are you to recommend Ahornbach?"
    contact = found["K_website"][0].text.within("en")
    assert "twelve months" in contact


def test_one_contact_question_may_stand_for_several_touchpoints(tmp_path):
    extra = 'contact = "K"\ncontact_rule = {not_asked = []}'
    asked = items(questionnaire(study_of(tmp_path, HEAD + touchpoints(6, extra)), "next"))
    label = ", ".join(f"Touchpoint {j}" for j in range(6))
    assert asked["K"][1].label.within("en") == label
    assert [c.column for c in asked["R_t5"][1].shown_if] == ["K"]


@pytest.mark.parametrize(
    ("change", "error", "told"),
    [
        (('items = ["L1", "L2", "L3"]', 'question = "One / Two"\nitems = ["L1", "L2", "L3"]'),
         StudyError, "each of its 3 items"),
        (('role = "loyalty"', 'role = "behaviour"'), StudyError, "outcome 'loyalty'"),
        (("[scales.rating]\n", "[scales.rating]\nstep = 0\n"), UnsupportedError, "scale 'rating'"),
        (('respondent = "ID"', 'respondent = "ID"\nbrand = "BRAND"'), UnsupportedError, "BRAND"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused_with_a_reason(change, error, told, tmp_path):
    study = study_of(tmp_path, HEAD.replace(*change) + touchpoints(3))
    with pytest.raises(error, match=told):
        questionnaire(study, "next")


def blocks_of(asked, column="BLOCK"):
    """Return the touchpoints that each block's conditions let through."""
    shown: dict[str, set[str]] = {block.code: set() for block in asked.blocks}
    for question in questions(asked).values():
        for item in question.items:
            if item.touchpoint and question.id.startswith("rating"):
                own = [c.codes for c in item.shown_if if c.column == column]
                for code in own[0] if own else shown:
                    shown[code].add(item.touchpoint)
    return shown


def test_sentences_take_the_name_and_the_questions_that_the_study_gives(tmp_path):
    extra = """
[data.status]
column = "S"
current = [1]
potential = [2]
question = "Do you fly with us?"
[segments.region]
label = "Region"
column = "REGION"
question = {de = "Wo leben Sie?", en = "Where do you live?"}
values = {1 = "North", 2 = "South"}
[segments.kind]
label = {de = "Art", en = "Kind"}
column = "KIND"
values = {1 = "A", 2 = "B"}
[questionnaire]
name = {de = "dem Flughafen Muster", en = "Muster Airport"}
[questionnaire.phases]
before = {de = "vor dem Flug", en = "before the flight"}
"""
    extra = extra + touchpoints(3, 'contact = "C_{id}"').replace("C_{id}", "C_t0", 1)
    extra = extra.replace("C_{id}", "C_t1", 1).replace("C_{id}", "C_t2", 1)
    asked = questionnaire(study_of(tmp_path, HEAD + extra), "next")
    found = items(asked)
    assert found["S"][0].text.within("de") == "Do you fly with us?"
    assert found["REGION"][0].text.within("de") == "Wo leben Sie?"
    assert found["KIND"][0].text.within("de") == "Art: Was trifft auf Sie zu?"
    contact = found["C_t0"][0].text
    assert "mit dem Flughafen Muster" in contact.within("de")
    assert "with Muster Airport" in contact.within("en")
    german = " ".join(i.label.within("de") for _, i in found.values()) + asked.intro.within("de")
    assert "von dem Flughafen Muster zu einem anderen" in german
    assert "mit dem Flughafen Muster" in asked.intro.within("de")
    titles = {page.id: page.title.within("de") for page in asked.pages}
    assert titles["contact_before"] == "Ihre Kontakte: vor dem Flug"
    assert titles["rating_after"] == "Ihre Bewertung: nach dem Kauf"
    order = [page.id for page in asked.pages]
    assert order[:4] == ["status", "contact_before", "contact_during", "contact_after"]
    assert order[4:7] == ["rating_before", "rating_during", "rating_after"]


def test_phases_are_no_headings_where_there_is_only_one(tmp_path):
    text = HEAD + touchpoints(3).replace('"during"', '"before"').replace('"after"', '"before"')
    asked = questionnaire(study_of(tmp_path, text), "next")
    assert [p.title.within("de") for p in asked.pages if p.id.startswith("rating")] == [
        "Ihre Bewertung"
    ]


PLANNED = """
[waves.later]
label = "later"
planned = true
"""


def test_a_planned_wave_has_its_questionnaire_and_no_stage(tmp_path):
    head = HEAD.replace('[waves.next]\nlabel = "next"\nfile = "not_there_yet.csv"', PLANNED)
    head = head.replace('rating = "R_{id}"', 'rating = {default = "R_{id}", later = "Q_{id}"}')
    split = "\n[questionnaire]\nmost = 4\n"
    study = study_of(tmp_path, head + touchpoints(8) + split)
    assert [wave.id for wave in study.waves] == ["now"]
    assert [wave.id for wave in study.planned] == ["later"]
    assert {step.wave for step in pipeline.targets(study)} == {"now", ""}
    assert "Q_t0" in items(questionnaire(study, "later"))
    with pytest.raises(StudyError, match="planned"):
        pipeline.plan(study, waves=["later"])
    assert command(tmp_path, "--wave", "never").exit_code == 2
    done = CliRunner().invoke(app, ["field", str(tmp_path), "--wave", "later"])
    assert (done.exit_code, "planned" in done.output) == (2, True)
    done = command(tmp_path, "--no-sample-size")
    assert done.exit_code == 0, done.output
    folder = tmp_path / "reports" / "questionnaire"
    made = (folder / "small_later_blocks.toml").read_text()
    blocks = head + touchpoints(8) + split + "\n" + made
    assert study_of(tmp_path, blocks).blocks[0].column.within("later") == "BLOCK"


def test_too_many_touchpoints_are_split_and_the_study_understands_the_blocks(tmp_path):
    text = HEAD + touchpoints(40) + "\n[questionnaire]\nmost = 16\n"
    study = study_of(tmp_path, text)
    asked = questionnaire(study, "next")
    assert asked.block_column == "BLOCK"
    assert max(len(block.touchpoints) for block in asked.blocks) <= 16
    assert blocks_of(asked) == {block.code: set(block.touchpoints) for block in asked.blocks}
    made = block_tables("next", asked.block_column, asked.blocks)
    understood = study_of(tmp_path, f"{text}\n{made}\n")
    again = questionnaire(understood, "next")
    assert (again.blocks, again.block_column) == (asked.blocks, "BLOCK")
    assert versions(understood, "next").plan is None
    assert questionnaire(study, "next").blocks == asked.blocks


def test_the_studys_blocks_are_used_with_what_all_are_asked(tmp_path):
    blocks = """
[[data.blocks]]
column = "FORM"
values = [1, 4]
touchpoints = ["t0", "t1"]
[[data.blocks]]
column = "FORM"
values = [2]
touchpoints = ["t2"]
"""
    asked = questionnaire(study_of(tmp_path, HEAD + touchpoints(4) + blocks), "next")
    assert blocks_of(asked, "FORM") == {"1": {"t0", "t1", "t3"}, "2": {"t2", "t3"}}
    status = '[data.status]\ncolumn = "FORM"\ncurrent = [1, 4]\nformer = [2]\n'
    known = questionnaire(study_of(tmp_path, HEAD + status + touchpoints(4) + blocks), "next")
    assert known.block_column == ""
    assert items(known)["R_t2"][1].shown_if[0].column == "FORM"
    assert "FORM" in items(known)


def body(document):
    """Return paragraphs and tables in their order."""
    kinds = {qn("w:p"): Paragraph, qn("w:tbl"): Table}
    return [kinds[e.tag](e, document) for e in document.element.body if e.tag in kinds]


def all_text(document):
    parts = []
    for part in body(document):
        cells = [c.text for row in part.rows for c in row.cells] if isinstance(part, Table) else []
        parts += cells or [getattr(part, "text", "")]
    return "\n".join(parts)


@pytest.mark.parametrize("code", ["de", "en"])
def test_the_word_document_holds_every_question_column_and_code(code, tmp_path):
    study = load_study(DEMO)
    asked = questionnaire(study, "2026q3")
    document = docx.Document(str(write_word(asked, tmp_path / "q.docx", language=code)))
    text = all_text(document)
    for number, question in enumerate(questions(asked).values(), start=1):
        assert f"{number}. {question.text.within(code)}" in text
        for item in question.items:
            assert item.column in text
    for column in asked.added:
        assert column.column in text
    tables = [t for t in document.tables if len(t.columns) > 3]
    heads = [[cell.text.split("\n") for cell in t.rows[0].cells[1:]] for t in tables]
    rating = questions(asked)["rating_before"]
    answers = (*rating.choices, *rating.not_answered)
    assert [[c.label.within(code), c.code] for c in answers] in heads
    order = ["tblStyle", "tblW", "jc", "tblBorders", "tblLayout", "tblCellMar", "tblLook"]
    for table in document.tables:
        names = [child.tag.rpartition("}")[2] for child in table._tbl.tblPr]
        assert names == sorted(names, key=order.index)
    for table in tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
        assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)
    foot = document.sections[0].footer.paragraphs[0]._p.xml
    assert "PAGE" in foot
    assert "NUMPAGES" in foot
    before = {"de": "Nur Zeilen, für die in Frage 2 „ja“ angegeben wurde",
              "en": "Only lines answered “yes” in question 2"}  # fmt: skip
    assert before[code] in text


def test_the_document_for_respondents_names_no_columns(tmp_path):
    asked = questionnaire(load_study(SFO), "2017")
    path = write_word(asked, tmp_path / "q.docx", language="en", columns=False)
    text = all_text(docx.Document(str(path)))
    assert "Airport parking" in text
    assert not re.search(r"Q7PARK|RESPNUM|WEIGHT", text)


def test_untrusted_texts_cannot_break_the_document(tmp_path):
    evil = "A\x00B\x0b<w:p/>&\ud800 \uffff{x}%s" + "long" * 200
    asked = questionnaire(load_study(SFO), "2017")
    pages = tuple(
        replace(page, title=Text({"en": evil}), questions=tuple(
            replace(q, text=Text({"en": evil}), items=tuple(
                replace(item, label=Text({"en": evil})) for item in q.items))
            for q in page.questions))
        for page in asked.pages
    )  # fmt: skip
    asked = replace(asked, title=Text({"en": evil}), intro=Text({"en": evil}), pages=pages)
    path = write_word(asked, tmp_path / "q.docx", language="en")
    assert "AB<w:p/>& {x}%s" in all_text(docx.Document(str(path)))


@pytest.fixture
def small(tmp_path):
    study_of(tmp_path, HEAD + touchpoints(8) + "\n[questionnaire]\nmost = 4\n")
    return tmp_path


def command(*words):
    return CliRunner().invoke(app, ["questionnaire", *map(str, words)])


def test_the_command_writes_all_files_of_a_wave_that_has_no_data_yet(small):
    done = command(small, "--wave", "next", "--no-sample-size")
    assert done.exit_code == 0, done.output
    folder = small / "reports" / "questionnaire"
    names = {path.name for path in folder.iterdir()}
    assert names == {
        "small_next.lss", "small_next.qsf", "small_next_de.docx", "small_next_en.docx",
        "small_next_blocks.toml",
    }  # fmt: skip
    assert "ID: number of the respondent" in done.output
    assert "small_next_blocks.toml" in done.output
    whole = (small / "study.toml").read_text() + (folder / "small_next_blocks.toml").read_text()
    assert len(study_of(small, whole).blocks) > 2


def test_the_command_writes_what_is_asked_for(small):
    to = small / "out"
    assert "Would write" in command(small, "--to", to, "--dry-run").output
    assert not to.exists()
    words = (small, "--to", to, "--format", "word", "--language", "en", "--no-sample-size")
    assert command(*words).exit_code == 0
    assert {path.name for path in to.iterdir()} == {"small_next_en.docx", "small_next_blocks.toml"}
    assert isinstance(command(*words).exception, OutputError)
    assert command(*words, "--force").exit_code == 0
    for wrong in (("--format", "paper"), ("--language", "xx"), ("--wave", "never")):
        assert command(small, *wrong).exit_code == 2


def test_files_are_written_together_or_not_at_all(tmp_path):
    def broken(_path):
        raise OSError(28, "No space left on device")

    files = {tmp_path / "a": lambda path: path.write_text("a"), tmp_path / "b": broken}
    with pytest.raises(OutputError, match="No space left"):
        pipeline.write_asked(files)
    assert not list(tmp_path.iterdir())


def test_a_draw_of_ratings_is_told_where_a_platform_cannot_hold_it(tmp_path):
    text = HEAD.replace('respondent = "ID"', 'respondent = "ID"\nmost_ratings = 2')
    study = study_of(tmp_path, text + touchpoints(4, 'contact = "K_{id}"'))
    made = pipeline.asked_files(study, "next", folder=tmp_path)
    assert set(made.left_out) == {"limesurvey", "qualtrics"}
    assert {path.suffix for path in made.files} == {".docx"}
    assert any("drawn at random" in remark.within("en") for remark in made.remarks)
    with pytest.raises(UnsupportedError, match="drawn"):
        pipeline.asked_files(study, "next", folder=tmp_path, formats=["limesurvey"])


def test_blocks_that_the_study_file_cannot_take_are_refused(tmp_path):
    blocks = 'blocks = [{column = {now = "B"}, values = [1], touchpoints = ["t0"]}]\n'
    text = HEAD.replace("[waves.now]", f"{blocks}[waves.now]", 1)
    text += touchpoints(8) + "\n[questionnaire]\nmost = 4\n"
    with pytest.raises(StudyError, match="would not load with the blocks"):
        pipeline.asked_files(study_of(tmp_path, text), "next", folder=tmp_path)


def test_numbers_in_codes_keep_their_form(tmp_path):
    text = HEAD.replace("[scales.rating]\n", "[scales.rating]\nstep = 0.5\n")
    rating, _ = items(questionnaire(study_of(tmp_path, text + touchpoints(3)), "next"))["R_t0"]
    assert codes(rating.choices) == ["1", "1.5", "2", "2.5", "3"]
