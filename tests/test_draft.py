"""Drafts of study files: what is recognised in labelled, unlabelled and real files, and `check`."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from real_data import real_data
from supertouch import cli
from supertouch.errors import DataError, SupertouchError
from supertouch.intake.draft import check_wave, draft
from supertouch.intake.draft.names import item_labels, short, slug
from supertouch.study import load_study

N = 400
ITEMS = {
    "en": ["Our website", "The checkout", "The delivery", "The hotline", "The invoice"],
    "de": ["Unsere Website", "Die Kasse", "Die Lieferung", "Die Hotline", "Die Rechnung"],
}
ENDS = {
    "en": ("very dissatisfied", "very satisfied", "never used", "don't know"),
    "de": ("sehr unzufrieden", "sehr zufrieden", "nicht genutzt", "weiß nicht"),
}
WORDS = {
    "en": ("How satisfied were you with: ", "Have you used: ", "How important is: ", "Overall"),
    "de": ("Wie zufrieden waren Sie mit: ", "Genutzt: ", "Wie wichtig ist: ", "Insgesamt"),
}


def answers(seed: int = 1, *, best: int = 5) -> dict[str, np.ndarray]:
    """Five ratings 1 to 5 with 6 for not met, contact, importance, overall, NPS, noise."""
    rng = np.random.default_rng(seed)
    mood = rng.normal(size=N)

    def rated(strength: float = 0.8) -> np.ndarray:
        heard = 3.6 + strength * mood + 0.8 * rng.normal(size=N)
        code = np.clip(np.round(heard), 1, 5)
        return code if best == 5 else 6 - code

    frame: dict[str, np.ndarray] = {"ID": np.arange(1, N + 1)}
    for place, reach in enumerate((0.9, 0.7, 0.8, 0.4, 0.6), start=1):
        met = rng.random(N) < reach
        frame[f"Q2_{place}"] = np.where(met, 1, 2)
        frame[f"Q3_{place}"] = np.where(met, rated(), 6)
    for place in range(1, 6):
        frame[f"Q4_{place}"] = rng.integers(1, 6, N)
    frame["Q5"] = rated(1.0)
    frame["Q6"] = np.clip(np.round(7 + 2 * mood + rng.normal(size=N)), 0, 10)
    frame["Q7"] = rng.integers(1, 4, N)
    frame["Q8"] = rng.integers(1, 7, N)
    frame["WEIGHT"] = np.round(rng.uniform(0.5, 1.5, N), 4)
    return frame


def spss(path: Path, language: str, **changes) -> Path:
    """Write the answers as an SPSS file with labels in English or German."""
    import pyreadstat

    worst, best, unused, unknown = ENDS[language]
    rated, met, weighed, overall = WORDS[language]
    frame = pd.DataFrame(answers(**changes))
    frame.loc[:4, "Q3_1"] = 9
    frame.loc[10, "Q3_2"] = 44
    turned = changes.get("best") == 1
    scale = {1: best if turned else worst, 5: worst if turned else best, 6: unused, 9: unknown}
    important = {"en": {1: "unimportant", 5: "important"}, "de": {1: "unwichtig", 5: "wichtig"}}
    yes_no = {"en": {1: "Yes", 2: "No"}, "de": {1: "Ja", 2: "Nein"}}[language]
    labels: dict[str, str] = {"Q5": overall, "Q8": "Lottery number"}
    values: dict[str, dict[int, str]] = {"Q5": scale}
    for place, item in enumerate(ITEMS[language], start=1):
        labels |= {f"Q2_{place}": met + item, f"Q3_{place}": rated + item}
        labels[f"Q4_{place}"] = weighed + item
        values |= {f"Q2_{place}": yes_no, f"Q3_{place}": scale, f"Q4_{place}": important[language]}
    labels["Q6"] = {"en": "Would you recommend us?", "de": "Würden Sie uns weiterempfehlen?"}[
        language
    ]
    labels["Q7"] = "Region"
    values["Q7"] = {1: "North", 2: "South", 3: "West"}
    pyreadstat.write_sav(frame, path, column_labels=labels, variable_value_labels=values)
    return path


def unlabelled(path: Path, **changes) -> Path:
    """Write the answers as a CSV file whose columns have telling names and no labels."""
    names = ["website", "checkout", "delivery", "hotline", "invoice"]
    frame = pd.DataFrame(answers(**changes)).drop(columns=[f"Q4_{i}" for i in range(1, 6)])
    renamed = {f"Q3_{i}": f"SAT_{name}" for i, name in enumerate(names, start=1)}
    renamed |= {f"Q2_{i}": f"USED_{name}" for i, name in enumerate(names, start=1)}
    frame = frame.rename(columns=renamed | {"Q5": "SAT_overall", "Q6": "NPS", "Q8": "LOTTERY"})
    frame.loc[3, "NPS"] = 99
    frame.to_csv(path, index=False)
    return path


def loaded(file: Path, **answered: str):
    """Return the study of a draft, loaded from a file as any other, and the file's text."""
    made = draft(file)
    text = (made.answered(answered) if answered else made).text(str(file.parent))
    path = file.parent / "study.toml"
    path.write_text(text, encoding="utf-8")
    return load_study(path), text


