"""Groups that are too small to show, and those that go with them so that nothing is revealed.

A group of fewer respondents than ``privacy.min_base`` appears in no table. Where it alone were
hidden, the total less the other groups would reveal it; so the next smallest goes too, until the
hidden groups have that many respondents between them. This protects each division by itself:
tables cross no two segments, and values of one segment that are made up of values of another are
the study's to avoid.
"""

from __future__ import annotations

import pandas as pd

from supertouch.findings.answers import Answers, groups
from supertouch.study.model import Study

__all__ = ["suppressed"]


def suppressed(study: Study, answers: Answers) -> pd.DataFrame:
    """List the hidden groups of a wave without any number; returns the table ``suppressed``."""
    return pd.DataFrame(
        [
            {
                "wave": answers.wave,
                "segment": group.segment,
                "segment_value": group.value,
                "min_base": study.privacy.min_base,
                "complementary": group.complementary,
            }
            for group in groups(study, answers)
            if not group.shown
        ]
    )
