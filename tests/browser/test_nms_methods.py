"""The further methods of suppression in Chromium: the player of each, all side by side, the conventions, the code."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from anchorlab.canvas.views import nms as view
from anchorlab.catalogue.suppression import METHODS, play
from anchorlab.engine import Detections
from tests.browser.canvas import Canvas

_SENT = """() => {
  const d = anchorlabBus.stage.played;
  return { boxes: Array.from(d.predictions), scores: Array.from(d.scores), classes: Array.from(d.prediction_classes),
           method: d.suppression.method };
}"""
_DECISIONS = (
    "[...anchorlabBus.slots.get('decisions').querySelectorAll('tbody tr')]"
    ".map((row) => [...row.cells].map((cell) => cell.textContent.trim()))"
)


class Player:
    """The page's player, and what the engine says of the same predictions."""

    def __init__(self, lab):
        self.lab, self.page, self.canvas = lab, lab.page, Canvas(lab)
        self.canvas.answered()
        self.read()

    def read(self):
        sent = self.page.evaluate(_SENT)
        lab = self.canvas.python()
        boxes = np.asarray(sent["boxes"], np.float32).reshape(-1, 4)
        ids = np.asarray(sent["classes"], np.int32)
        self.found = Detections(boxes, np.asarray(sent["scores"], np.float32), ids, ids)
        self.played = play(self.found, lab.suppression)
        assert sent["method"] == lab.suppression.method

    def at(self, step: int) -> None:
        self.canvas.focus()
        self.canvas.press("Home", *["ArrowRight"] * step)
        self.canvas.drawn()

    @property
    def counter(self) -> str:
        return self.page.locator(".player output").inner_text()

    def counts(self) -> dict[str, int]:
        return {
            state: int(self.page.locator(f'[data-count="{state}"]').inner_text())
            for state in ("kept", "suppressed", "joined", "waiting")
            if self.page.locator(f'[data-count="{state}"]').count()
        }


def choose(lab, title: str) -> None:
    with lab.expect_rerun():
        lab.page.get_by_role("combobox", name="Method").click()
        lab.page.get_by_role("option", name=title, exact=True).click()


def test_every_method_plays_to_the_end_as_the_engine_says(lab):
    lab.goto("nms", "scene=cat&score_threshold=0.3", canvas=True)
    player = Player(lab)
    for method in ("linear", "gaussian", "matrix", "fusion", "diou"):
        choose(lab, METHODS[method].title)
        player.canvas.answered()
        player.read()
        assert player.canvas.python().suppression.method == method
        player.canvas.focus()
        player.canvas.press("End")
        player.canvas.drawn()
        played = player.played
        assert re.search(rf"{played.steps} of {played.steps}$", player.counter)
        total = f"{len(player.found.scores)} → {played.above} → {len(played.keep)}"
        expect(player.page.locator(".funnel b")).to_have_text(total)
        assert player.counts()["kept"] == len(played.keep)
        assert player.counts()["waiting"] == 0


@pytest.mark.parametrize("method", ["gaussian", "fusion"])
def test_every_step_says_what_the_engine_says(lab, method):
    lab.goto("nms", f"scene=astronaut&score_threshold=0.25&method={method}", canvas=True)
    player = Player(lab)
    played = player.played
    word = "box" if method == "fusion" else "round"
    for step in range(min(played.steps, 6) + 1):
        player.at(step)
        assert player.counter == f"{word} {step} of {played.steps}"
        decided = (played.round > 0) & (played.round <= step)
        kept, others = decided & (played.status == 1), decided & (played.status == 2)
        counts = player.counts()
        assert counts["kept"] == kept.sum()
        assert counts["joined" if method == "fusion" else "suppressed"] == others.sum()
        rows = player.page.evaluate(_DECISIONS)
        for cells, i in zip(rows, played.order, strict=True):
            if others[i]:
                assert ("joins" if method == "fusion" else "dropped") in cells[4]
                assert cells[6] == f"{played.iou[i]:.2f}"
            if method == "gaussian" and kept[i] and played.final_scores[i] < player.found.scores[i]:
                assert cells[3] == f"{played.final_scores[i]:.2f}"


def test_methods_side_by_side(lab):
    lab.goto("nms", "scene=cat&score_threshold=0.3", canvas=True)
    page, player = lab.page, Player(lab)
    with lab.expect_rerun():
        page.get_by_text("Methods side by side", exact=True).click()
    table = page.locator(".methods table")
    expect(table.locator("thead th")).to_have_count(len(METHODS))
    lab_now = player.canvas.python()
    want = view.side_by_side(player.found, lab_now.suppression)
    heads = table.locator("thead .count").all_inner_texts()
    assert [int(text.split()[0]) for text in heads] == [method["count"] for method in want["methods"]]
    assert table.locator("tbody tr").count() == len(want["rows"])
    hard = want["methods"][0]["state"]
    parted = [
        sum((mine == 1) != (his == 1) for mine, his in zip(method["state"], hard, strict=True))
        for method in want["methods"]
    ]
    assert table.locator(".unlike").count() == sum(parted) > 0
    # A cell points at its box in the picture, a row picks it.
    row = table.locator("tbody tr").nth(1)
    row.locator("td").first.hover()
    player.canvas.wait("s.hover && (s.hover.kind === 'prediction' || s.hover.kind === 'result')")
    row.get_by_role("button").click()
    player.canvas.wait("s.prediction === arg", want["rows"][1])
    assert not lab.axe()


def test_conventions_are_answered_and_the_example_fails(lab):
    lab.goto("nms", "score_threshold=0.3", canvas=True)
    page, player = lab.page, Player(lab)
    with lab.expect_rerun():
        page.get_by_text("Conventions: what libraries do differently", exact=True).click()
    expect(page.locator(".shifted svg")).to_have_count(2)
    for label in ("suppresses", "the last box", "x2 − x1 + 1", "moving their boxes"):
        with lab.expect_rerun():
            page.get_by_role("radio", name=label, exact=True).click()
        player.canvas.answered()
    nms = player.canvas.python().suppression
    assert (nms.suppress_equal, nms.ties, nms.inclusive, nms.shift_classes) == (True, "last", True, True)
    player.read()
    assert page.evaluate("Array.from(anchorlabBus.stage.played.status)") == player.played.status.tolist()
    before = player.canvas.python()
    # The last switch moves classes apart: of the simulated boxes that changes nobody's fate.
    offer = page.locator(".st-key-parting_suppression_shift_classes").get_by_role("button")
    with lab.expect_rerun():
        offer.click()
    player.canvas.answered()
    expect(page.locator(".why")).to_contain_text("of another class")
    expect(page.locator(".shifted")).to_contain_text("nothing moves")
    expect(offer).to_have_count(0)
    player.canvas.focus()
    with lab.expect_rerun():
        player.canvas.press("Control+z")
    assert player.canvas.python() == before
    expect(offer).to_have_count(1)


def test_the_code_for_another_library(lab):
    lab.goto("nms", canvas=True)
    page = lab.page
    with lab.expect_rerun():
        page.get_by_text("Show the code", exact=True).click()
    code = page.locator('[data-testid="stCode"]')
    expect(code).to_contain_text("engine.suppress")
    for title, words in (
        ("torchvision", "anchor_generator.cell_anchors"),
        ("detectron2", "L(DefaultAnchorGenerator)"),
        ("MMDetection", 'type="MaxIoUAssigner"'),
    ):
        with lab.expect_rerun():
            page.get_by_role("radio", name=title, exact=True).click()
        expect(code).to_contain_text(words)
    Canvas(lab).answered()
    assert Canvas(lab).python().code == "mmdetection"