def rating_columns(study) -> list[str]:
    return [item.rating.within(study.waves[0].id) for item in study.touchpoints]


@pytest.mark.parametrize("best", [5, 1])
@pytest.mark.parametrize("language", ["en", "de"])
def test_labels_tell_scale_codes_and_outcomes(tmp_path, language, best):
    study, text = loaded(spss(tmp_path / "file.sav", language, best=best))
    assert rating_columns(study) == [f"Q3_{place}" for place in range(1, 6)]
    wave = study.waves[0].id
    for touchpoint, item in zip(study.touchpoints, ITEMS[language], strict=True):
        scale = study.scales[touchpoint.scale]
        assert touchpoint.label.within(language) == item
        assert (scale.minimum, scale.maximum, scale.best) == (1, 5, best)
        assert (touchpoint.codes.not_met, touchpoint.codes.dont_know) == ((6,), (9,))
        assert touchpoint.contact.within(wave) == touchpoint.rating.within(wave).replace("3_", "2_")
    assert [t.phase for t in study.touchpoints] == ["before", "during", "during", "after", "after"]
    roles = {o.role: (o.items[0].within(wave), o.proxy) for o in study.outcomes}
    assert roles == {"recommendation": ("Q6", False), "loyalty": ("Q5", True)}
    assert study.languages[0] == language
    assert study.respondent.within(wave) == "ID"
    assert study.weight.within(wave) == "WEIGHT"
    assert [segment.id for segment in study.segments] == ["region"]
    assert "Q4_1, Q4_2, Q4_3, Q4_4, Q4_5: importance, not experience" in text
    assert "Q3_2 44 (n = 1)" in text, "a slip is left for the quarantine, and said"


@pytest.mark.parametrize("best", [5, 1])
def test_numbers_alone_tell_scale_codes_and_contact(tmp_path, best):
    study, text = loaded(unlabelled(tmp_path / "file.csv", best=best))
    wave = study.waves[0].id
    names = ["website", "checkout", "delivery", "hotline", "invoice"]
    assert rating_columns(study) == [f"SAT_{name}" for name in names]
    for touchpoint, name in zip(study.touchpoints, names, strict=True):
        scale = study.scales[touchpoint.scale]
        assert (scale.minimum, scale.maximum, scale.best) == (1, 5, best)
        assert touchpoint.codes.not_met == (6,)
        assert touchpoint.contact.within(wave) == f"USED_{name}"
    outcomes = {o.role: o for o in study.outcomes}
    assert outcomes["loyalty"].items[0].within(wave) == "SAT_overall"
    assert outcomes["recommendation"].codes.refused == (99,)
    assert "#   Q7, LOTTERY: categories without a use here" in text
    assert "# CHECK:" in text


def test_a_sixth_answer_is_told_from_a_sixth_code_by_the_data(tmp_path):
    """Six school grades go on to the sixth; "not used" does not."""
    rng = np.random.default_rng(3)
    mood = rng.normal(size=600)
    columns = {
        f"G_{name}": np.clip(np.round(3.2 - mood + 0.9 * rng.normal(size=600)), 1, 6)
        for name in ("shop", "hotline", "invoice", "app")
    }
    columns["NPS"] = np.clip(np.round(6 + 2 * mood), 0, 10)
    pd.DataFrame(columns).to_csv(tmp_path / "grades.csv", index=False)
    study, _ = loaded(tmp_path / "grades.csv")
    scale = study.scales[study.touchpoints[0].scale]
    assert (scale.minimum, scale.maximum, scale.best) == (1, 6, 1)
    assert len(study.touchpoints) == 4


