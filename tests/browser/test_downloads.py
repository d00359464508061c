"""Every file a page offers holds what is seen there at that moment, of this visitor's scene and edits."""

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from anchorlab import engine
from anchorlab.catalogue.libraries import LIBRARIES
from anchorlab.detector import weights
from anchorlab.engine import Reason, Status
from anchorlab.scenes import catalogue
from tests.browser.canvas import Canvas, state_of
from tests.places import PAGES

_SEEN = """() => {
  const s = anchorlabBus.stage, { data } = s;
  const plain = (a) => (a ? Array.from(a) : null);
  const { label, gt_index, best_iou, reason } = s.labels ?? {};
  return { boxes: s.boxes.map((b) => [...b]), classes: s.boxes.map((_, k) => s.className(k)),
    size: [s.photo.width, s.photo.height], anchors: plain(s.anchors),
    label: plain(label), gt_index: plain(gt_index), best_iou: plain(best_iou), reason: plain(reason),
    predictions: plain(data.predictions), scores: plain(data.scores), status: plain(data.status),
    prediction_classes: plain(data.prediction_classes)?.map((c) => data.classes[c]) ?? null };
}"""
_STORIES = """() => [...anchorlabBus.slots.get('stories').querySelectorAll('tbody tr')].map((row) =>
  [...row.children].map((cell) => cell.textContent.trim()))"""
_FIGURES = """() => Object.fromEntries([...anchorlabBus.slots.get('figures').querySelectorAll('[data-figure]')].map((row) =>
  [row.dataset.figure, [...row.querySelectorAll('td')].slice(0, 2).map((cell) => cell.textContent)]))"""
_ROSETTA = """() => [...document.querySelectorAll('.answers tbody tr')].map((row) =>
  [...row.children].map((cell) => cell.textContent.trim()))"""


def seen(lab):
    """What the canvas shows right now, as arrays."""
    Canvas(lab).answered()
    found = lab.page.evaluate(_SEEN)
    for name in ("boxes", "anchors", "predictions"):
        if found[name] is not None:
            found[name] = np.asarray(found[name], np.float32).reshape(-1, 4)
    return found


def rows(data):
    return list(csv.DictReader(io.StringIO(data.decode())))


def column(table, *names):
    return np.asarray([[float(row[name] or "nan") for name in names] for row in table], np.float32)


def corners(table, prefix=""):
    return column(table, *(f"{prefix}{name}" for name in ("x1", "y1", "x2", "y2"))).reshape(-1, 4)


def arrays(data):
    return dict(np.load(io.BytesIO(data), allow_pickle=False))


# ---- what each file must hold. Boxes are sent with two decimals.

NEAR = {"atol": 0.02, "rtol": 1e-4}


def boxes_json(lab, data):
    now, said = seen(lab), json.loads(data)
    assert said["image"] == {"width": now["size"][0], "height": now["size"][1]}
    assert [box["class"] for box in said["boxes"]] == now["classes"]
    np.testing.assert_allclose(
        np.asarray([b["xyxy"] for b in said["boxes"]]).reshape(-1, 4), now["boxes"], atol=0.011
    )


def anchors_csv(lab, data):
    np.testing.assert_allclose(corners(rows(data)), seen(lab)["anchors"], **NEAR)


def anchors_npz(lab, data):
    np.testing.assert_allclose(arrays(data)["xyxy"], seen(lab)["anchors"], **NEAR)


def matches_csv(lab, data):
    table, now = rows(data), seen(lab)
    np.testing.assert_allclose(corners(table), now["anchors"], **NEAR)
    assert column(table, "label").ravel().tolist() == now["label"]
    assert column(table, "gt_index").ravel().tolist() == now["gt_index"]
    assert [row["reason"] for row in table] == [Reason(r).name.lower() for r in now["reason"]]


def matches_npz(lab, data):
    got, now = arrays(data), seen(lab)
    np.testing.assert_allclose(got["xyxy"], now["anchors"], **NEAR)
    assert got["label"].tolist() == now["label"] and got["gt_index"].tolist() == now["gt_index"]


def _offsets(lab):
    """Of the positive anchors that are seen: their numbers, boxes, objects and offsets."""
    now, coder = seen(lab), state_of(lab.page.url).coder
    positive = np.flatnonzero(np.asarray(now["label"]) == 1)
    gt = np.asarray(now["gt_index"])[positive]
    boxes, objects = now["anchors"][positive], now["boxes"][gt]
    return positive, boxes, gt, objects, engine.encode(boxes, objects, coder)


