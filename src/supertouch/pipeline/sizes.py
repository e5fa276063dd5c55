"""How many respondents a wave needs, as records."""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = ["Needed", "Rung", "SampleSize"]


@dataclass(frozen=True, slots=True)
class Rung:
    """What a number of respondents gives, on average over the simulated studies.

    Attributes
    ----------
    n, studies : int
    half_width, widest : float
        Half width of the interval of a mean rating, in rating points: that of the middle
        touchpoint, and the largest.
    raters : float
        Raters of the touchpoint with the fewest.
    admitted : float
        Share of touchpoints that get a share of their own in the driver models.
    share_half_width : float
        Half width of the interval of an experience share, of the middle touchpoint.
    refused : str
        Why driver models were refused, as in the table ``models``; "" where none was.
    lifted, found : int
        Touchpoints with twice their fair share in all studies of this size, and how many of them
        were found super; 0 where the wave asks no loyalty or no recommendation.
    power, power_error : float
        Chance that such a touchpoint is found super, and its simulation error: off one rising
        curve through all sizes, since the counts of single sizes go up and down by chance. NaN
        where there is no curve.
    """

    n: int
    studies: int
    half_width: float
    widest: float
    raters: float
    admitted: float
    share_half_width: float
    refused: str
    lifted: int
    found: int
    power: float = math.nan
    power_error: float = math.nan


@dataclass(frozen=True, slots=True)
class Needed:
    """Respondents that do, and the simulation error of that number; NaN where none would."""

    n: float
    error: float


@dataclass(frozen=True, slots=True)
class SampleSize:
    """What a wave needs.

    Attributes
    ----------
    wave, based_on : str
        The wave, and the one whose tables it is expected to be like; "" where it is assumed.
    touchpoints, blocks : int
    precision, power : float
        What is wished: half width of the interval of mean ratings, chance to find a super one.
    confidence, design_effect, r2 : float
        As in the simulated studies.
    lifted : int
        Touchpoints with twice their fair share in each of them.
    raters : int
        Raters that the touchpoint which needs most has to have for the wished precision.
    least_raters : int
        Raters that the study's rule asks for.
    middle, all : Needed
        Respondents for the wished precision at the middle touchpoint, and at all.
    base : Needed
        Respondents with whom all touchpoints reach ``least_raters``.
    admitted : float
        The smallest number tried with which all touchpoints get a share; NaN if none did.
    found : Needed
        Respondents who give the wished power.
    hardest : str
        The touchpoint that needs most.
    rungs : tuple of Rung
    """

    wave: str
    based_on: str
    touchpoints: int
    blocks: int
    precision: float
    power: float
    confidence: float
    design_effect: float
    r2: float
    lifted: int
    raters: int
    least_raters: int
    middle: Needed
    all: Needed
    base: Needed
    admitted: float
    found: Needed
    hardest: str
    rungs: tuple[Rung, ...]

    @property
    def largest(self) -> int:
        """The largest number of respondents tried."""
        return self.rungs[-1].n
