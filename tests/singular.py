"""Finds "1 boxes" in what people read."""

import re

WRONG = re.compile(
    r"(?<![\d.,/·×−+√-])1 (?!(?:is|was|as|has|this|less|plus|minus|times|its|keeps|learns|stays|gives|makes|differs|fits"
    r"|takes|leaves|joins|matches|suppresses|lies|across|always|class|falls|reads|loses)\b)[a-z]+s\b"
)
"""What is no noun in the plural may follow a 1."""