def offsets_csv(lab, data):
    table, (positive, boxes, gt, objects, offsets) = rows(data), _offsets(lab)
    assert column(table, "anchor").ravel().tolist() == positive.tolist()
    assert column(table, "gt_index").ravel().tolist() == gt.tolist()
    np.testing.assert_allclose(corners(table), boxes, **NEAR)
    np.testing.assert_allclose(corners(table, "gt_"), objects, **NEAR)
    np.testing.assert_allclose(column(table, "tx", "ty", "tw", "th"), offsets, atol=0.01)


def offsets_npz(lab, data):
    got, (positive, boxes, gt, objects, offsets) = arrays(data), _offsets(lab)
    assert got["anchor"].tolist() == positive.tolist() and got["gt_index"].tolist() == gt.tolist()
    np.testing.assert_allclose(got["gt_boxes"], objects, **NEAR)
    np.testing.assert_allclose(got["anchors"], boxes, **NEAR)
    np.testing.assert_allclose(got["offsets"], offsets, atol=0.01)


_COSTS = """() => {
  const { classification, regression, taken, logits, total } = anchorlabBus.stage.costed.found;
  return { total: total.total, ...Object.fromEntries(Object.entries({ classification, regression, taken, logits })
    .map(([name, values]) => [name, Array.from(values)])) };
}"""


def losses_csv(lab, data):
    table, now = rows(data), lab.page.evaluate(_COSTS)
    np.testing.assert_allclose(corners(table), seen(lab)["anchors"], **NEAR)
    for name in ("classification", "regression", "taken"):
        np.testing.assert_allclose(column(table, name).ravel(), now[name], rtol=1e-4, atol=1e-5, err_msg=name)
    sure = 1 / (1 + np.exp(-np.asarray(now["logits"])))
    np.testing.assert_allclose(column(table, "probability").ravel(), sure, atol=1e-5)


def losses_npz(lab, data):
    got, now = arrays(data), lab.page.evaluate(_COSTS)
    np.testing.assert_allclose(got["xyxy"], seen(lab)["anchors"], **NEAR)
    for name in ("classification", "regression", "taken", "logits", "total"):
        np.testing.assert_allclose(got[name], now[name], rtol=1e-4, atol=1e-5, err_msg=name)


def predictions_csv(lab, data):
    table, now = rows(data), seen(lab)
    np.testing.assert_allclose(corners(table), now["predictions"], **NEAR)
    np.testing.assert_allclose(column(table, "score").ravel(), now["scores"], atol=1e-5)
    assert [row["class"] for row in table] == now["prediction_classes"]
    assert [row["status"] for row in table] == [Status(s).name.lower() for s in now["status"]]


def predictions_npz(lab, data):
    got, now = arrays(data), seen(lab)
    np.testing.assert_allclose(got["xyxy"], now["predictions"], **NEAR)
    assert got["status"].tolist() == now["status"]
    assert [got["classes"][c] for c in got["class_ids"]] == now["prediction_classes"]


def stories_csv(lab, data):
    table, shown = rows(data), lab.page.evaluate(_STORIES)
    assert len(table) == len(shown)
    for row, cells in zip(table, shown, strict=True):
        step, name, score, outcome, _, overlap, precision, recall = cells
        assert [row["step"], row["class"]] == [step, name]
        assert row["outcome"].replace("_", " ") in outcome
        numbers = [score, overlap.replace("–", "0"), precision, recall]
        there = [float(row[k]) for k in ("score", "iou", "precision", "recall")]
        assert there == pytest.approx(list(map(float, numbers)), abs=0.0051)


def figures_json(lab, data):
    said = json.loads(data)
    Canvas(lab).answered()
    for name, (of_list, of_classes) in lab.page.evaluate(_FIGURES).items():
        want = said["figures"][name]["list"], said["figures"][name]["mean of classes"]
        assert [float(of_list), float(of_classes)] == pytest.approx(want, abs=0.0051), name
    ap = lab.page.evaluate("anchorlabBus.stage.counted.ap")
    assert said["average_precision"] == pytest.approx(ap, abs=1e-6)


def conventions_csv(lab, data):
    table, shown = rows(data), lab.page.locator('.slot[data-name="conventions"] tbody')
    assert {LIBRARIES["torchvision"].title, LIBRARIES["detectron2"].title} <= set(table[0])
    said = shown.inner_text()
    # Rows are asked for by button: each convention has one on the page.
    for row in table:
        assert shown.locator(f'[data-act="ask:{row["convention"]}"]').count(), row["convention"]
    assert len(said) > 500


def answers_csv(lab, data):
    table = list(csv.reader(io.StringIO(data.decode())))[1:]
    shown = lab.page.evaluate(_ROSETTA)
    assert len(shown) >= 1 and len(table) >= len(shown)
    for there, here in zip(shown, table, strict=False):
        assert [cell.removeprefix("≠ ") for cell in there] == here


