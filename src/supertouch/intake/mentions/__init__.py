"""Mentions besides the survey's ratings: a table of complaints and reviews, and what is missing."""

from supertouch.intake.mentions.named import missing_named
from supertouch.intake.mentions.periods import wave_ends
from supertouch.intake.mentions.reading import Read, read_mentions

__all__ = ["Read", "missing_named", "read_mentions", "wave_ends"]
