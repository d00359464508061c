"""So many of what every page speaks of, as it stands in sentences and formulas."""

from anchorlab.wording import Sentence

SENTENCES: dict[str, Sentence] = {
    "anchors": {"one": "{count} anchor", "other": "{count} anchors"},
    "boxes": {"one": "{count} box", "other": "{count} boxes"},
    "columns": {"one": "{count} column", "other": "{count} columns"},
    "levels": {"one": "{count} level", "other": "{count} levels"},
    "objects": {"one": "{count} object", "other": "{count} objects"},
    "ratios": {"one": "{count} ratio", "other": "{count} ratios"},
    "rows": {"one": "{count} row", "other": "{count} rows"},
    "shapes": {"one": "{count} shape", "other": "{count} shapes"},
    "sizes": {"one": "{count} size", "other": "{count} sizes"},
}
