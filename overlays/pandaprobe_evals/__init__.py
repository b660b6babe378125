"""Evaluate AI agents' sessions with PandaProbe."""

__version__ = "0.1.0"
