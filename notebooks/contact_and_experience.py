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
# # Why contact and experience must be kept apart
#
# Not everybody meets every touchpoint, and who has not met one cannot rate it. A driver analysis
# has to do something about these empty cells, and what it does decides what it finds. Here the
# truth is known, because the respondents are simulated; the usual ways are held against it.

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

import supertouch
from supertouch.simulate import Design, OutcomeDesign, responses_of, truth

NAMES = ["website", "shop", "advertising", "hotline", "customer club", "invoice"]
MET = {name: f"{name} met" for name in NAMES}

# %% [markdown]
# ## A company as it could be
#
# * The **hotline** is met by a fifth: those who have trouble. They are less loyal by half a point
#   because of the trouble, and each rating point that the hotline earns wins 0.45 back.
# * The **customer club** does nothing. Loyal customers join it, and they like it.
# * **Website** and **shop** work, the **invoice** a little, **advertising** does not.

# %%
design = Design(
    reach=np.array([0.90, 0.60, 0.80, 0.20, 0.25, 0.95]),
    mean=np.array([3.6, 3.8, 3.2, 2.6, 4.2, 3.5]),
    spread=np.ones(6),
    halo=0.2,  # who likes one thing likes the others a little more, too
    seek=np.array([0, 0, 0, 0, 0.6, 0]),  # the loyal seek the club
    outcomes=(
        OutcomeDesign(
            "loyalty",
            "loyalty",
            beta=np.array([0.25, 0.25, 0.00, 0.45, 0.00, 0.10]),  # experience
            gamma=np.array([0.00, 0.00, 0.00, -0.50, 0.00, 0.00]),  # contact
            level=3.6,
            noise=0.8,
            loyal=0.5,
        ),
    ),
)
everybody = truth(design, n=200_000, rng=np.random.default_rng(1))
true = pd.DataFrame(
    {
        "reach": everybody.reach,
        "experience": everybody.beta[0],
        "contact": everybody.gamma[0],
        "share": everybody.experience_share[0],
    },
    index=NAMES,
)
true.round(2)

# %% [markdown]
# That is what a survey of the whole population would find. `experience` is what one rating point
# more goes with, among those who met the touchpoint; `contact` what meeting it goes with. The
# club's contact effect of half a point is no work of the club: the loyal go there. A survey
# cannot tell the two apart, but it can keep them out of the experience.
#
# ## Three treatments of the same 1,500 respondents


# %%
def survey(seed):
    """Interview 1,500 people: ratings are missing where there was no contact."""
    found = responses_of(design, 1500, seed=seed)
    columns = {"loyalty": found["loyalty.score"]}
    for j, name in enumerate(NAMES):
        columns |= {name: found[f"t{j}.rating"], MET[name]: found[f"t{j}.contact"].astype(float)}
    return pd.DataFrame(columns)


def experience(found):
    """Return effect and share of each touchpoint's experience."""
    rows = found[(found["component"] == "experience") & (found["method"] == "lmg")]
    return rows.set_index("driver")[["effect", "effect_low", "effect_high", "share"]]


def apart(data):
    """Rate by those who met; contact is a driver of its own."""
    return supertouch.importance(data, "loyalty", drivers=NAMES, contact=MET, replicates=100)


def zeros(data):
    """Write 0 where there was no contact, as the column of a spreadsheet sum does."""
    filled = data[NAMES].fillna(0).assign(loyalty=data["loyalty"])
    return supertouch.importance(filled, "loyalty", drivers=NAMES, replicates=100)


data = survey(seed=1)
complete = data[NAMES].notna().all(axis=1)
print(f"{complete.sum()} of {len(data)} respondents met everything")

# %% [markdown]
# **Complete cases** need no further look: hardly anybody meets all touchpoints, and who does is
# no average customer. That leaves **zeros**, and keeping contact and experience **apart**:

# %%
compared = pd.concat(
    {"truth": true.rename(columns={"experience": "effect"})[["effect", "share"]]}
    | {name: experience(way(data))[["effect", "share"]] for name, way in
       {"apart": apart, "zeros": zeros}.items()},
    axis="columns",
)  # fmt: skip
compared.round(2)

# %% [markdown]
# With zeros the advice to this company would be wrong twice:
#
# * The **hotline** gets a negative effect: "a better hotline costs loyalty". What is measured is
#   that people with trouble phone.
# * The **club** comes out as the most important touchpoint of all. What is measured is that the
#   loyal join it.
#
# In a column with zeros the step from *not met* to *met* is longer than any step between two
# grades, so that contact decides, whatever the column is called.
#
# ## Not this sample, the method
#
# Twenty surveys: the errors of the one treatment scatter around the truth, those of the other do
# not, and no larger sample would mend that.

# %%
runs = {
    name: pd.concat(
        [experience(way(survey(seed)))["effect"] for seed in range(1, 21)], axis="columns"
    )
    for name, way in {"apart": apart, "zeros": zeros}.items()
}
bias = pd.DataFrame(
    {name: effects.mean(axis="columns") - true["experience"] for name, effects in runs.items()}
)
scatter = pd.DataFrame({name: effects.std(axis="columns") for name, effects in runs.items()})
pd.concat({"bias": bias, "standard deviation": scatter}, axis="columns").loc[NAMES].round(3)

# %%
figure, ax = plt.subplots(figsize=(9, 4.5), layout="constrained")
place = np.arange(len(NAMES))
for (name, effects), colour, shift in zip(
    runs.items(), ("#0072B2", "#D55E00"), (-0.15, 0.15), strict=True
):
    values = effects.loc[NAMES].to_numpy()
    ax.plot(values, np.repeat(place[:, None] + shift, values.shape[1], axis=1), "o", color=colour,
            markersize=4, alpha=0.35)  # fmt: skip
    ax.plot(
        [],
        [],
        "o",
        color=colour,
        label={"apart": "contact kept apart", "zeros": "not met = 0"}[name],
    )
ax.plot(true["experience"], place, "D", color="black", markersize=7, label="truth")
ax.axvline(0, color="grey", linewidth=0.8)
ax.set_yticks(place, NAMES)
ax.invert_yaxis()
ax.set_xlabel("Loyalty points per rating point, 20 surveys of 1,500")
ax.legend(frameon=False, loc="lower right")
plt.show()

# %% [markdown]
# ## And the mean in place of the gap?
#
# Filling gaps with the mean rating keeps the experience effects: a filled cell lies where the
# regression line needs nothing of it. But the contact is gone, and with it the trouble that leads
# to the hotline.

# %%
contact = apart(data)
contact = contact[(contact["component"] == "contact") & (contact["method"] == "lmg")].set_index(
    "driver"
)
pd.DataFrame(
    {"truth": true["contact"]}
    | {name: contact[name] for name in ("effect", "effect_low", "effect_high", "p_adjusted")}
).loc[NAMES].round(2)

# %% [markdown]
# Both components are needed, and neither may stand in for the other: what to *improve* is told by
# experience, whom a touchpoint *reaches* by contact. supertouch reports them side by side, and
# calls contact what it is: selection or effect, which a survey alone cannot separate.
