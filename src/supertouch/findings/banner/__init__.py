"""Banner tables: each question by everybody, groups of respondents and waves."""

from supertouch.findings.banner.table import banner_of, banner_table
from supertouch.findings.banner.waves import banner_waves

__all__ = ["banner_of", "banner_table", "banner_waves"]
