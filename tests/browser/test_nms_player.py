"""The player of non-maximum suppression against the engine, round by round, and predictions of one's own."""

import json
import re

import numpy as np
import pytest
from playwright.sync_api import expect

from anchorlab import engine
from anchorlab.catalogue.suppression import hard
from anchorlab.settings.suppression import Suppression
from tests.browser.canvas import Canvas

KEPT, SUPPRESSED = 1, 2

_PREDICTIONS = """() => {
  const d = anchorlabBus.stage.played;
  return { boxes: Array.from(d.predictions), scores: Array.from(d.scores), classes: Array.from(d.prediction_classes),
           names: d.classes, rounds: d.rounds };
}"""


class Player:
    def __init__(self, lab):
        self.lab, self.page, self.canvas = lab, lab.page, Canvas(lab)
        self.reload()

    def reload(self):
        """Reads the predictions again and lets the engine suppress them."""
        self.canvas.answered()
        got = self.page.evaluate(_PREDICTIONS)
        self.names, self.rounds = got["names"], got["rounds"]
        self.boxes = np.asarray(got["boxes"], np.float32).reshape(-1, 4)
        self.scores = np.asarray(got["scores"], np.float32)
        self.classes = np.asarray(got["classes"], np.int32)
        self.trace = self.suppress(self.canvas.python().suppression)

    def suppress(self, s: Suppression):
        return engine.suppress(self.boxes, self.scores, self.classes, hard.spec(s))

    @property
    def round(self) -> int:
        self.canvas.drawn()
        return int(re.search(r"round (\d+) of", self.page.locator(".player output").inner_text())[1])

    def agrees(self):
        """Legend, funnel and table say of the present round what the engine's trace says."""
        t, now = self.trace, self.round  # which waits for the picture
        kept = (t.status == KEPT) & (t.round <= now)
        suppressed = (t.status == SUPPRESSED) & (t.round <= now)
        waiting = np.isin(t.status, (KEPT, SUPPRESSED)) & (t.round > now)
        counts = {
            s: self.page.locator(f'[data-count="{s}"]').inner_text()
            for s in ("kept", "suppressed", "waiting")
        }
        assert counts == {
            "kept": str(kept.sum()), "suppressed": str(suppressed.sum()), "waiting": str(waiting.sum()),
        }  # fmt: skip
        above = np.isin(t.status, (KEPT, SUPPRESSED)).sum()
        assert self.page.locator(".funnel b").inner_text() == f"{len(self.scores)} → {above} → {len(t.keep)}"
        rows = self.page.evaluate(
            "[...anchorlabBus.slots.get('decisions').querySelectorAll('tbody tr')]"
            ".map((row) => [...row.cells].map((cell) => cell.textContent.trim()))"
        )
        assert len(rows) == len(self.scores)
        for rank, (cells, i) in enumerate(zip(rows, t.order, strict=True), 1):
            assert cells[0] == str(rank) and cells[1] == self.names[self.classes[i]]
            assert cells[2] == f"{self.scores[i]:.2f}"
            word = (
                "kept" if kept[i] else "suppressed" if suppressed[i] else "waiting" if waiting[i] else "below"
            )
            assert word in cells[4], (cells, word)
            if suppressed[i]:
                assert cells[6] == f"{t.iou[i]:.2f}" and cells[3] == str(t.round[i])
                assert self.names[self.classes[t.suppressed_by[i]]] in cells[5]


@pytest.fixture
def player(lab):
    lab.goto("nms", "scene=cat", canvas=True)
    return Player(lab)


def test_every_round_says_what_the_engine_says_in_both_directions(lab, player):
    page, canvas = lab.page, player.canvas
    assert player.rounds == int(player.trace.round.max()) > 4
    button = {
        name: page.get_by_role("button", name=name)
        for name in ("Before the first", "Last round", "One round", "Next")
    }
    button["Before the first"].click()
    assert player.round == 0 and button["One round"].is_disabled()
    for n in range(player.rounds + 1):
        assert player.round == n
        player.agrees()
        if n < player.rounds:
            button["Next"].click()
    assert button["Next"].is_disabled() and button["Last round"].is_disabled()
    for n in range(player.rounds - 1, -1, -1):
        button["One round"].click()
        assert player.round == n
        player.agrees()
    canvas.focus()
    canvas.press("End")
    assert player.round == player.rounds
    canvas.press("ArrowLeft")
    assert player.round == player.rounds - 1
    canvas.press("ArrowRight", "Home")
    assert player.round == 0
    slider = page.get_by_role("slider", name="Round")
    slider.fill("2")
    assert player.round == 2 and slider.get_attribute("aria-valuetext") == f"round 2 of {player.rounds}"
    player.agrees()
    slider.press("ArrowRight")
    assert player.round == 3
    assert "Round 3 of" in canvas.spoken()
    canvas.answered()
    assert canvas.python().selection.nms_round == 3


