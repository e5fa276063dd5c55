"""Checks of what the shape cannot show: that the parts of a study fit together."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from supertouch.errors import Problem
from supertouch.study.checks.brands import check_blocks, check_brand_columns
from supertouch.study.checks.codes import (
    check_answer_codes,
    check_contact_codes,
    check_status_codes,
    check_twice,
)
from supertouch.study.checks.computing import check_computing
from supertouch.study.checks.deciding import (
    check_audit,
    check_mentions,
    check_no_mentions,
    check_plan,
)
from supertouch.study.checks.design import (
    check_brand,
    check_covariates,
    check_most_ratings,
    check_panel,
)
from supertouch.study.checks.draft import Draft
from supertouch.study.checks.headers import Headers, check_headers, matching_files
from supertouch.study.checks.items import (
    check_asked,
    check_outcome_items,
    check_patterns,
    check_roles,
    check_same_column,
    check_waves_named,
)
from supertouch.study.checks.margins import check_margins, check_quotas, check_trim
from supertouch.study.checks.names import (
    check_code_keys,
    check_content,
    check_ids,
    check_texts,
)
from supertouch.study.checks.planned import arrived, check_planned
from supertouch.study.checks.quality import check_implausible, check_privacy, check_suspects
from supertouch.study.checks.report import check_report
from supertouch.study.checks.scales import check_references, check_scales
from supertouch.study.checks.tracking import check_targets, check_tracking
from supertouch.study.checks.waves import check_files, check_order, check_rows, check_selection

__all__ = ["CHECKS", "Draft", "Headers", "arrived", "check_headers", "matching_files"]

CHECKS: tuple[Callable[[Draft], Iterator[Problem]], ...] = (
    check_content,
    check_ids,
    check_texts,
    check_code_keys,
    check_scales,
    check_references,
    check_answer_codes,
    check_twice,
    check_contact_codes,
    check_status_codes,
    check_patterns,
    check_waves_named,
    check_asked,
    check_outcome_items,
    check_roles,
    check_same_column,
    check_brand,
    check_panel,
    check_most_ratings,
    check_covariates,
    check_brand_columns,
    check_blocks,
    check_suspects,
    check_implausible,
    check_margins,
    check_trim,
    check_quotas,
    check_privacy,
    check_targets,
    check_tracking,
    check_report,
    check_computing,
    check_audit,
    check_mentions,
    check_no_mentions,
    check_plan,
    check_files,
    check_selection,
    check_rows,
    check_order,
    check_planned,
)
