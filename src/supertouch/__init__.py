"""Find super-touchpoints in touchpoint-specific customer surveys."""

__version__ = "0.1.0"