def test_play_and_pause(lab, player):
    page, canvas = lab.page, player.canvas
    canvas.focus()
    canvas.press("Home")
    play = page.locator(".player .play")
    assert play.inner_text() == "Play"
    play.click()
    canvas.wait("s.playing && s.step === 1")
    canvas.drawn()
    assert play.inner_text() == "Pause"
    canvas.wait("s.step === 2")
    play.click()
    canvas.drawn()
    assert not canvas.seen()["playing"] and play.inner_text() == "Play"
    canvas.press(" ")
    canvas.wait("s.playing && s.step === 3")
    canvas.press(" ")
    step = canvas.seen()["step"]
    assert not canvas.seen()["playing"]
    # It plays to the end, stops there by itself, and starts from the beginning again.
    canvas.press("End", "ArrowLeft", " ")
    canvas.wait("!s.playing && s.step === s.played.rounds")
    canvas.press(" ")
    canvas.wait("s.playing && s.step === 1")
    # Stepping by hand while it plays is no tug of war.
    canvas.press("Home")
    assert canvas.seen()["step"] == 0 and not canvas.seen()["playing"]
    player.agrees()
    # Another page while it plays: the player ends with its canvas.
    canvas.press(" ")
    with lab.expect_rerun():
        page.get_by_role("link", name="Matching", exact=True).first.click()
    page.wait_for_function("anchorlabBus.stage?.data.view === 'matching'")
    assert step >= 3


def test_picking_in_the_queue_on_a_box_and_in_the_table(lab, player):
    page, canvas, t = lab.page, player.canvas, player.trace
    canvas.focus()
    canvas.press("End", "ArrowDown")
    assert canvas.seen()["prediction"] == t.order[0]
    canvas.press("ArrowDown", "ArrowDown")
    assert canvas.seen()["prediction"] == t.order[2]
    canvas.press("ArrowUp")
    assert canvas.seen()["prediction"] == t.order[1]
    canvas.press("Escape")
    assert canvas.seen()["prediction"] == -1
    victim = next(i for i in t.order if t.status[i] == SUPPRESSED)
    by = t.suppressed_by[victim]
    row = page.locator("table.plain tbody tr").nth(list(t.order).index(victim))
    row.get_by_role("button").click()
    canvas.drawn()
    assert canvas.seen()["prediction"] == victim
    why = page.locator(".why").inner_text()
    assert (
        f"suppressed in round {t.round[victim]} by {player.names[player.classes[by]]} {player.scores[by]:.2f}"
        in why
    )
    assert f"IoU is {t.iou[victim]:.2f}" in why
    strip = page.locator(".strip").inner_text()
    assert f"{t.iou[victim]:.2f}" in strip
    # On the keyboard the table keeps its place: the same row is still focused after a repaint.
    row.get_by_role("button").press("Enter")
    canvas.drawn()
    assert canvas.seen()["prediction"] == -1
    assert page.evaluate("anchorlabBus.slots.get('decisions').getRootNode().activeElement?.dataset.pick") == (
        f"prediction:{victim}"
    )
    # A click on a kept box's corner picks the smallest box there.
    x, y = (player.boxes[t.keep[0]][:2] + player.boxes[t.keep[0]][2:]) / 2
    inside = [
        i
        for i in t.order
        if t.status[i] in (KEPT, SUPPRESSED)
        and player.boxes[i][0] <= x <= player.boxes[i][2]
        and player.boxes[i][1] <= y <= player.boxes[i][3]
    ]
    area = lambda i: np.prod(player.boxes[i][2:] - player.boxes[i][:2])
    canvas.click(float(x), float(y))
    canvas.drawn()
    assert canvas.seen()["prediction"] == min(inside, key=area)
    # The queue lies at the right: its topmost entry is the best.
    box = canvas.frame.bounding_box()
    page.mouse.click(box["x"] + box["width"] - 40, box["y"] + 16)
    assert canvas.seen()["prediction"] == t.order[0]


def test_thresholds_and_the_class_switch_recompute_at_once(lab, player):
    page, canvas = lab.page, player.canvas
    canvas.focus()
    canvas.press("End")
    canvas.answered()
    kept = len(player.trace.keep)
    slider = page.get_by_role("slider", name="Suppress above this IoU")
    with lab.expect_rerun():
        for _ in range(4):
            slider.press("PageUp")
    player.reload()
    assert player.suppress(canvas.python().suppression).keep.size == len(player.trace.keep) >= kept
    player.agrees()
    with lab.expect_rerun():
        page.get_by_role("radio", name="any class").click()
    player.reload()
    assert not canvas.python().suppression.per_class
    canvas.press("End")
    player.agrees()
    with lab.expect_rerun():
        page.get_by_role("slider", name="Score at least").press("Home")
    player.reload()
    assert canvas.python().suppression.score_threshold == 0
    canvas.press("End")
    player.agrees()


