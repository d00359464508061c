"""Before Python has answered: for every control of every page the browser shows what the engine is going to say."""

import random

import numpy as np
import pytest

from anchorlab import engine
from anchorlab.canvas.pages import PAGES
from anchorlab.canvas.payload import pack
from anchorlab.canvas.views import offsets
from anchorlab.catalogue.controls import Choice, Control, Number, Numbers, Range, Slider, Switch
from anchorlab.catalogue.controls import changes as changes_of
from anchorlab.catalogue.controls import key as key_of
from anchorlab.catalogue.controls import paths as paths_of
from anchorlab.catalogue.controls import settings as settings_of
from anchorlab.catalogue.losses import CLASSIFICATION, REGRESSION
from anchorlab.catalogue.matching import RULES
from anchorlab.catalogue.presets import PRESETS
from anchorlab.catalogue.samplers import SAMPLERS
from anchorlab.catalogue.suppression import METHODS
from anchorlab.detector import quantise, shipped
from anchorlab.session import anchor_source, deploying, highlights, results, scene, store
from anchorlab.session.app_state import DEFAULT, AppState, put
from anchorlab.session.pyramid_choices import usual
from anchorlab.settings.deployment import FULL, QUANTISATIONS
from tests.unit.canvas.test_contract import message

TIMES = 3
ONLY_PYTHON = {
    "source",
    "simulate.seed",
    "heads.seed",
    "layout",
    "rival",
    "evaluation.pictures",
    "training.show",
}
"""What brings other predictions waits for Python; what other pages use, and what is compared with, moves no anchor."""
CASES = [
    pytest.param(page.name, control, id=f"{page.name}-{key_of(control)}")
    for page in PAGES.values()
    for control in page.controls
]


def value_of(control: Control, dice: random.Random):
    """A value that people could set it to, and what its widget would show then."""
    match control:
        case Slider():
            steps = round((control.high - control.low) / control.step)
            value = control.low + control.step * dice.randint(0, steps)
            value = type(control.step)(round(value, 6))
            return value, value
        case Range():
            steps = round((control.high - control.low) / control.step)
            both = sorted(round(control.low + control.step * dice.randint(0, steps), 6) for _ in range(2))
            return tuple(both), both
        case Choice():
            return dice.choice(control.options)
        case Switch():
            value = dice.random() < 0.5
            return value, value
        case Number():
            value = dice.randint(control.low, min(control.high, 40))
            return value, value
        case Numbers():
            low, high = max(control.low, 0.2), min(control.high, 300)
            values = tuple(round(dice.uniform(low, high), 2) for _ in range(dice.randint(1, 3)))
            return values, None


def where_it_stands(page: str, control: Control) -> AppState:
    """An app state in which the page draws the control."""
    app = DEFAULT
    for path in paths_of(control):
        record, *rest = path.split(".")
        if record == "matching" and rest[0] in RULES:
            app = put(app, **{"matching.rule": rest[0]})
        if record == "suppression" and rest[0] in METHODS:
            app = put(app, **{"suppression.method": rest[0]})
        if record == "sampling" and rest[0] != "sampler":
            app = put(
                app, **{"sampling.sampler": next(s.name for s in SAMPLERS.values() if rest[0] in s.reads)}
            )
        if record == "losses" and rest[0] in CLASSIFICATION:
            app = put(app, **{"losses.classification": rest[0]})
        if record == "losses" and rest[0] in REGRESSION:
            app = put(app, **{"losses.regression": rest[0]})
        if path.startswith("pyramid.usual"):
            specs = (preset.spec for preset in PRESETS.values())
            app = put(app, pyramid=next(s for s in specs if len(usual(s.levels)) > int(rest[-1])))
    return app


def drawn(app: AppState, page: str, control: Control) -> Control:
    """The control as it stands on the page: an offset begins at what the encoder says."""
    if control not in offsets.SLIDERS:
        return control
    target = pair_of(app).target
    k = offsets.SLIDERS.index(control)

    def changes(app: AppState, value: float) -> dict:
        return {"offsets": (*target[:k], value, *target[k + 1 :])}

    return Slider(**(vars(control) | {"changes": changes}))


def pair_of(app: AppState) -> highlights.Pair:
    here = scene.built_in(app.scene)
    return highlights.pair(*results.matched(here, app), here.boxes, app)


@pytest.mark.parametrize(("page", "control"), CASES)
def test_the_browser_shows_what_python_will_say(run, page, control):
    before = where_it_stands(page, control)
    dice = random.Random(f"{page} {key_of(control)}")
    control = drawn(before, page, control)
    sent = message(page, before)
    for _ in range(TIMES):
        value, shown = value_of(control, dice)
        after = put(before, **changes_of(control, before, value))
        if allowed(after):
            judge(run, page, control, sent, (shown, value), after)


@pytest.mark.parametrize(
    "moved",
    [{"matching.atss.top_k": 5}, {"matching.yolo.ignore_iou": 0.3}, {"matching.yolov5.side_factor": 2.5}],
)
@pytest.mark.parametrize("resize", [0.85, (512, 320)])
def test_rules_that_know_levels_match_in_pixels_of_the_resized_picture(moved, resize, run):
    (path,) = moved
    before = put(DEFAULT, **{"layout": "pyramid", "resize": resize, "matching.rule": path.split(".")[1]})
    got = run("first_paint", message=pack(message("matching", before)), changes=moved)["labels"]
    answer = message("matching", put(before, **moved))
    assert 1 in got["label"]
    for name in ("label", "gt_index"):
        np.testing.assert_array_equal(got[name], answer[name])


def allowed(after: AppState) -> bool:
    try:
        store.check_count(after)
        store.check_pyramid(after)
    except ValueError:
        return False
    return True


