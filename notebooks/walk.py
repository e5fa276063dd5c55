# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A study, walked through by hand
#
# From raw files to super-touchpoints with the Python API, one step at a time. `supertouch run`
# takes the same steps, keeps every file on the way, and writes the reports; this notebook is for
# those who want to look inside, or to put a step of their own in between.
#
# The study is the demo: a fictional maker of coffee machines, 24 touchpoints, three waves of
# 1,500 respondents, delivered as an institute delivers them (a German CSV file, a workbook, an
# SPSS file).

# %%
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import matplotlib.pyplot as plt
import pandas as pd

import supertouch
from supertouch.findings import judge, judged_tables
from supertouch.intake import ingest_wave, validate_wave
from supertouch.language import language
from supertouch.report.charts.drivers import intervals, reach_impact
from supertouch.simulate import write_demo

folder = TemporaryDirectory()
write_demo(Path(folder.name))

# %% [markdown]
# ## What was asked
#
# `study.toml` says it; `load_study` reads and checks it. All mistakes come at once, each with its
# place and a remedy. A study is a frozen record: to try something else, make another one with
# `replace`. Here 200 bootstrap replicates and a sample of orders do, in place of 1,000 and of all
# orders, so that the notebook runs in half a minute; the numbers are close to those of
# `supertouch run`, not the same.

# %%
study = supertouch.load_study(Path(folder.name) / "study.toml")
study = replace(study, analysis=replace(study.analysis, replicates=200, exact_up_to=12))
label = {item.id: item.label.within("en") for item in study.touchpoints}

pd.DataFrame(
    [(item.id, label[item.id], item.phase, item.channel) for item in study.touchpoints],
    columns=["touchpoint", "label", "phase", "channel"],
).head(8)

# %% [markdown]
# ## What came in
#
# Reading finds out encoding, delimiter, sheet and value labels. Validating holds every row
# against the study: rows that break a rule go to quarantine, with the rule; nothing is dropped
# without a trace.

# %%
waves = {}
for wave in study.waves:
    incoming = ingest_wave(study, wave.id)
    waves[wave.id] = validate_wave(
        study, wave.id, incoming.frame(), wave.file, meta=incoming.meta()
    )

pd.concat(validated.sample for validated in waves.values()).set_index("wave").round(2)

# %%
newest = study.waves[-1].id
waves[newest].quarantine[["row", "column", "value", "rule"]]

# %% [markdown]
# An empty rating is never just empty. Whoever did not meet the hotline has nothing to say about
# it; whoever met it and does not know is another case, and so is a refusal.

# %%
empties = waves[newest].empties
empties[(empties["item"] == "hotline") & (empties["kind"] != "brand_fit")]

# %% [markdown]
# Ratings are turned so that more is better (here: German grades, of which 1 is the best). From
# now on one frame per wave is enough.

# %%
responses = {wave: validated.responses for wave, validated in waves.items()}
columns = ["weight", "loyalty.score", "hotline.contact", "hotline.rating", "hotline.rating_empty"]
responses[newest][columns].head()

# %% [markdown]
# ## What was found
#
# How many meet a touchpoint, how good it is to them, and what its experience contributes to
# loyalty and to recommendation: `judged_tables` makes what the verdicts rest on, `analyze_wave`
# every table.

# %%
tables = {wave: judged_tables(study, wave, answers) for wave, answers in responses.items()}

performance = tables[newest]["performance"].set_index("touchpoint")
performance[["n_met", "reach", "satisfaction", "disappointed", "delighted"]].round(3).head(8)

# %% [markdown]
# The share of a touchpoint is its part in what all experiences together explain of an outcome:
# the Shapley value of R² (`lmg`), beside Johnson's relative weights. `experience` is how good it
# was among those who met it; `contact` is meeting it at all. Why these two must not be mixed is
# the other notebook's subject.

# %%
importance = tables[newest]["importance"]
loyalty = importance[
    (importance["outcome"] == "loyalty")
    & (importance["component"] == "experience")
    & (importance["method"] == "lmg")
].set_index("touchpoint")
(
    loyalty[["n_eff", "share", "share_low", "share_high", "effect", "p_adjusted"]]
    .sort_values("share", ascending=False)
    .round(3)
    .head(8)
)

# %% [markdown]
# ## Which are the super-touchpoints?
#
# Those whose experience builds loyalty *and* recommendation beyond their fair share, certainly
# enough, and from wave to wave. `judge` looks at all waves at once.

# %%
verdicts = judge(study, responses, tables)["supertouchpoints"]
found = verdicts[verdicts["verdict"] != "none"]
found.assign(label=found["touchpoint"].map(label)).set_index(["wave", "label"])[
    ["verdict", "probability", "trend", "share_loyalty", "share_recommendation"]
].round(3)

# %%
last = verdicts[verdicts["wave"] == newest].set_index("touchpoint")
supers = sorted(last.index[last["verdict"] == "super"])
print(f"Super-touchpoints in {newest}: {', '.join(label[key] for key in supers)}")

# %% [markdown]
# The house's charts take a table and draw on axes.

# %%
words = language("en")
shown = loyalty.join(performance[["reach"]]).join(last[["verdict"]]).reset_index()
figure, (left, right) = plt.subplots(1, 2, figsize=(13, 6), layout="constrained")
reach_impact(
    shown[["touchpoint", "reach", "effect", "verdict"]],
    labels=label,
    words=words,
    outcome="Loyalty",
    ax=left,
)
order = list(shown.sort_values("share", ascending=False)["touchpoint"].head(10))
intervals(
    shown,
    value="share",
    order=order,
    words=words,
    ax=right,
    fair=float(loyalty["fair_share"].iloc[0]),
)
right.yaxis.set_visible(True)
right.set_yticks(range(len(order)), [label[key] for key in order])
plt.show()

# %% [markdown]
# n = 1,500 accepted respondents per wave, weighted; shares by LMG with 95 % bootstrap intervals.
# What else there is, from the mix of touchpoints to what a budget buys, `supertouch.run(study)`
# makes and keeps as tables, a page, slides and a workbook; `docs/outputs.md` explains each
# column.

# %%
folder.cleanup()
