"""What pages ask and explain: formula and "why" speak of one pair, and what is asked to predict fits what is set."""

import re

import numpy as np
import pytest

from anchorlab.catalogue.matching import RULES
from anchorlab.catalogue.suppression import METHODS
from tests.browser.canvas import Canvas
from tests.places import PAGES
from tests.sampling import sampled

# Anchor and object of the formula and of the "why", by their marks and by what is to be read.
SPOKEN = """() => {
  const slots = [...anchorlabBus.slots.values()];
  const find = (css) => slots.map((e) => e.querySelector(css)).find(Boolean);
  const of = (e) => e && { pair: [e.dataset.anchor, e.dataset.object], text: e.innerText };
  const s = anchorlabBus.stage;
  return { formula: of(s.stripElement.querySelector('[data-anchor]')), why: of(find('.why[data-anchor]')),
           strip: s.stripElement.innerText, title: find('.why h2')?.innerText,
           object: s.object, anchor: s.anchor, boxes: s.boxes.length, positive: s.labels?.label[s.anchor] ?? null };
}"""

CROWD = "boxes=60,60,200,300,0_90,80,230,310,1_70,40,400,330,2_300,150,330,180,0_320,160,360,190,1~cup,saucer,spoon"
LINKS = ["scene=coffee", "scene=dogcat", CROWD]


def circled(index: int) -> str:
    return "①②③④⑤⑥⑦⑧⑨⑩"[index] if index < 10 else f"({index + 1})"


def spoken(lab) -> dict:
    lab.page.wait_for_function("anchorlabBus.stage.quiet")
    return lab.page.evaluate(SPOKEN)


def one_pair(lab, where: str) -> None:
    """Formula and "why" name the same anchor and the same object."""
    said = spoken(lab)
    assert said["formula"] and said["why"], where
    assert said["formula"]["pair"] == said["why"]["pair"], where
    anchor, object_ = map(int, said["why"]["pair"])
    assert f"#{anchor} " in said["title"] + " ", where
    assert circled(object_) in said["why"]["text"], (where, said)
    assert circled(object_) in said["strip"] and f"#{anchor}" in said["strip"], (where, said)


@pytest.mark.parametrize(("rule", "link"), sampled(list(RULES), LINKS))
def test_formula_and_why_speak_of_one_pair(lab, rule, link):
    """Over selections: nothing, each object, anchors around it, an anchor kept while the object changes."""
    setting = f"rule={rule}"
    rng = np.random.default_rng(list(RULES).index(rule))
    canvas = Canvas(lab.goto("matching", f"{link}&{setting}", canvas=True))
    one_pair(lab, f"{link} as it opens")
    count = lab.page.evaluate("anchorlabBus.stage.labels.label.length")
    for g in range(len(canvas.boxes())):
        lab.page.evaluate("g => anchorlabBus.stage.selectObject(g)", g)
        one_pair(lab, f"{link}, object {g}")
        for key in (".", ","):
            canvas.press(key)
            one_pair(lab, f"{link}, object {g}, after {key}")
        # A cell of the matrix: any anchor with any object.
        anchor = int(rng.integers(count))
        lab.page.evaluate(
            "h => anchorlabBus.stage.setHover(h)", {"kind": "anchor", "index": anchor, "object": g}
        )
        one_pair(lab, f"{link}, {anchor} with object {g} pointed at")
        lab.page.evaluate("anchorlabBus.stage.setHover(null)")
    for anchor in rng.integers(count, size=6):
        lab.page.evaluate(
            "i => { const s = anchorlabBus.stage; s.object = -1; s.selectAnchor(i); }", int(anchor)
        )
        one_pair(lab, f"{link}, anchor {anchor}")
    canvas.answered()
    one_pair(lab, f"{link}, after Python's answer")


PROMPT = """() => {
  const slots = [...anchorlabBus.slots.values()];
  const e = slots.map((s) => s.querySelector('.try')).find(Boolean);
  if (!e) return null;
  const control = e.dataset.control ?? null;
  const widget = control && document.querySelector(`.st-key-${control}`);
  const inputs = widget ? [...widget.querySelectorAll('input')] : [];
  const now = widget?.querySelector('[aria-checked="true"]')?.innerText;
  return { text: e.querySelector('p').innerText, control, value: e.dataset.value === undefined ? null : Number(e.dataset.value),
           there: Boolean(widget?.getClientRects().length), disabled: inputs.some((i) => i.disabled),
           now: now !== undefined ? [Number(now)] : inputs.map((i) => Number(i.value)),
           range: inputs.length ? [Number(inputs[0].min), Number(inputs.at(-1).max)] : null,
           options: [...(widget?.querySelectorAll('[role=radio]') ?? [])].map((o) => Number(o.innerText)) };
}"""