def weights_file(lab, data):
    detector, side = weights.from_bytes(data), lab.page.evaluate("anchorlabBus.stage.data.sides[0].levels")
    assert [[5 * level.stride, level.shapes_per_cell] for level in detector.spec.pyramid.levels] == [
        [stride, shapes] for stride, shapes, *_ in side
    ]
    assert sorted(set(lab.page.evaluate("anchorlabBus.stage.data.classes"))) == sorted(detector.spec.classes)


def quantised_csv(lab, content):
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    seen = lab.page.evaluate(
        "anchorlabBus.stage.data.variants.map((v) => [v.bits, v.per, v.size, v.ap50, v.ap])"
    )
    assert [
        [int(r["bits"]), r["per"], int(r["bytes"]), float(r["AP50"]), float(r["AP"])] for r in rows
    ] == seen
    assert {int(r["scenes"]) for r in rows} == {lab.page.evaluate("anchorlabBus.stage.data.scenes")}


FILES = {
    "Figures (CSV)": quantised_csv,
    "Weights (safetensors)": weights_file,
    "Boxes (JSON)": boxes_json,
    "Anchors (CSV)": anchors_csv,
    "Anchors (NPZ)": anchors_npz,
    "Matches (CSV)": matches_csv,
    "Matches (NPZ)": matches_npz,
    "Offsets (CSV)": offsets_csv,
    "Offsets (NPZ)": offsets_npz,
    "Losses (CSV)": losses_csv,
    "Losses (NPZ)": losses_npz,
    "Predictions (CSV)": predictions_csv,
    "Predictions (NPZ)": predictions_npz,
    "Stories (CSV)": stories_csv,
    "Figures (JSON)": figures_json,
    "Conventions (CSV)": conventions_csv,
    "Answers (CSV)": answers_csv,
}
OFFERED = {
    "home": {"Boxes (JSON)"},
    "anchors": {"Boxes (JSON)", "Anchors (CSV)", "Anchors (NPZ)"},
    "matching": {"Boxes (JSON)", "Matches (CSV)", "Matches (NPZ)"},
    "offsets": {"Boxes (JSON)", "Offsets (CSV)", "Offsets (NPZ)"},
    "losses": {"Boxes (JSON)", "Losses (CSV)", "Losses (NPZ)"},
    "evaluation": {"Boxes (JSON)", "Stories (CSV)", "Figures (JSON)"},
    "deploy": {"Boxes (JSON)", "Figures (CSV)"},
    "training": {"Boxes (JSON)", "Weights (safetensors)"},
    "nms": {"Boxes (JSON)", "Predictions (CSV)", "Predictions (NPZ)"},
    "pyramid": {"Boxes (JSON)", "Anchors (CSV)", "Anchors (NPZ)"},
    "rosetta": {"Boxes (JSON)", "Conventions (CSV)", "Answers (CSV)"},
}


def share(lab):
    """Opens the menu Share, unless it is open."""
    if not lab.page.get_by_text("This link opens exactly what you see").count():
        with lab.expect_rerun():
            lab.page.get_by_role("button", name="Share", exact=True).click()


def unshare(lab):
    lab.page.keyboard.press("Escape")
    lab.page.locator('[data-testid="stPopoverBody"]').wait_for(state="detached")
    lab.settled()


def details(lab):
    """Opens the page's downloads, if it has any and they are not open."""
    summary = lab.page.locator("summary", has_text="Download")
    if summary.count() and not lab.page.get_by_role("button", name="The picture").count():
        with lab.expect_rerun():
            summary.click()


def buttons(lab):
    return [text.strip() for text in lab.page.get_by_test_id("stDownloadButton").all_inner_texts()]


def file(lab, button):
    """What a download button gives."""
    with lab.page.expect_download() as coming:
        lab.page.get_by_test_id("stDownloadButton").get_by_role("button", name=button).click()
    return Path(coming.value.path()).read_bytes()


def judged(lab):
    """Downloads everything that the page offers, holds it against what is seen; returns which those were."""
    names = set()
    details(lab)
    for name in buttons(lab):
        FILES[name](lab, file(lab, name))
        names.add(name)
    share(lab)
    for name in set(buttons(lab)) - names:
        FILES[name](lab, file(lab, name))
        names.add(name)
    unshare(lab)
    return names


