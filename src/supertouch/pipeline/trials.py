"""Simulated studies of a planned wave, estimated as the wave will be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from supertouch.pipeline.expecting import units
from supertouch.study.model import Analysis, Role, Study, Touchpoint

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from supertouch.simulate.design import Design
    from supertouch.simulate.planning import Expected

__all__ = ["LIFT", "Trial", "TrialRun"]

LIFT = 2.0
REPLICATES = 60
EXACT = 12
ROLES: tuple[Role, ...] = ("loyalty", "recommendation")


@dataclass(frozen=True, slots=True)
class TrialRun:
    """What the real estimation gave in one simulated study.

    Attributes
    ----------
    n : int
        Respondents.
    half_width : ndarray of shape (p,)
        Half width of the interval of each mean rating, in points of the touchpoint's scale.
    raters : ndarray of shape (p,)
    admitted : float
        Share of touchpoints with a share of their own.
    share_half_width : float
        Half width of the interval of an experience share, of the middle touchpoint.
    refused : str
        Why the driver models were refused; "" where they were not.
    found : int
        How many touchpoints with twice their fair share were found super.
    """

    n: int
    half_width: NDArray[np.float64]
    raters: NDArray[np.float64]
    admitted: float
    share_half_width: float
    refused: str
    found: int


@dataclass(frozen=True, slots=True)
class Trial:
    """What all simulated studies of a wave have in common."""

    study: Study
    wave: str
    expected: Expected
    design: Design
    blocks: list[list[int]]

    @property
    def touchpoints(self) -> tuple[Touchpoint, ...]:
        """Touchpoints of the wave."""
        return self.study.touchpoints_in(self.wave)

    @property
    def judged(self) -> bool:
        """Whether the wave asks what a verdict needs."""
        return all(self.study.outcome_of(role, self.wave) for role in ROLES)

    @property
    def lifted(self) -> NDArray[np.intp]:
        """Places of the touchpoints with twice their fair share."""
        from supertouch.simulate.planning import lifted

        return lifted(self.expected)

    def run(self, n: int, number: int) -> TrialRun:
        """Simulate a study of ``n`` respondents and estimate it."""
        import numpy as np

        from supertouch.findings import judge, judged_tables
        from supertouch.simulate import study_of
        from supertouch.simulate.planning import expected_responses

        rule = self.study.analysis
        asked = study_of(
            self.design,
            rule=self.study.rule,
            analysis=Analysis(
                replicates=REPLICATES,
                confidence=rule.confidence,
                exact_up_to=min(rule.exact_up_to, EXACT),
                min_pair=rule.min_pair,
            ),
        )
        responses = expected_responses(
            self.design,
            n,
            design_effect=self.expected.design_effect,
            blocks=self.blocks,
            rng=np.random.default_rng([self.study.seed, n, number]),
        )
        tables = judged_tables(asked, "w1", responses)
        verdicts = judge(asked, {"w1": responses}, {"w1": tables})["supertouchpoints"]
        return self._measured(n, tables, verdicts)

    def _measured(
        self, n: int, tables: dict[str, pd.DataFrame], verdicts: pd.DataFrame
    ) -> TrialRun:
        level = tables["performance"]
        half = (level.satisfaction_high - level.satisfaction_low).to_numpy(float) / 2
        shares = tables["importance"]
        shares = shares[(shares.component == "experience") & (shares.method == "lmg")]
        verdict = verdicts.set_index("touchpoint").verdict
        raised = [f"t{place}" for place in self.lifted]
        return TrialRun(
            n=n,
            half_width=half * units(self.study, self.touchpoints),
            raters=level.n_rated.to_numpy(float),
            admitted=shares.touchpoint.nunique() / self.design.p,
            refused=next((reason for reason in tables["models"].reason if reason), ""),
            share_half_width=float((shares.share_high - shares.share_low).median() / 2),
            found=int((verdict.reindex(raised) == "super").sum()),
        )
