"""Rosetta: one question to two libraries, side by side, and the words for it."""
