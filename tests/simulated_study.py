"""A study and its responses from a simulated design, without files."""

from supertouch.simulate import responses_of, study_of

__all__ = ["responses_of", "study_of"]