def test_the_books_four_boxes(lab, player):
    with lab.expect_rerun():
        lab.page.get_by_role("radio", name="d2l’s four").click()
    player.reload()
    player.canvas.focus()
    player.canvas.press("End")
    player.agrees()
    # The chapter keeps dog 0.9 and cat 0.9 and suppresses the dogs of 0.8 and 0.7 at 0.74 and 0.55.
    assert sorted((player.names[player.classes[i]], round(float(player.scores[i]), 2)) for i in player.trace.keep) == [
        ("cat", 0.9), ("dog", 0.9),
    ]  # fmt: skip
    assert [round(float(player.trace.iou[i]), 2) for i in (1, 2)] == [0.74, 0.55]


CSV = "class,score,x1,y1,x2,y2\ncup,0.9,173,18,406,206\ncup,0.8,180,20,400,300\nspoon,0.7,326,66,424,326\n<i>,0.2,1,2,30,40\n"
COCO = [
    {"image_id": 1, "category_id": 1, "bbox": [173, 18, 233, 288], "score": 0.95},
    {"image_id": 1, "category_id": 1, "bbox": [173, 18, 230, 280], "score": 0.6},
]


def test_predictions_of_ones_own(lab, player):
    page = lab.page
    with lab.expect_rerun():
        page.get_by_role("radio", name="upload").click()
    expect(page.locator(".why")).to_contain_text("Load a file beside the picture")
    files = page.locator(
        '[data-testid="stFileUploaderDropzoneInput"], [data-testid="stFileUploader"] input[type=file]'
    )

    def upload(name, text):
        with lab.expect_rerun():
            files.first.set_input_files({"name": name, "mimeType": "text/plain", "buffer": text.encode()})
        player.reload()
        player.canvas.focus()
        player.canvas.press("End")
        player.canvas.answered()

    upload("mine.csv", CSV)
    assert len(player.scores) == 4
    np.testing.assert_allclose(player.boxes[0], [173, 18, 406, 206])
    player.agrees()
    for broken in ("no;columns;at;all\n1;2\n", "{", ""):
        upload("broken.csv" if broken[:1] != "{" else "broken.json", broken)
        assert page.locator('[data-testid="stAlert"]').count() == 1
        assert len(player.scores) == 4
        player.agrees()
    upload("coco.json", json.dumps(COCO))
    assert page.locator('[data-testid="stAlert"]').count() == 0
    assert len(player.scores) == 2 and len(player.trace.keep) == 1
    player.agrees()


def test_ten_thousand_raw_predictions(lab):
    """What a detector says before anything is suppressed: 400 objects, 25 boxes around each."""
    rng = np.random.default_rng(5)
    centers = np.repeat(rng.uniform(30, 370, (400, 2)), 25, axis=0) + rng.normal(0, 1, (10_000, 2))
    sides, scores = rng.uniform(14, 18, (10_000, 2)), rng.uniform(0.05, 1, 10_000)
    rows = np.concatenate([scores[:, None], centers - sides / 2, centers + sides / 2], axis=1)
    text = "\n".join("cup," + ",".join(f"{value:.4f}" for value in row) for row in rows)
    lab.goto("nms", "from=upload&score_threshold=0", canvas=True)
    with lab.expect_rerun():
        lab.page.locator('[data-testid="stFileUploader"] input[type=file]').set_input_files(
            {"name": "raw.csv", "mimeType": "text/csv", "buffer": text.encode()}
        )
    lab.page.get_by_text("Read 10,000 predictions.").first.wait_for()
    player = Player(lab)
    assert len(player.scores) == 10_000 and player.rounds == len(player.trace.keep) > 400
    status = lab.page.evaluate("Array.from(anchorlabBus.stage.played.status)")
    assert status == player.trace.status.tolist()
    player.canvas.focus()
    for key, shown in (
        ("End", player.rounds),
        ("ArrowLeft", player.rounds - 1),
        ("Home", 0),
        ("ArrowRight", 1),
    ):
        lab.page.keyboard.press(key)
        assert player.round == shown
    kept, suppressed = (
        lab.page.locator(f'[data-count="{state}"]').inner_text() for state in ("kept", "suppressed")
    )
    first = (player.trace.round == 1) & (player.trace.status == SUPPRESSED)
    assert (kept, suppressed) == ("1", str(first.sum()))
