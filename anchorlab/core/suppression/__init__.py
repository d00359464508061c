"""Suppression: what becomes of predictions that say the same thing twice. One method a file."""
