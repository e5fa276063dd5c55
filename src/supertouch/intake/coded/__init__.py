"""Coded data back: what was accepted of a wave as an SPSS file, with labels, weights and flags."""

from supertouch.intake.coded.codes import EmptyCodes, empty_codes
from supertouch.intake.coded.writing import write_coded

__all__ = ["EmptyCodes", "empty_codes", "write_coded"]