def judge(run, page, control, sent, moved, after) -> None:
    shown, value = moved
    how = (
        {"changes": settings_of(control, value)}
        if shown is None
        else {"key": key_of(control), "shown": shown}
    )
    got = run("first_paint", message=pack(sent), **how)
    answer = message(page, after)
    path = paths_of(control)[0]
    for name, own in got["moved"].items():
        if not name.startswith(("offsets", "pyramid.usual")):
            assert own == pytest.approx(jsoned(answer["settings"].get(name)), abs=1e-9), name
    if path in ONLY_PYTHON:
        return
    assert got["follows"], "else the picture says that it waits for Python (late.js)"
    here = scene.built_in(after.scene)
    if page in ("anchors", "pyramid"):
        source = (
            anchor_source.grid_of(after)
            if page == "anchors"
            else anchor_source.pyramid_of(after, here.height, here.width)
        )
        want = results.anchors(source, here.height, here.width).xyxy
        np.testing.assert_allclose(np.reshape(got["anchors"], (-1, 4)), want, atol=1e-3)
    elif page == "matching":
        np.testing.assert_array_equal(got["labels"]["label"], answer["label"])
        np.testing.assert_array_equal(got["labels"]["gt_index"], answer["gt_index"])
        assert got["anchor"] == answer["selection"]["anchor"]
    elif page == "losses":
        assert got["anchor"] == answer["selection"]["anchor"]
        want = results.costs(here, after)
        np.testing.assert_array_equal(got["costs"]["taken"], want.sample.taken)
        for name in ("classification", "regression"):
            np.testing.assert_allclose(got["costs"][name], getattr(want, name), rtol=2e-5, atol=2e-6)
    elif page == "evaluation":
        counts_alike(got["counted"], answer)
    elif page == "deploy":
        asked = after.deployment.weights
        boxes = deploying.on(here, after, shipped.detector())[
            0 if asked.bits == FULL else QUANTISATIONS.index(asked)
        ]
        assert got["left"]["size"] == quantise.size(shipped.detector().network, asked)
        np.testing.assert_array_equal(got["left"]["partner"], boxes.partner)
        np.testing.assert_allclose(np.reshape(got["left"]["boxes"], (-1, 4)), boxes.kept.xyxy)
    elif page == "nms":
        for name in ("order", "status", "round", "suppressed_by"):
            np.testing.assert_array_equal(got["played"][name], answer[name], err_msg=name)
        np.testing.assert_allclose(got["played"]["final_scores"], answer["final_scores"], atol=1e-5)
        np.testing.assert_allclose(
            np.reshape(got["played"]["predictions"], (-1, 4)), answer["predictions"], atol=1e-2
        )
    else:
        pair = pair_of(after)
        anchors, _ = results.matched(here, after)
        anchor = anchors.xyxy[pair.anchor : pair.anchor + 1]
        numbers = np.float32([after.offsets or pair.target])
        stride = anchors.cell_sides[[pair.anchor]] if after.coder.kind == "cell" else None
        want = engine.decode(anchor, numbers, after.coder, stride=stride)[0]
        np.testing.assert_allclose(got["box"], want, rtol=1e-3, atol=0.05)


def counts_alike(counted: dict, answer: dict) -> None:
    """The browser's list is Python's: who comes when, what it finds, and the average precision."""
    names = {"picture": "listed_picture", "prediction": "listed_prediction", "category": "listed_classes"}
    for name, theirs in {**names, "outcome": "outcome", "gt": "gt", "better": "better"}.items():
        assert [one[name] for one in counted["list"]] == answer[theirs].tolist(), name
    for name, theirs in {"score": "listed_scores", "overlap": "overlap"}.items():
        np.testing.assert_allclose([one[name] for one in counted["list"]], answer[theirs], atol=1e-5)
    assert counted["ap"] == (answer["ap"] if answer["ap"] is None else pytest.approx(answer["ap"], abs=1e-9))


def jsoned(value):
    """As the browser has it."""
    if isinstance(value, tuple):
        return [jsoned(v) for v in value]
    return value


SLIDER = {"a_b": {"kind": "slider", "paths": ["a.b"], "step": 0.01}}


def test_what_was_moved_stays_until_python_agrees(run):
    told = [["told", {"a.b": 0.5}, 0], ["hold", "a.b", 0.6, 10]]
    late = [["told", {"a.b": 0.5}, 100], ["told", {"a.b": 0.6}, 200], ["told", {"a.b": 0.7}, 300]]
    seen = [now["a.b"] for now in run("settings", controls=SLIDER, paths=["a.b"], steps=[*told, *late])]
    assert seen == [0.5, 0.6, 0.6, 0.6, 0.7]


def test_what_python_does_not_say_for_long_is_given_up(run):
    steps = [
        ["told", {"a.b": 0.5}, 0],
        ["hold", "a.b", 0.6, 0],
        ["told", {"a.b": 0.5}, 2400],
        ["told", {"a.b": 0.5}, 2600],
    ]
    assert [now["a.b"] for now in run("settings", controls=SLIDER, paths=["a.b"], steps=steps)] == [
        0.5,
        0.6,
        0.6,
        0.5,
    ]


def test_the_whole_overtakes_its_parts_and_a_part_the_whole(run):
    steps = [
        ["told", {"a": [1, 2], "a.x": 1}, 0],
        ["hold", "a.x", 3, 1],
        ["hold", "a", None, 2],
        ["hold", "a.x", 4, 3],
    ]
    seen = run("settings", controls={}, paths=["a", "a.x"], steps=steps)
    assert [[now.get("a"), now["a.x"]] for now in seen] == [[[1, 2], 1], [[1, 2], 3], [None, 1], [[1, 2], 4]]
