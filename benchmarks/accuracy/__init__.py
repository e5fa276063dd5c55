"""The accuracy benchmark: studies with known truth, supertouch and what users do today."""
