"""So many of what every page speaks of, as it stands in sentences and formulas."""

from anchorlab.wording import Sentence

SENTENCES: dict[str, Sentence] = {
    "anchors": {"one": "{count} anchor", "other": "{count} anchors"},
    "objects": {"one": "{count} object", "other": "{count} objects"},
    "boxes": {"one": "{count} box", "other": "{count} boxes"},
}