def test_answers_to_questions_change_the_draft(tmp_path):
    made = draft(unlabelled(tmp_path / "file.csv"))
    asked = {question.id: question for question in made.questions}
    assert asked["not_met"].default == "6"
    assert set(asked["recommendation"].choices) == {"NPS", "none"}
    study, _ = loaded(tmp_path / "file.csv", not_met="none", recommendation="none")
    assert study.touchpoints[0].codes.not_met == ()
    assert [outcome.role for outcome in study.outcomes] == ["loyalty"]
    assert "not_met" not in [q.id for q in made.answered({"not_met": "6"}).questions]
    with pytest.raises(ValueError, match="no answer to question"):
        made.answered({"not_met": "7"})


def test_design_waves_and_housekeeping_are_found(tmp_path):
    frame = pd.DataFrame(answers(seed=5)).drop(columns=[f"Q4_{i}" for i in range(1, 6)])
    frame = frame.rename(columns={f"Q3_{i}": f"R_t{i}" for i in range(1, 6)} | {"Q6": "NPS"})
    frame["CLUSTER"] = np.arange(N) // 10
    frame["wave"] = np.repeat([1, 2], N // 2)
    frame["Finished"] = np.where(np.arange(N) < 7, "False", "True")
    frame["StartDate"] = pd.date_range("2026-01-01", periods=N, freq="h").astype("str")
    frame["Duration (in seconds)"] = np.arange(N) + 100
    frame.to_csv(tmp_path / "all.csv", index=False)
    study, _ = loaded(tmp_path / "all.csv")
    assert [wave.values for wave in study.waves] == [(1,), (2,)]
    assert study.cluster.default == "CLUSTER"
    assert study.quality.duration.default == "Duration (in seconds)"
    assert study.fieldwork.date.default == "StartDate"
    [rule] = study.exclusions
    assert (rule.column.default, rule.values) == ("Finished", ("False",))


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"ID": range(80), "TEXT": ["x y"] * 80}, "no ratings"),
        ({f"A{i}": ["Very good", "Very poor"] * 40 for i in range(4)}, "answers are words"),
    ],
)
def test_a_file_without_ratings_is_refused_with_a_remedy(tmp_path, columns, said):
    pd.DataFrame(columns).to_csv(tmp_path / "none.csv", index=False)
    with pytest.raises(DataError, match=said):
        draft(tmp_path / "none.csv")


def answered_and_grouped(path: Path, **columns) -> Path:
    """Write unlabelled answers with refusals as 0, and further columns."""
    frame = pd.read_csv(unlabelled(path))
    frame.loc[::11, [f"SAT_{name}" for name in ("website", "checkout", "invoice")]] = 0
    frame.assign(**columns).to_csv(path, index=False)
    return path


def test_segments_have_values_without_codes_that_are_no_answers(tmp_path):
    rng = np.random.default_rng(7)
    bands = ["18-24", "25-34", "35-44", "Under 18", "65+", "Prefer not to say"]
    columns = {
        "AGE": rng.choice([0, 1, 2, 3, 4, 6, 9, 99], N),
        "GENDER": rng.choice(["Male", "Female", 'Own "word"', "No answer"], N),
        "Q7": rng.choice([0, 1], N),
        "REGION": rng.choice([0, 1], N),
        "BAND": rng.choice(bands, N),
        "DAY": rng.choice(["MON", "TUE", "WED"], N),
    }
    file = answered_and_grouped(tmp_path / "file.csv", **columns)
    study, text = loaded(file)
    found = {
        s.column.default: {c: t.within("en") for c, t in s.values.items()} for s in study.segments
    }
    assert found["AGE"] == {1: "1", 2: "2", 3: "3", 4: "4", 6: "6"}
    assert found["GENDER"] == {w: w for w in ("Female", "Male", 'Own "word"')}
    assert list(found["BAND"]) == ["Under 18", "18-24", "25-34", "35-44", "65+"]
    assert set(found["REGION"]) == {0, 1}, "a 0 without which no group is left is one"
    assert "DAY" not in found
    [line] = [line for line in text.splitlines() if "what does each code mean? No answer" in line]
    codes = ", ".join(f"{code} (n = {(columns['AGE'] == code).sum()})" for code in (0, 9, 99))
    assert line.endswith(codes)
    frame = pd.read_csv(file).astype("str")
    unknown = check_wave(study, study.waves[0].id, frame).unknown
    assert {u.code for u in unknown if u.column == "GENDER"} == {"No answer"}


