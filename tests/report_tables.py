"""Studies and valid tables made up for the tests of the report; no survey stands behind them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

import report_banner_tables
import report_change_tables
import report_decision_tables
import report_trust_tables
from supertouch.study.model import (
    Analysis,
    Codes,
    Columns,
    Outcome,
    Scale,
    Segment,
    Study,
    Text,
    Touchpoint,
    Wave,
)
from supertouch.tables import TABLES, checked

NAMES = [
    ("website", "Website", "Website", "before", "online"),
    ("social", "Social-Media-Auftritte", "Social media", "before", "online"),
    ("adverts", "Anzeigen und Plakate", "Adverts and posters", "before", "offline"),
    ("press", "Berichte in der Presse", "Articles in the press", "before", "offline"),
    ("portals", "Bewertungsportale und Foren", "Review portals and forums", "before", "online"),
    ("catalogue", "Katalog", "Catalogue", "before", "offline"),
    ("newsletter", "Newsletter", "Newsletter", "before", "online"),
    ("window", "Schaufenster", "Shop window", "before", "offline"),
    ("fair", "Messeauftritt", "Trade fair", "before", "offline"),
    ("mouth", "Empfehlung durch Bekannte", "Word of mouth", "before", "offline"),
    ("store", "Filiale", "Store", "during", "offline"),
    ("advice", "Persönliche Beratung", "Personal advice", "during", "offline"),
    ("phone", "Telefonische Bestellung", "Order by phone", "during", "offline"),
    ("shop", "Online-Shop", "Online shop", "during", "online"),
    ("confirmation", "Auftragsbestätigung", "Order confirmation", "during", "online"),
    ("payment", "Bezahlvorgang", "Payment", "during", "online"),
    ("delivery", "Lieferung", "Delivery", "after", "offline"),
    ("packaging", "Verpackung", "Packaging", "after", "offline"),
    ("manual", "Gebrauchsanleitung", "Manual", "after", "offline"),
    ("invoice", "Rechnung", "Invoice", "after", "offline"),
    ("reminder", "Mahnung", "Payment reminder", "after", "offline"),
    ("hotline", "Service-Hotline", "Service hotline", "after", "offline"),
    ("complaint", "Beschwerdebearbeitung", "Handling of complaints", "after", "offline"),
    ("events", "Kundenveranstaltungen", "Customer events", "after", "offline"),
]
SCALES = {
    "rating": Scale("rating", 1, 5, 5, disappointed=2, delighted=5),
    "ten": Scale("ten", 0, 10, 10),
}


def text(de: str, en: str) -> Text:
    return Text({"de": de, "en": en})


GRADES = Scale(
    "rating", 1, 6, 1, disappointed=4, delighted=1, labels={1: text("sehr gut", "very good")}
)


def study(
    folder: Path,
    *,
    waves: int = 3,
    touchpoints: int = 24,
    proxy: bool = False,
    loyalty: bool = True,
    recommendation_from: int = 0,
    names: list[Text] | None = None,
) -> Study:
    wave_ids = [f"{2021 + k}" for k in range(waves)]
    items = []
    for k in range(touchpoints):
        key, de, en, phase, channel = NAMES[k % len(NAMES)]
        turn = k // len(NAMES)
        label = text(de, en)
        if turn:
            label = text(
                f"{de} für Geschäftskundinnen und Geschäftskunden der Region {turn}",
                f"{en} for business customers of region {turn}",
            )
        items.append(
            Touchpoint(
                id=f"{key}{turn or ''}",
                label=names[k] if names and k < len(names) else label,
                phase=phase,  # type: ignore[arg-type]
                origin="indirect" if key in ("press", "portals", "mouth") else "direct",
                dialogue="two_way" if key in ("advice", "hotline", "fair") else "one_way",
                channel=channel,  # type: ignore[arg-type]
                owner="Vertrieb" if phase == "during" else None,
                cost=12500.0 if key == "fair" else None,
                control="high",
                rating=Columns(f"R_{key}", {"2021": None} if key == "events" and waves > 1 else {}),
                contact=Columns(f"C_{key}") if k % 2 else Columns(),
                codes=Codes() if key == "phone" else Codes(not_met=(9.0,)),
                brand_fit=Columns(f"B_{key}") if k < 3 else Columns(),
                question=text(f"Wie zufrieden sind Sie mit: {de}?", f"How satisfied with: {en}?"),
            )
        )
    outcomes = []
    if loyalty:
        outcomes.append(
            Outcome(
                "loyalty",
                text("Gesamtzufriedenheit", "Overall satisfaction")
                if proxy
                else text("Kundenbindung", "Customer loyalty"),
                "loyalty",
                (Columns("L1"),) if proxy else (Columns("L1"), Columns("L2"), Columns("L3")),
                (False,) if proxy else (False, True, False),
                "rating",
                proxy=proxy,
                waves=tuple(wave_ids),
            )
        )
    outcomes.append(
        Outcome(
            "nps",
            text("Weiterempfehlung", "Willingness to recommend"),
            "recommendation",
            (Columns("Q9"),),
            (False,),
            "ten",
            waves=tuple(wave_ids[recommendation_from:]),
            question=text(
                "Wie wahrscheinlich ist es, dass Sie uns weiterempfehlen?",
                "How likely are you to recommend us?",
            ),
        )
    )
    return Study(
        id="muster",
        title=text("Kontaktpunkte der Muster AG", "Touchpoints of Muster AG"),
        company=text("Muster AG", "Muster AG"),
        about=text(
            "Befragt wurden Kundinnen und Kunden der Muster AG in Deutschland.",
            "Customers of Muster AG in Germany were asked.",
        ),
        file=folder / "study.toml",
        folder=folder,
        raw=folder / "data" / "raw",
        touchpoints=tuple(items),
        outcomes=tuple(outcomes),
        waves=tuple(Wave(w, text(f"Welle {w}", f"Wave {w}"), f"{w}.csv") for w in wave_ids),
        scales=SCALES,
        segments=(
            Segment(
                "region",
                text("Region", "Region"),
                Columns("REGION"),
                {
                    1.0: text("Nord", "North"),
                    2.0: text("Süd", "South"),
                    3.0: text("West", "West"),
                },
            ),
        ),
        weight=Columns("GEWICHT"),
        analysis=Analysis(),
    )


def tables(
    made: Study, *, seed: int = 7, admitted: bool = True, contact: bool = True, supers: int = 4
) -> dict[str, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    rows: dict[str, list[dict[str, object]]] = {
        name: []
        for name in (
            "sample",
            "rejections",
            "empties",
            "contradictions",
            "performance",
            "outcomes",
            "models",
            "importance",
            "phases",
            "univariate",
            "supertouchpoints",
            "diagnostics",
            *report_trust_tables.NAMES,
            *report_change_tables.NAMES,
        )
    }
    strength = _strength(rng, len(made.touchpoints), supers)
    for wave in made.waves:
        _fieldwork(rows, made, wave.id, rng, n=1480 if admitted else 180)
        groups = [("", "", 1480 if admitted else 180)]
        groups += [(s.id, str(int(c)), 700 - 520 * k) for s in made.segments
                   for k, c in enumerate(list(s.values)[:2])]  # fmt: skip
        for segment, value, n in groups:
            key = {"wave": wave.id, "segment": segment, "segment_value": value}
            _performance(rows, made, wave.id, key, n, rng)
            allowed = admitted and n > 300
            for outcome in made.outcomes_in(wave.id):
                _drivers(rows, made, wave.id, key, outcome, n, rng, allowed, contact, strength)
        _verdicts(rows, made, wave.id, rng, admitted, strength, supers)
        size = 1480 if admitted else 180
        report_trust_tables.add(rows, made, wave.id, n=size, admitted=admitted, strength=strength)
    waves = [wave.id for wave in made.waves]
    size = 1480 if admitted else 180
    report_change_tables.add(rows, made, waves, n=size, admitted=admitted)
    found = {name: table(name, part) for name, part in rows.items()}
    return found | report_decision_tables.empty() | report_banner_tables.empty()


def field_tables(made: Study, wave: str) -> dict[str, pd.DataFrame]:
    rows = report_change_tables.field_rows(made, wave)
    return {name: table(name, found) for name, found in rows.items()}


def table(name, found):
    columns = list(TABLES[name].to_schema().columns)
    return checked(pd.DataFrame(found, columns=columns), table=name)


def _strength(rng, size, supers):
    strength = rng.gamma(0.9, 1.0, size)
    for place in (11, 16, 21, 13)[:supers]:
        if place < size:
            strength[place] = strength.max() * 0.9 + 1.0
    return strength


def _fieldwork(rows, made, wave, rng, *, n):
    rows["sample"].append(
        {"wave": wave, "n_read": n + 31, "n_accepted": n, "n_quarantined": 11, "n_excluded": 20,
             "weight_sum": float(n), "n_eff": n / 1.21,
         "design_effect": 1.21, "n_clusters": n, "n_strata": 1}
    )  # fmt: skip
    for kind, column, rule, count in (
        ("quarantined", "R_store", "not a whole number from 1 to 5 and not a declared code", 7),
        ("quarantined", "GEWICHT", "not a weight: a number above 0", 4),
        ("excluded", "TEST", "Testinterview", 20),
    ):
        rows["rejections"].append(
            {"wave": wave, "kind": kind, "column": column, "rule": rule, "n": count}
        )
    for item in made.touchpoints_in(wave):
        answered = int(rng.integers(n // 10, n - 40))
        rows["empties"].append(
            {"wave": wave, "item": item.id, "kind": "rating", "n": n, "n_answered": answered,
                 "not_met": n - answered - 40, "not_asked": 0, "dont_know": 25, "refused": 15}
        )  # fmt: skip
    for item in made.touchpoints_in(wave)[1:4:2]:
        rows["contradictions"].append(
            {"wave": wave, "touchpoint": item.id, "kind": "rated_but_not_met",
                 "resolution": "rating_wins", "n": int(rng.integers(3, 60))}
        )  # fmt: skip
        rows["contradictions"].append(
            {"wave": wave, "touchpoint": item.id, "kind": "rated_but_contact_unknown",
                 "resolution": "rating_wins", "n": 5}
        )  # fmt: skip
    for item in made.segments:
        rows["diagnostics"].append(
            {"wave": wave, "segment": item.id, "segment_value": "3", "subject": "",
                 "code": "small_segment", "value": 42.0}
        )  # fmt: skip
    for code, subject, value in (
        ("segment_unknown", "region" if made.segments else "", 17.0),
        ("not_eligible_base", made.touchpoints[1].id, float("nan")),
        ("groups", "", 400.0),
        ("psd_repair", made.outcomes[0].id, 0.0042),
        ("everybody_met", made.touchpoints[0].id, 1.0),
        ("an_unknown_code", "something", float("nan")),
    ):
        rows["diagnostics"].append(
            {
                "wave": wave,
                "segment": "",
                "segment_value": "",
                "subject": subject,
                "code": code,
                "value": value,
            }
        )


def _span(value, half, low=-np.inf, high=np.inf):
    return float(np.clip(value - half, low, high)), float(np.clip(value + half, low, high))


def _put(name, value, half, low=-np.inf, high=np.inf):
    ends = _span(value, half, low, high)
    return {name: float(value), f"{name}_low": ends[0], f"{name}_high": ends[1]}


def _performance(rows, made, wave, key, n, rng):
    fixed = np.random.default_rng(3)
    for place, item in enumerate(made.touchpoints):
        reach = fixed.uniform(0.1, 0.95)
        if item not in made.touchpoints_in(wave):
            continue
        if place == 8:
            reach = 0.03
        met = int(reach * n)
        good = fixed.uniform(0.12, 0.5)
        bad = fixed.uniform(0.04, 0.3)
        nps = rng.uniform(-10, 45)
        rows["performance"].append({
            **key, "touchpoint": item.id, "n": n, "n_eff": n / 1.2, "n_known": n - 20,
            "n_met": met, "n_rated": met - met // 10, "n_rated_eff": 0.8 * met,
            **_put("reach", reach, 0.025, 0, 1),
            **_put("satisfaction", 3.2 + good * 2 - bad, 0.08),
            **_put("disappointed", bad, 0.02, 0, 1),
            **_put("okay", 1 - good - bad, 0.03, 0, 1),
            **_put("delighted", good, 0.03, 0, 1),
            "n_nps_met": met, **_put("nps_met", nps + 5, 5),
            "n_nps_not_met": n - met, **_put("nps_not_met", nps - 8, 6),
            "n_brand_fit": met if place < 3 else 0,
            **(_put("brand_fit", 3.9, 0.1) if place < 3 else {}),
        })  # fmt: skip


def _drivers(rows, made, wave, key, outcome, n, rng, admitted, contact, strength):
    items = made.touchpoints_in(wave)
    p = len(items)
    n_eff = n / 1.2
    head = {**key, "outcome": outcome.id}
    nps = outcome.role == "recommendation"
    rows["outcomes"].append({
        **head, "role": outcome.role, "proxy": outcome.proxy, "n": n - 12, "n_eff": n_eff,
        **_put("mean", 7.4 if nps else 3.7, 0.08), **(_put("nps", 14.0, 4.2) if nps else {}),
    })  # fmt: skip
    if key["segment"] and n < made.analysis.min_segment:
        return
    rows["models"].append({
        **head, "proxy": outcome.proxy, "admitted": admitted,
        "reason": "" if admitted else "n_eff_below_columns", "n": n, "n_eff": n_eff,
        "n_needed": 10.0 * p, "n_columns": 2 * p, "n_touchpoints": p,
        **(_put("r2", 0.46, 0.04) if admitted else {}), "r2_experience": 0.37,
        "r2_contact": 0.09, "p_value": 1e-9, "repair": 0.0, "units": 400, "strata": 1,
        "replicates": 1000, "method": "exact" if p <= 25 else "sampled_orders",
    })  # fmt: skip
    for k, phase in enumerate(("before", "during", "after")):
        for component in ("experience", "contact") if contact else ("experience",):
            share = (0.2, 0.45, 0.35)[k]
            rows["phases"].append({
                **head, "phase": phase, "component": component, "n": n, "n_eff": n_eff,
                "n_touchpoints": p // 3, **_put("importance", 0.37 * share, 0.03),
                **_put("share", share, 0.05, 0, 1),
            })  # fmt: skip
    for item in items:
        for component in ("experience", "contact") if contact else ("experience",):
            rows["univariate"].append({
                **head, "touchpoint": item.id, "component": component, "n": n,
                **_put("correlation", rng.uniform(0, 0.45), 0.06),
            })  # fmt: skip
    if admitted:
        _importance(rows, made, items, head, n, n_eff, rng, contact, strength)


def _importance(rows, made, items, head, n, n_eff, rng, contact, strength):
    p = len(items)
    places = [made.touchpoints.index(item) for item in items]
    weights = strength[places] * rng.lognormal(0, 0.25, p)
    methods = ("lmg",) if head["segment"] else ("lmg", "johnson")
    for component in ("experience", "contact") if contact else ("experience",):
        for method in methods:
            share = weights * rng.lognormal(0, 0.02 if method == "lmg" else 0.05, p)
            share = share / share.sum()
            rank = (-share).argsort().argsort() + 1
            for k, item in enumerate(items):
                half = 0.25 * share[k] + 0.008
                rows["importance"].append({
                    **head, "touchpoint": item.id, "component": component, "method": method,
                    "n": n, "n_eff": n_eff, **_put("importance", 0.37 * share[k], 0.37 * half),
                    **_put("share", share[k], half, 0, 1), "fair_share": 1 / p,
                    "lift": share[k] * p, "p_share": 0.001 if share[k] > 1.5 / p else 0.4,
                    "rank": int(rank[k]), "rank_low": max(1, int(rank[k]) - 3),
                    "rank_high": min(p, int(rank[k]) + 4), "tied_with_next": bool(k % 3),
                    **_put("effect", 0.02 + share[k] * 5 * rng.uniform(0.6, 1.4), 0.08),
                    "p_value": 0.0004 if share[k] > 1 / p else 0.2,
                    "p_adjusted": 0.0009 if share[k] > 1 / p else 0.31,
                })  # fmt: skip


def _verdicts(rows, made, wave, rng, admitted, strength, supers):
    missing = [
        role
        for role in ("loyalty", "recommendation")
        if made.outcome_of(role, wave) is None  # type: ignore[arg-type]
    ]
    proxy = any(item.proxy for item in made.outcomes_in(wave))
    items = made.touchpoints_in(wave)
    best = set(np.argsort(-strength)[:supers])
    later = set(np.argsort(-strength)[supers : supers + 4])
    for item in items:
        place = made.touchpoints.index(item)
        verdict, reason = "none", "loyalty_share recommendation_share significant"
        if missing:
            verdict, reason = "undetermined", " ".join(f"no_{role}" for role in missing)
        elif not admitted:
            verdict, reason = "too_few", "admitted"
        elif place == 8:
            verdict, reason = "too_few", "reach"
        elif place in best:
            verdict, reason = "super", ""
        elif place in later:
            k = sorted(later).index(place)
            verdict = ("candidate", "loyalty_builder", "recommendation_builder", "candidate")[k]
            reason = ("significant", "recommendation_share", "loyalty_effect", "significant")[k]
        good = verdict == "super"
        known = not missing and admitted
        failed = set(reason.split())

        def mark(code, known=known, failed=failed):
            return (code not in failed) if known else None

        rows["supertouchpoints"].append({
            "wave": wave, "touchpoint": item.id, "verdict": verdict, "reason": reason,
            "proxy": proxy, "probability": (0.97 if good else rng.uniform(0, 0.7))
            if known else np.nan,
            "rank_probability": rng.uniform(0.5, 1) if good else rng.uniform(0, 0.5),
            "top": 5, "sustained": good if wave != made.waves[0].id else None,
            "trend": ("sustained" if good and wave != made.waves[0].id else ""),
            "p_value": 0.0003 if good else 0.2, "p_adjusted": 0.004 if good else 0.4,
            "share_loyalty": rng.uniform(0.02, 0.12) if known else np.nan,
            "share_recommendation": rng.uniform(0.02, 0.12) if known else np.nan,
            "fair_share": 1 / len(items), "reach_ok": place != 8, "base_ok": place != 8,
            "admitted": admitted, "brand_fit_ok": True if place < 3 else None,
            "purchase_ok": None, "significant": mark("significant"),
            "loyalty_significant": verdict in ("super", "loyalty_builder") if known else None,
            "recommendation_significant": verdict in ("super", "recommendation_builder")
            if known else None,
            **{
                column: mark(column.removesuffix("_ok"))
                for role in ("loyalty", "recommendation")
                for column in (f"{role}_share_ok", f"{role}_effect_ok", f"{role}_model_ok",
                               f"{role}_material")
            },
        })  # fmt: skip


MANIFEST = {
    "supertouch": "0.1.0",
    "python": "3.11.9",
    "packages": {"pandas": "3.1.1", "numpy": "2.4.6", "scipy": "1.17.1"},
    "study_sha256": "0" * 64,
    "inputs": [{"file": "data/raw/2021.csv", "sha256": "a" * 64, "bytes": 482113}],
    "seed": 20261121,
    "started": "2026-11-21T10:00:00+00:00",
    "finished": "2026-11-21T10:00:41+00:00",
    "stages": [
        {"stage": "ingest", "wave": "2021", "seconds": 0.41},
        {"stage": "analyze", "wave": "2021", "seconds": 7.9},
        {"stage": "report", "wave": "", "seconds": 6.2},
    ],
}


def variant(name: str, folder: Path) -> tuple[Study, dict[str, pd.DataFrame]]:
    """Return a study and its tables: one of the situations that a report has to tell."""
    if name == "full":
        made = study(folder)
        return made, tables(made)
    if name == "proxy":
        made = study(folder, waves=2, proxy=True, recommendation_from=1)
        return made, tables(made)
    if name == "recommendation_only":
        made = study(folder, waves=2, touchpoints=9, loyalty=False)
        return made, tables(made, contact=False)
    if name == "refused":
        made = study(folder, waves=1)
        return made, tables(made, admitted=False)
    if name == "one_wave":
        made = replace(study(folder, waves=1, touchpoints=12), weight=Columns(), segments=())
        return made, tables(made, supers=0)
    if name == "hundred":
        made = study(folder, waves=1, touchpoints=100)
        return made, tables(made, supers=3)
    if name == "grades":
        made = study(folder, waves=2, touchpoints=12)
        return replace(made, scales=SCALES | {"rating": GRADES}), tables(made)
    hostile = [
        text("<script>alert('x')</script>", "<script>alert('x')</script>"),
        text("Überlanger Name " * 20, "Endless name " * 25),
        text('Preis $5 & $6 --> "Zitat" {klammer} ]]>', 'Price $5 & $6 --> "quote" {brace}'),
    ]
    if name == "long":
        made = study(folder, waves=5, touchpoints=34, names=hostile)
        return made, tables(made)
    made = study(folder, waves=1, touchpoints=12, names=hostile)
    made = replace(
        made,
        title=text("</title><script>alert(1)</script>", "</title><script>alert(1)</script>"),
        about=text("<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"),
    )
    return made, tables(made)


VARIANTS = (
    "full",
    "proxy",
    "recommendation_only",
    "refused",
    "one_wave",
    "hundred",
    "grades",
    "hostile",
)
