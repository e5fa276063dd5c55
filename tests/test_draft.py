"""Drafts of study files: what is recognised in labelled, unlabelled and real files, and `check`."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from real_data import real_data
from supertouch import cli
from supertouch.errors import DataError, SupertouchError
from supertouch.intake.draft import check_wave, draft
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
    assert "LOTTERY" not in text
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
    frame.loc[0, "SAT_hotline"] = "[/b]"
    frame.to_csv(tmp_path / "raw" / "file.csv", index=False)
    code, out, err = command("check", "study")
    assert "[/b]" in out, "what stands in the data is no markup"
    assert "Declare them under [codes]" in out
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


def test_no_draft_is_written_for_a_file_without_ratings(command, tmp_path):
    pd.DataFrame({"ID": range(90)}).to_csv(tmp_path / "none.csv", index=False)
    code, _, err = command("init", "none.csv")
    assert code == 4
    assert "no ratings" in err
    assert not (tmp_path / "study.toml").exists()
    assert issubclass(DataError, SupertouchError)