def test_every_column_is_used_or_left_out_with_a_reason(tmp_path):
    columns = {
        "e-mail": [f"a{i}@example.org" for i in range(N)],
        "Phone_number": range(10**6, 10**6 + N),
        "WHY": [f"because of reason {i}" for i in range(N)],
        "Q9_other": ["", "a shop", "", "a car"] * (N // 4),
        "EMPTY": [""] * N,
        "FIXED": [3] * N,
        "SELDOM": [1, "", "", "", 2, "", "", ""] * (N // 8),
        "STAMP": ["12/31/2024 08:00", "12/31/2024 09:30"] * (N // 2),
        "CITY_SIZE": [1, 2, 3, 4] * (N // 4),
        "PLANE": [f"Airline {i % 30}" for i in range(N)],
        "USED_fax": [1, 2] * (N // 2),
        "WEIGHT2": np.linspace(0.5, 1.5, N),
        "SPENT": np.linspace(3, 90, N),
        "LOGIN": [f"x{i}z" for i in range(N)],
    }
    made = draft(answered_and_grouped(tmp_path / "file.csv", **columns))
    why = {name: entry.why for entry in made.found.left_out for name in entry.columns}
    told = {
        "e-mail": "contact data", "Phone_number": "contact data", "WHY": "free text",
        "Q9_other": "open ends", "EMPTY": "no answers", "FIXED": "the same answer",
        "SELDOM": "blank for more than half", "STAMP": "dates and times", "CITY_SIZE": "categories",
        "PLANE": "too many categories", "WEIGHT2": "might serve as weight", "SPENT": "numbers",
        "LOGIN": "a key", "USED_fax": "categories",
    }  # fmt: skip
    assert not {name: why.get(name) for name, words in told.items() if words not in why[name]}
    text = made.text("raw")
    assert all(name in text for name in columns)
    used = {touchpoint.column for touchpoint in made.found.touchpoints}
    assert not used & set(why)


@pytest.mark.parametrize(
    ("unit", "first", "labels"),
    [
        ("week", "2018-12-31", {"en": "Week 1, 2019", "de": "KW 1/2019"}),
        ("month", "2018-12-01", {"en": "December 2018", "de": "Dezember 2018"}),
        ("quarter", "2018-10-01", {"en": "Q4 2018", "de": "4. Quartal 2018"}),
        ("year", "2018-01-01", {"en": "2018", "de": "2018"}),
    ],
)
def test_waves_by_date_are_named_as_people_name_them(tmp_path, unit, first, labels):
    days = pd.date_range("2018-12-31", periods=N, freq="3h").strftime("%Y-%m-%d")
    file = answered_and_grouped(tmp_path / "file.csv", StartDate=days)
    study, _ = loaded(file, waves=unit)
    wave = study.waves[0]
    assert str(wave.start) == first
    assert {language: wave.label.within(language) for language in labels} == labels


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Network coverage (i.e., lack of call dropouts and voice quality)", "Network coverage"),
        ("Preise (z. B. Tarife (alle) und Boni)", "Preise"),
        ("Service (e.g. chat, tele", "Service"),
        ("Straight Talk (Walmart)", "Straight Talk (Walmart)"),
        ("Help (e.g. chat) on weekends", "Help (e.g. chat) on weekends"),
        ("The quality of the advice that was given (in our branches or at home)",
         "The quality of the advice that was given"),
        ("The quality (in all) of the advice that was given to you in our branches",
         "The quality (in all) of the advice that was given to you in …"),
        ("(Only) " + "very " * 20, "(Only) very very very very very very very very very very …"),
    ],
)  # fmt: skip
def test_labels_are_cut_at_words_and_never_within_brackets(text, label):
    assert short(text) == label
    if label == "Network coverage":
        assert slug(short(text), []) == "network_coverage"


def test_labels_that_only_brackets_tell_apart_keep_them():
    words = ["Staff (e.g. desk)", "Staff (e.g. gate)", "Lounge (e.g. seats)"]
    labels = item_labels(["Q1_1", "Q1_2", "Q1_3"], [f"Rate: {word}" for word in words])
    assert labels == [*words[:2], "Lounge"]


REAL = {
    "sfo": ("sfo/raw/2017_SFO_Customer_Survey_20250817.csv", "2017"),
    "mobiles": ("spss/mobiles_feedback_4_weeks.sav", "week1"),
}


@pytest.mark.parametrize("example", REAL)
def test_nine_in_ten_touchpoint_columns_of_real_files_are_right(tmp_path, example):
    """The example studies were made by hand from the questionnaires; the draft does not see it."""
    name, wave = REAL[example]
    file = real_data(name)
    truth = load_study(Path(__file__).parents[1] / "examples" / example / "study.toml")
    path = tmp_path / "study.toml"
    path.write_text(draft(file).text(str(file.parent)), encoding="utf-8")
    study = load_study(path)
    said = path.read_text(encoding="utf-8")
    unnamed = [c for c in draft(file).survey.columns if not re.search(rf"(?<!\w){c}(?!\w)", said)]
    assert not unnamed, "a column that is neither used nor left out"
    made = {item.rating.within(study.waves[0].id): item for item in study.touchpoints}
    wanted = {item.rating.within(wave): item for item in truth.touchpoints_in(wave)}
    right = [c for c, item in wanted.items() if c in made and alike(truth, item, study, made[c])]
    assert len(right) >= 0.9 * len(wanted), sorted(set(wanted) - set(right))
    assert len(set(made) - set(wanted)) <= 0.1 * len(wanted)


def alike(truth, item, study, guess) -> bool:
    ends = [
        (s.minimum, s.maximum, s.best)
        for s in (truth.scales[item.scale], study.scales[guess.scale])
    ]
    kinds = ("not_met", "not_asked", "dont_know", "refused")
    return ends[0] == ends[1] and all(
        set(getattr(item.codes, kind)) <= set(getattr(guess.codes, kind)) for kind in kinds
    )


def test_check_counts_unknown_and_unused_codes(tmp_path):
    study, _ = loaded(unlabelled(tmp_path / "file.csv"))
    frame = pd.read_csv(tmp_path / "file.csv").astype("str")
    frame.loc[:2, "SAT_hotline"] = "8"
    frame.loc[5, "USED_app"] = "x"
    found = check_wave(study, study.waves[0].id, frame, labels={"SAT_hotline": {8.0: "later"}})
    [stray] = [line for line in found.unknown if line.column == "SAT_hotline"]
    assert (stray.code, stray.n, stray.label) == ("8", 3, "later")
    assert stray.share == pytest.approx(3 / N)
    assert stray.consequence == "row to quarantine"
    bases = {base.item: base.n for base in found.bases}
    valid = frame["SAT_hotline"].isin(["1.0", "2.0", "3.0", "4.0", "5.0"])
    assert bases["hotline"] == int(valid.sum())
    assert ("outcome recommendation", "answer on scale from_0_to_10", "99") not in [
        (line.use, line.meaning, line.code) for line in found.unused
    ]


@pytest.fixture
def command(monkeypatch, capsys, tmp_path):
    monkeypatch.chdir(tmp_path)

    def call(*words):
        monkeypatch.setattr(sys, "argv", ["supertouch", *map(str, words)])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        out, err = capsys.readouterr()
        return stop.value.code or 0, out, err

    return call


def test_init_writes_once_and_check_explains(command, tmp_path):
    (tmp_path / "raw").mkdir()
    unlabelled(tmp_path / "raw" / "file.csv")
    code, out, err = command(
        "init", "raw/file.csv", "--to", "study/study.toml", "--no-input", "--language", "en"
    )
    assert (code, err) == (0, "")
    assert "touchpoints: 5" in out
    text = (tmp_path / "study" / "study.toml").read_text(encoding="utf-8")
    assert 'raw = "../raw"' in text
    assert 'languages = ["en"]' in text
    assert command("init", "raw/file.csv", "--to", "study/study.toml")[0] == 6
    assert (tmp_path / "study" / "study.toml").read_text(encoding="utf-8") == text
    assert command("init", "raw/file.csv", "--to", "study/study.toml", "--force")[0] == 0
    code, _, err = command("init", "raw/file.csv", "--to", "raw/file.csv/study.toml")
    assert code == 6
    assert "cannot be written" in err
    assert [path.name for path in (tmp_path / "study").iterdir()] == ["study.toml"]
    code, out, err = command("check", "study")
    assert (code, err) == (0, "")
    assert "USED_hotline" in out
    assert "Every code in the data is known to the study." in out
    assert max(map(len, out.splitlines())) <= 80
    frame = pd.read_csv(tmp_path / "raw" / "file.csv", dtype="str")
    frame.loc[0, "SAT_hotline"] = "[/b] :smile:"
    frame.to_csv(tmp_path / "raw" / "file.csv", index=False)
    code, out, err = command("check", "study")
    shown = "".join(line.strip() for line in out.splitlines())
    assert "[/b]" in shown, "what stands in the data is no markup"
    assert ":smile:" in shown
    assert "Declare them under [codes]" in out
    assert "values of its segment" not in out
    frame["Q7"] = frame["Q7"].replace("1.0", "9")
    renamed = frame.drop(columns="SAT_hotline").assign(SAT_hotline="1")
    renamed.to_csv(tmp_path / "raw" / "file.csv", index=False)
    segment = (
        '\n[segments.region]\nlabel = "Region"\ncolumn = "Q7"\nvalues = { 2 = "S", 3 = "W" }\n'
    )
    (tmp_path / "study" / "study.toml").write_text(text + segment, encoding="utf-8")
    code, out, err = command("check", "study")
    assert "values of its segment" in out
    assert "Declare them under [codes]" not in out, "nothing goes to the quarantine"
    (tmp_path / "raw" / "file.csv").unlink()
    code, out, err = command("check", "study")
    assert code == 4
    assert "USED_hotline" in out, "what the file means is shown all the same"
    assert command("check", "study", "--wave", "w9")[0] == 2


def test_a_terminal_is_asked_and_enter_takes_the_default(command, monkeypatch, tmp_path):
    unlabelled(tmp_path / "file.csv")
    given = iter(["nonsense", "none"])
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr("typer.prompt", lambda _text, default: next(given, default))
    code, out, _ = command("init", "file.csv")
    assert code == 0
    assert "Which question asks for recommendation?" in out
    assert "Choose one of: NPS, none" in out
    study = load_study(tmp_path / "study.toml")
    assert [outcome.role for outcome in study.outcomes] == ["loyalty"]
    assert study.touchpoints[0].codes.not_met == (6,)


@pytest.mark.parametrize("role", ["loyalty", "recommendation"])
def test_a_role_that_nobody_asked_for_is_told_thrice(command, tmp_path, role):
    """By `init`, in the draft, and by `check`; super-touchpoints need both roles."""
    sentence = f"No {role} question: super-touchpoints cannot be told; a proxy "
    frame = pd.read_csv(unlabelled(tmp_path / "file.csv"))
    lost = {"loyalty": "SAT_overall", "recommendation": "NPS"}[role]
    frame.drop(columns=lost).to_csv(tmp_path / "file.csv", index=False)
    code, out, _ = command("init", "file.csv", "--no-input")
    assert code == 0
    assert sentence in out
    assert out.count("super-touchpoints") == 1
    assert f"# CHECK: {sentence}" in (tmp_path / "study.toml").read_text(encoding="utf-8")
    code, out, _ = command("check")
    assert code == 0
    assert sentence in " ".join(out.split())
    assert out.count("super-touchpoints") == 1
    frame.to_csv(tmp_path / "file.csv", index=False)
    assert "super-touchpoints" not in command("init", "file.csv", "--no-input", "--force")[1]
    assert "super-touchpoints" not in command("check")[1]


def test_no_draft_is_written_for_a_file_without_ratings(command, tmp_path):
    pd.DataFrame({"ID": range(90)}).to_csv(tmp_path / "none.csv", index=False)
    code, _, err = command("init", "none.csv")
    assert code == 4
    assert "no ratings" in err
    assert not (tmp_path / "study.toml").exists()
    assert issubclass(DataError, SupertouchError)