def edit(lab, moves=2):
    """Moves an object by the keys; where objects stand still, a slider, or what is chosen."""
    canvas = Canvas(lab)
    if not lab.page.evaluate("anchorlabBus.stage.editing()"):
        slider = lab.page.get_by_role("slider").first
        with lab.expect_rerun():
            if not slider.count():
                lab.page.get_by_role("radio").nth(moves).click()
            for _ in range(moves if slider.count() else 0):
                slider.press("ArrowLeft")
        return
    canvas.select(0)
    with lab.expect_rerun():
        canvas.press(*["Shift+ArrowRight"] * moves)
        lab.page.keyboard.press("Tab")
    canvas.answered()


BOXES = "171,62,280,221,0_290,40,470,300,1_20,20,300,200,0~face,rocket"


@pytest.mark.parametrize("page", PAGES)
def test_every_file_holds_what_is_seen(lab, open_lab, page):
    """On another scene than the first one, edited, edited again with the files' list open, reloaded; and beside
    another visitor, who has other boxes."""
    lab.goto(page, f"scene=astronaut&threshold.high=.45&score_threshold=0.2&boxes={BOXES}", canvas=True)
    edit(lab)
    details(lab)
    edit(lab, 5)

    other = open_lab()
    other.goto(page, "scene=motorcycle&stride=64", canvas=True)
    edit(other, 3)
    assert judged(other) == OFFERED[page]
    assert judged(lab) == OFFERED[page]

    lab.page.reload()
    lab.settled()
    lab.painted()
    assert judged(lab) == OFFERED[page]


def test_an_undo_while_share_is_open_is_in_the_file(lab):
    """The button was drawn before: it gives what is there when it is clicked."""
    canvas = Canvas(lab.goto("matching", "scene=astronaut", canvas=True))
    edit(lab)
    share(lab)
    lab.page.evaluate("anchorlabBus.stage.command('undo')")
    canvas.wait("!s.changes?.length && s.data.edit >= s.edit && !s.data.can_undo")
    boxes_json(lab, file(lab, "Boxes (JSON)"))
    np.testing.assert_allclose(seen(lab)["boxes"], catalogue.load_scene("astronaut").boxes, atol=0.01)


@pytest.mark.parametrize(
    ("page", "query"),
    [("rosetta", "case=two_gts_same_best_anchor&ask=shared_best"), ("nms", "scene=cat&from=book")],
)
def test_a_page_that_shows_another_picture_gives_that_pictures_boxes(lab, page, query):
    lab.goto(page, query, canvas=True)
    share(lab)
    boxes_json(lab, file(lab, "Boxes (JSON)"))


_WATCH_WORDS = """() => {
  const { prototype } = CanvasRenderingContext2D, { fillText } = prototype;
  window.written = [];
  prototype.fillText = function (text, ...rest) { written.push(text); return fillText.call(this, text, ...rest); };
}"""
_PICTURE = """() => {
  const s = anchorlabBus.stage, { width, height, scale } = s.viewport;
  return { width, height, scale, ratio: s.ratio, own: s.base === s.root.querySelector('canvas.base') &&
    s.marksCanvas === s.root.querySelector('canvas.marks'), means: s.view.means(s).map(({ text }) => text) };
}"""
PICTURES = [(page, "") for page in PAGES] + [
    ("home", "step=2"),
    ("home", "step=5"),
    ("anchors", "show=density"),
    ("anchors", "compare=ratio"),
    ("matching", "rule=greedy&scene=cat"),
    ("nms", "method=fusion"),
    ("pyramid", "level=2"),
    ("rosetta", "ask=stds"),
    ("rosetta", "ask=center"),
    ("rosetta", "ask=high&b=fizyr"),
    ("rosetta", "ask=ties"),
]


@pytest.mark.parametrize(("page", "query"), PICTURES)
def test_the_picture_is_sharp_and_says_what_its_lines_mean(lab, page, query):
    """At least two pixels for each of the photo's; with the page's question, its answer and the legend."""
    lab.goto(page, query, canvas=True)
    details(lab)
    before = lab.page.evaluate(_PICTURE)
    lab.page.evaluate(_WATCH_WORDS)
    with lab.page.expect_download() as coming:
        lab.page.get_by_role("button", name="The picture (PNG)").click()
    image = Image.open(coming.value.path())
    ratio = image.width / before["width"]
    assert ratio * before["scale"] >= 2 - 0.01
    assert (
        image.height > ratio * before["height"] + 60 * ratio
    )  # above and below it there is something to read
    written = lab.page.evaluate("written")
    assert before["means"] and set(before["means"]) <= set(written)
    text = " ".join(written)
    for words in (lab.page.locator("h1").inner_text(), lab.page.locator(".slot .answer").inner_text()):
        assert " ".join(words.split()) in text
    # And the canvas on the page is as it was.
    after = lab.page.evaluate(_PICTURE)
    assert after == before and after["own"]
