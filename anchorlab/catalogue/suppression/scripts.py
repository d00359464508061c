"""What the scripts of several methods share: who takes part, and how many come out."""

from __future__ import annotations

from anchorlab.catalogue.suppression.method import Names
from anchorlab.engine.played import MAX_PLAYED
from anchorlab.export.writing import literal
from anchorlab.settings.suppression import Suppression


def taking_part(s: Suppression, names: Names, *, last_pixel: bool) -> list[str]:
    """Lines that make `order`, `part` and `taking` (boxes, scores, class ids of those that take part, best first).

    `last_pixel`: whether they measure boxes as they are set to, which no setting of the engine's call does.
    """
    order = f'np.argsort(-{names.scores}, kind="stable")'
    if s.ties == "last":
        order = f'len({names.scores}) - 1 - np.argsort(-{names.scores}[::-1], kind="stable")'
    most = min(s.top_k or MAX_PLAYED, MAX_PLAYED)
    lines = [
        "",
        "# The predictions that take part, best first.",
        f"order = {order}",
        f"part = order[{names.scores}[order] >= np.float32({literal(s.score_threshold)})][:{most}]",
        f"taking = ({names.boxes}[part], {names.scores}[part], {names.class_ids}[part])",
    ]
    if s.inclusive and last_pixel:
        lines += ["# The last pixel belongs to a box.", "plus = np.array([0, 0, 1, 1], np.float32)"]
        lines += ["taking = (taking[0] + plus, *taking[1:])"]
    return lines


def counts(names: Names, kept: str) -> str:
    """The line that prints how many there are, take part and come out."""
    return (
        f'print(f"{{len({names.scores})}} predictions, {{len(part)}} above the score, {{len({kept})}} kept")'
    )
