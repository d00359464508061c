"""The rules of matching: everything that is to be said of one stands in its file."""

from __future__ import annotations

from anchorlab.catalogue.matching.atss import ATSS
from anchorlab.catalogue.matching.center_inside import CENTER_INSIDE
from anchorlab.catalogue.matching.greedy import GREEDY
from anchorlab.catalogue.matching.max_iou import MAX_IOU
from anchorlab.catalogue.matching.rule import Rule
from anchorlab.catalogue.matching.ssd import SSD
from anchorlab.catalogue.matching.threshold import THRESHOLD
from anchorlab.catalogue.matching.yolo import YOLO
from anchorlab.catalogue.matching.yolov5 import YOLOV5
from anchorlab.settings.matching import RuleSpec

RULES: dict[str, Rule] = {
    rule.name: rule for rule in (THRESHOLD, GREEDY, MAX_IOU, SSD, ATSS, YOLO, YOLOV5, CENTER_INSIDE)
}
"""In the order in which pages show them."""

_BY_RECORD = {rule.settings: rule for rule in RULES.values()}


def rule_of(spec: RuleSpec) -> Rule:
    """The rule that these settings are of."""
    return _BY_RECORD[type(spec)]
