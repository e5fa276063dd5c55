"""Waves of more rows than memory: what is found of them, from parts of their rows."""