ASKED = {
    "anchors": [f"stride={s}" for s in (8, 16, 32, 64, 48)]
    + ["stride=8&sizes=16,32,64,128,256&ratios=0.25,0.5,1,2,4"],
    "matching": [
        f"threshold.high={h}&threshold.low=0.3&threshold.low_quality={r}"
        for h, r in ((0.5, 0), (0.6, 1), (0.75, 0), (0.9, 1), (1, 0))
    ]
    + [
        f"rule={r}&{r}.high={h}&{r}.low=0.3"
        for r, h in (("max_iou", 0.6), ("ssd", 1), ("greedy", 0.6), ("greedy", 1))
    ]
    + ["rule=atss&atss.top_k=30", *(f"rule={rule}" for rule in RULES)],
    "offsets": [
        "",
        "t=0,0,-4,0",
        "t=0,0,-4,-4",
        "coder=corner&stds=0.2,0.2,0.2,0.2&t=4,0,0,0",
        "coder=cell&rule=yolo&t=4,0,0,0",
    ],
    "losses": ["", "focal.gamma=5", "classification=focal&sampler=random"],
    "pyramid": ["", "pyramid=yolov2", "boxes=100,100,104,104,0~crumb"],
    "nms": [
        "",
        "iou_threshold=0.8",
        "method=gaussian&gaussian.sigma=0.1",
        "method=matrix&matrix.sigma=0.5",
        "method=linear&score_threshold=0.2",
        "method=fusion&iou_threshold=0.8",
        *(f"method={method}" for method in METHODS),
    ],
    "rosetta": ["", "ask=low_quality", "ask=order"],
    "home": [],
}
"""Links at which a page asks something; at its own address, if nothing is said of it here."""


@pytest.mark.parametrize("page", [page for page in PAGES if ASKED.get(page, [""])])
def test_what_is_asked_to_predict_is_not_set_already_and_can_be(lab, page):
    for query in ASKED.get(page, [""]):
        lab.goto(page, query, canvas=True)
        asked = lab.page.evaluate(PROMPT)
        assert asked, query
        said = lab.page.locator(".try .reveal")
        lab.page.locator('.try [data-act="reveal"]').click()
        said.filter(has_text=re.compile(r"\w")).wait_for()
        assert "?" in asked["text"], (query, asked)
        if asked["control"] is None:
            continue
        assert asked["there"] and not asked["disabled"], (query, asked)
        assert asked["value"] not in asked["now"], (query, asked)
        if asked["options"]:
            assert asked["value"] in asked["options"], (query, asked)
        else:
            low, high = asked["range"]
            assert low <= asked["value"] <= high, (query, asked)


def answer(lab) -> str:
    lab.page.locator('.try [data-act="reveal"]').click()
    shown = lab.page.locator(".try .reveal")
    shown.filter(has_text=re.compile(r"\w")).wait_for()
    return shown.inner_text()


def test_the_answer_about_a_stride_is_what_comes_of_it(lab):
    for stride in (8, 32, 64):
        lab.goto("anchors", f"stride={stride}", canvas=True)
        asked, said = lab.page.evaluate(PROMPT), answer(lab)
        with lab.expect_rerun():
            lab.page.locator(".st-key-anchors_stride").get_by_role(
                "radio", name=f"{asked['value']:g}", exact=True
            ).click()
        assert f"{lab.page.evaluate('anchorlabBus.stage.grid.count'):,} instead of" in said


def test_the_answer_about_low_quality_matches_is_what_comes_of_it(lab):
    lab.goto("matching", "scene=dogcat&threshold.low=0.3", canvas=True)
    asked, said = lab.page.evaluate(PROMPT), answer(lab)
    canvas = Canvas(
        lab.goto("matching", f"scene=dogcat&threshold.low=0.3&threshold.high={asked['value']}", canvas=True)
    )
    found = canvas.labels()
    label, learned, best = (np.array(found[name]) for name in ("label", "gt_index", "best_iou"))
    strong = set(learned[(label == 1) & (best >= np.float32(asked["value"]))])
    weak = set(learned[label == 1]) - strong
    assert {g for g in range(len(canvas.boxes())) if circled(g) in said.partition(":")[0]} == weak


def test_the_answer_about_candidates_is_what_comes_of_it(lab):
    lab.goto("matching", "rule=atss&atss.top_k=9", canvas=True)
    asked, said = lab.page.evaluate(PROMPT), answer(lab)
    lab.goto("matching", f"rule=atss&atss.top_k={asked['value']:g}", canvas=True)
    threshold = lab.page.evaluate("anchorlabBus.stage.story.adaptive.at(-1).threshold")
    assert float(re.search(r"to ([\d.]+\d)", said)[1]) == pytest.approx(threshold, abs=0.0051)


def test_an_answer_is_hidden_once_its_question_no_longer_fits(lab):
    lab.goto("anchors", canvas=True)
    assert "8,550" in answer(lab)
    with lab.expect_rerun():
        lab.page.locator(".st-key-anchors_stride").get_by_role("radio", name="16", exact=True).click()
    asked = lab.page.evaluate(PROMPT)
    assert asked["value"] == 8 and not lab.page.locator(".try .reveal").inner_text()


def test_no_convention_changes_the_rule_of_matching_unless_it_says_so(lab):
    canvas = Canvas(lab.goto("matching", canvas=True))
    lab.page.get_by_text("Conventions: what libraries do differently").click()
    more = lab.page.locator('[data-testid="stExpander"]').filter(has_text="Conventions: what")
    for option in more.get_by_role("radio").all():
        if option.get_attribute("aria-checked") != "true":
            with lab.expect_rerun():
                option.click()
            assert canvas.python().matching.rule == "threshold"
    with lab.expect_rerun():
        more.get_by_role("button", name="Switch the rule to Max IoU").click()
    assert canvas.python().matching.rule == "max_iou"
    assert lab.page.get_by_role("combobox", name="Rule").input_value() == "Max IoU"
