"""The Evaluation page's twin against the engine, and what the page says of a scene worked out by hand."""

import numpy as np
import pytest

from anchorlab import engine
from anchorlab.canvas.payload import pack
from anchorlab.engine import Outcome
from anchorlab.session import evaluating, scene
from anchorlab.session.app_state import DEFAULT, Objects, put
from anchorlab.settings.evaluation import RULES, Evaluating
from tests.unit.canvas.test_contract import message
from tests.unit.session.test_snippets import execute

# Two dogs side by side, and what a detector says of them, best first: the left one; the left one again; between them,
# nearer the right one, but not near enough; nothing; the right one.
OBJECTS = [[0, 0, 10, 10], [20, 0, 30, 10]]
DETECTIONS = [
    (0.9, [0, 0, 10, 9]),
    (0.8, [0, 0, 10, 10]),
    (0.7, [24, 0, 34, 10]),
    (0.6, [60, 60, 70, 70]),
    (0.5, [20, 0, 30, 8]),
]


def spec_data(rule: str, threshold: float) -> dict:
    spec = RULES[rule]
    names = ("candidates", "inclusive", "interpolation", "background_iou")
    said = {name: getattr(spec, name) for name in names}
    return said | {"max_detections": spec.max_detections[-1], "iou_thresholds": [threshold]}


def by_engine(detections, objects, rule: str, threshold: float) -> engine.Evaluation:
    groups, scores, boxes = zip(*detections, strict=True)
    found = engine.DetectionSet(groups, np.zeros(len(groups), int), scores, boxes)
    their, own = zip(*objects, strict=True)
    truth = engine.GroundTruthSet(their, np.zeros(len(their), int), own)
    return engine.evaluate(found, truth, Evaluating(iou_threshold=threshold).spec(rule))


def test_a_story_worked_out_by_hand(run):
    (told,) = run(
        "evaluated",
        detections=[[0, score, box] for score, box in DETECTIONS],
        objects=[[0, box] for box in OBJECTS],
        specs=[spec_data("coco", 0.5)],
    )
    kinds = [Outcome(one["outcome"]).name for one in told["list"]]
    assert kinds == ["TRUE_POSITIVE", "DOUBLE", "MISPLACED", "FALSE_ALARM", "TRUE_POSITIVE"]
    assert [one["gt"] for one in told["list"]] == [0, 0, 1, -1, 1]
    assert [one["better"] for one in told["list"]] == [-1, 0, -1, -1, -1]
    assert [one["overlap"] for one in told["list"]] == pytest.approx([0.9, 1, 60 / 140, 0, 0.8])
    assert told["recall"] == [0.5, 0.5, 0.5, 0.5, 1]
    assert told["precision"] == pytest.approx([1, 1 / 2, 1 / 3, 1 / 4, 2 / 5])
    # The envelope is 1 up to a recall of 1/2 (51 of the 101 points), 2/5 beyond.
    assert told["ap"] == pytest.approx((51 + 50 * 0.4) / 101)


def test_the_twin_is_the_engine(run):
    """Of grids of boxes, where overlaps and scores often tie, by every rule at several thresholds."""
    rng = np.random.default_rng(4)
    ways = [(rule, threshold) for rule in RULES for threshold in (0.25, 0.5, 0.75)]
    for _ in range(12):
        corner = rng.integers(0, 6, (40, 2)) * 4.0
        boxes = np.concatenate([corner, corner + rng.integers(1, 4, (40, 2)) * 8.0], axis=1)
        scores = rng.integers(1, 20, 30) / 20
        groups = rng.integers(0, 4, 40).tolist()
        detections = [
            [g, float(s), b] for g, s, b in zip(groups[:30], scores, boxes[:30].tolist(), strict=True)
        ]
        objects = [[g, b] for g, b in zip(groups[30:], boxes[30:].tolist(), strict=True)]
        specs = [spec_data(*way) for way in ways]
        told = run("evaluated", detections=detections, objects=objects, specs=specs)
        for (rule, threshold), got in zip(ways, told, strict=True):
            want = by_engine(detections, objects, rule, threshold)
            curve = want.curve(0, threshold)
            stories = want.stories
            index = curve.detection
            assert [one["prediction"] for one in got["list"]] == index.tolist()
            assert [one["outcome"] for one in got["list"]] == stories.outcome[0, index].tolist()
            assert [one["gt"] for one in got["list"]] == stories.gt_index[0, index].tolist()
            assert [one["overlap"] for one in got["list"]] == stories.overlap[0, index].tolist()
            better = [index[one["better"]] if one["better"] >= 0 else -1 for one in got["list"]]
            assert better == stories.better[0, index].tolist()
            assert got["recall"] == curve.recall.tolist()
            assert got["precision"] == curve.precision.tolist()
            assert got["ap"] == pytest.approx(want.ap[0, 0, 0, 0], abs=1e-12)


CROWDED = put(
    DEFAULT, **{"scene": "cat", "evaluation.score_threshold": 0.05, "suppression.iou_threshold": 0.7}
)


def test_the_figures_are_the_engines(run):
    got = run("first_paint", message=pack(message("evaluation", CROWDED)), changes={})["figures"]
    want = evaluating.figures(evaluating.pictures(scene.built_in("cat"), CROWDED), CROWDED)
    assert {name: tuple(both) for name, *both in got} == {
        name: pytest.approx(both, abs=1e-9) for name, both in want.items()
    }


def test_what_no_anchor_reaches_is_not_found_by_who_never_learned_it():
    """So recall ends at the best possible one, at the latest."""
    app = put(CROWDED, **{"evaluation.only_reached": True})
    of = evaluating.pictures(scene.built_in("cat"), app)
    bpr = engine.best_possible_recall(of[0].best_iou, app.evaluation.reach)
    assert 0 < bpr < 1
    assert evaluating.counted(of, app).recall[-1] <= bpr < evaluating.counted(of, CROWDED).recall[-1]


def test_without_objects_or_detections_there_is_no_figure():
    here = scene.built_in("coffee", Objects())
    nothing = put(DEFAULT, objects=Objects(), **{"evaluation.score_threshold": 1.0})
    for app in (put(DEFAULT, objects=Objects()), nothing):
        found = evaluating.counted(evaluating.pictures(here, app), app)
        assert found.ap is None
        assert message("evaluation", app)["ap"] is None


def test_pycocotools_gives_the_page_s_figures():
    """The script that is shown is run; COCO's rule, class by class, at the threshold that is set."""
    from anchorlab.canvas.pages import PAGES

    app = put(CROWDED, **{"code": "torchvision", "evaluation.rule": "coco", "evaluation.iou_threshold": 0.75})
    here = scene.built_in("cat")
    printed, _ = execute(PAGES["evaluation"].code(app, here))
    mean = float(printed.strip().splitlines()[-1].removeprefix("mean "))
    want = evaluating.figures(evaluating.pictures(here, app), app)["AP75"][1]
    assert mean == pytest.approx(want, abs=6e-5)
