"""The Rosetta page's words, numbers, code and files."""

import contextlib
import csv
import io
import re
from dataclasses import replace
from urllib.parse import parse_qsl

import numpy as np
import pytest

from anchorlab import engine, wording
from anchorlab.canvas.payload import pack
from anchorlab.canvas.views.rosetta.picture import ONE_LINE, picture
from anchorlab.canvas.views.rosetta.rows import other_results, results
from anchorlab.canvas.views.rosetta.said import SENTENCES
from anchorlab.canvas.views.rosetta.table import columns, table
from anchorlab.catalogue.libraries import ALL, FIELDS, LIBRARIES, as_library, differs, exchanged
from anchorlab.catalogue.libraries.demo_scenes import DEMO_SCENES
from anchorlab.engine import count_compiles
from anchorlab.session import library_answers, library_snippets, link
from anchorlab.session.app_state import DEFAULT, Objects, put
from anchorlab.session.comparison import adopted, choose_demo, comparison
from anchorlab.settings.anchors import AnchorSpec
from anchorlab.ui.panels import rosetta_answers
from tests.unit.session.test_snippets import scene_of


def ask(convention="ratio", a="torchvision", b="keras", case="", **changes):
    changes = {
        "rosetta__convention": convention,
        "rosetta__a": a,
        "rosetta__b": b,
        "rosetta__case": case,
    } | changes
    app = put(DEFAULT, **changes)
    return comparison(app, scene_of(app))


def ask_case(name):
    app = put(DEFAULT, **choose_demo(name))
    return comparison(app, scene_of(app))


def shown(asked):
    data = picture(asked)
    pack(data)  # no NaN, nothing that cannot travel
    return data


def answered(data):
    """The page's answer; of labels with the count that the browser says."""
    answer = data["answer"]
    if isinstance(answer, str):
        return answer
    ((key, values),) = answer
    return wording.say(SENTENCES[key.removeprefix("rosetta.")], labels=data["counter"]["text"], **values)


def printed(script):
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(script, "snippet.py", "exec"), {})  # noqa: S102 (it is what is tested)
    return out.getvalue()


# --- words -------------------------------------------------------------------------------------------


def test_every_answer_has_a_short_and_a_long_form():
    for name in FIELDS:
        for library in ALL:
            short, long = ALL[library].short(name), ALL[library].means(name)
            assert 0 < len(short) <= 18, (name, library, short)
            assert long


def test_two_answers_that_differ_read_differently():
    for name in FIELDS:
        for a in LIBRARIES:
            for b in LIBRARIES:
                assert differs(ALL[a], ALL[b], name) == (ALL[a].short(name) != ALL[b].short(name)), (
                    name,
                    a,
                    b,
                )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (-0.0, "0"),
        (1234.5, "1,234.5"),
        (-2, "−2"),
        (0.25, "0.25"),
        (4.7683716e-6, "4.77·10⁻⁶"),
        (np.nan, "NaN"),
    ],
)
def test_numbers(value, text):
    assert wording.number(value) == text


def test_ratios():
    assert [wording.ratio(r) for r in (0.5, 0.25, 1, 2, 1 / 3)] == ["½", "¼", "1", "2", "⅓"]


# --- the picture ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("convention", FIELDS)
@pytest.mark.parametrize("b", ALL)
def test_every_question_to_every_library(convention, b):
    data = shown(ask(convention, b=b))
    counter = data["counter"]
    assert counter["same"] + counter["differ"] == counter["total"] or any(s["problem"] for s in data["sides"])
    assert data["answer"] and data["kind"] == FIELDS[convention].kind


def test_the_table_says_who_parts_from_whom():
    found = table()
    names = [column["name"] for column in found["columns"]]
    assert names == list(ALL) and [row["name"] for row in found["rows"]] == list(FIELDS)
    for row in found["rows"]:
        assert len(row["cells"]) == len(row["minds"]) == len(ALL)
        for a, ours in zip(names, row["minds"], strict=True):
            for b, theirs in zip(names, row["minds"], strict=True):
                apart = ours is not None and theirs is not None and ours != theirs
                assert apart == differs(ALL[a], ALL[b], row["name"])
    first = found["rows"][0]
    assert first["minds"][names.index("d2l")] != first["minds"][names.index("d2l-text")]
    assert first["minds"][names.index("fast-rcnn")] is None


def test_a_library_agrees_with_itself():
    for convention in FIELDS:
        for library in LIBRARIES:
            assert shown(ask(convention, library, library))["counter"]["differ"] == 0


def test_ratios_turn_and_squares_stay():
    data = shown(ask())
    assert (data["counter"]["total"], data["counter"]["differ"]) == (9, 6)
    word = next(w for w in data["sides"][0]["words"] if w["key"] == data["word"]) if "word" in data else None
    assert word is None or word["differs"]
    largest = data["selection"]["step"]
    first, second = (next(w for w in side["words"] if w["key"] == largest) for side in data["sides"])
    assert (round(first["w"]), round(first["h"])) == (362, 182)
    assert (round(second["w"]), round(second["h"])) == (181, 362)


def test_the_labels_are_the_engines():
    asked = ask("low_quality", "d2l", "torchvision")
    data = shown(asked)
    anchors = engine.generate_anchors(AnchorSpec(), *asked.size).xyxy
    boxes = asked.here.boxes
    ours, theirs = (as_library.match_as(name, anchors, boxes) for name in ("d2l", "torchvision"))
    differ = (ours.label != theirs.label) | ((ours.label == 1) & (ours.gt_index != theirs.gt_index))
    assert data["counter"]["differ"] == int(differ.sum()) > 0
    for name, found in (("a", ours), ("b", theirs)):
        learns = np.where(found.label == 1, found.gt_index, found.label - 1)
        np.testing.assert_array_equal(data[f"{name}_at"], np.flatnonzero(learns != -1))
        np.testing.assert_array_equal(data[f"{name}_code"], learns[learns != -1])


def test_read_by_another_library_the_numbers_miss_the_object():
    data = shown(ask("stds", "ssd", "torchvision"))
    box = np.float32(data["pair"]["object"])
    assert np.abs(np.float32(data["sides"][0]["box"]) - box).max() < 1e-2
    assert np.abs(np.float32(data["sides"][1]["box"]) - box).max() == pytest.approx(data["counter"]["apart"])
    assert data["counter"]["apart"] > 100


def test_what_is_not_told_is_said():
    data = shown(ask("ratio", b="fast-rcnn"))
    assert data["sides"][1]["problem"] and not data["sides"][0]["problem"]
    assert data["counter"]["text"] == ""


def test_what_comes_of_one_convention_alone_is_said():
    """torchvision and MMDetection cut sizes or not, which changes nothing at 64, 128 and 256: rounding does."""
    text = shown(ask("whole_sizes", "torchvision", "mmdetection"))["counter"]["text"]
    assert text == "Of 9 pairs of size and ratio, <b>6</b> are other boxes, none because of this alone."
    assert "alone" not in shown(ask("rounding", "torchvision", "mmdetection"))["counter"]["text"]
    # The corner or the middle moves every centre; torchvision's step moves all but the first, too.
    assert "alone" not in shown(ask("center", "torchvision", "keras"))["counter"]["text"]
    assert "none because of this" in shown(ask("center", "torchvision", "mmdetection"))["counter"]["text"]
    # Sizes that are no whole numbers are cut, but rounding would do as much to some of them.
    data = shown(ask("whole_sizes", "torchvision", "mmdetection", anchors__sizes=(40.32, 50.8)))
    assert data["counter"]["differ"] == 6 and "none" not in data["counter"]["text"]


def test_the_answer_fits_in_a_line():
    for convention in FIELDS:
        for a, b in (
            ("d2l", "torchvision"),
            ("fizyr", "yolo"),
            ("mmdetection", "ssd"),
            ("torchvision", "keras"),
        ):
            assert len(re.sub("<.*?>", "", answered(shown(ask(convention, a, b))))) <= ONE_LINE


def test_where_nothing_differs_a_scene_is_offered():
    data = shown(ask("ties", "torchvision", "ssd"))
    assert data["counter"]["differ"] == 0 and data["suggest"]["case"] == "equal_scores"
    assert shown(ask())["suggest"] is None


def test_without_objects():
    for convention in ("ratio", "low_quality", "coder", "ties", "background"):
        shown(ask(convention, objects=Objects((), (), ("object",))))


# --- anchors ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("library", [*LIBRARIES, "d2l-text"])
@pytest.mark.parametrize(
    "spec",
    [
        AnchorSpec((64, 128, 256), (0.5, 1, 2), 32),
        AnchorSpec((50,), (1,), 48),
        AnchorSpec((30, 70), (0.25, 3), 40),
        AnchorSpec((200, 100), (2, 0.5), 64),
    ],
)
def test_words_and_boxes_go_together(library, spec):
    """Each word's box has its area; ratios mean what the library says."""
    found = library_answers.generated(library, spec, 200, 300)
    named = library_answers.pairs(library, spec)
    boxes = library_answers.cell_anchors(found, 3)
    assert len(named) == len(boxes)
    if library == "d2l-text":
        return
    for (size, ratio), (w, h) in zip(named, boxes[:, 2:] - boxes[:, :2], strict=True):
        clipped = library == "ssd" and max(w, h) >= 300
        if clipped:
            continue
        assert w * h == pytest.approx(size**2, rel=0.1 if library == "torchvision" else 1e-4)
        means = w / h if ALL[library].ratio == "w/h" else h / w
        assert means == pytest.approx(ratio, rel=0.1 if library == "torchvision" else 1e-4)


def test_centres_are_those_of_the_boxes():
    found = library_answers.generated("torchvision", AnchorSpec((64,), (1,), 32), 400, 600)
    assert library_answers.centres(found)[:2].tolist() == [[0, 0], [31, 0]]


# --- what every library answers --------------------------------------------------------------------------


def test_the_table_of_answers():
    rows = {row.name: row.cells for row in (*results(ask()), *other_results(ask()))}
    assert rows["anchors in all"][:2] == ("1,235", "2,223")
    assert rows["keeps"] and all(len(cells) == 8 for cells in rows.values())


def test_documented_answers_are_marked():
    rows = results(ask_case("points"))
    names = columns("torchvision", "detectron2")
    assert [name for name, known in zip(names, rows[0].documented, strict=True) if known] == ["torchvision"]
    html = rosetta_answers.answers_html(rows, names, "torchvision", "detectron2")
    assert "①°" in html and html.count("<tr>") == len(rows) + 1


def test_fast_rcnn_has_a_column_only_when_it_is_asked():
    assert columns("d2l", "ssd") == list(LIBRARIES)
    assert columns("d2l", "fast-rcnn")[-1] == "fast-rcnn"


# --- what is asked to predict -----------------------------------------------------------------------------

PAIRS = [
    ("torchvision", "keras"), ("torchvision", "fizyr"), ("d2l", "ssd"), ("mmdetection", "torchvision"),
    ("ssd", "torchvision"), ("yolo", "keras"), ("torchvision", "fast-rcnn"),
]  # fmt: skip


def plain(text):
    return " ".join(re.sub("<.*?>", " ", text).split())


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("convention", FIELDS)
def test_what_is_asked_has_an_answer_of_its_own(convention, pair):
    """Not the page's headline over again, nor what both libraries say of the convention."""
    data = shown(ask(convention, *pair))
    if any(side["problem"] for side in data["sides"]):
        assert data["try_this"] == data["reveal"] == ""
        return
    question, said = plain(data["try_this"]), plain(data["reveal"])
    assert question.startswith("Predict: ") and question.endswith("?") and said.endswith(".")
    assert said not in plain(answered(data)) and plain(data["counter"]["text"]) not in said
    for library in pair:
        meaning = ALL[library].means(convention)
        assert len(meaning) < 12 or meaning not in said


def test_the_answer_is_worked_out_of_the_scene():
    """Each question of a scene that answers otherwise, another answer."""
    assert "3 of 9" in plain(shown(ask("ratio"))["reveal"])
    assert "1 of 3" in plain(shown(ask("ratio", anchors__sizes=(64.0,)))["reveal"])
    assert plain(shown(ask("whole_sizes"))["reveal"]).startswith("No")
    assert "Yes : 40.32" in plain(shown(ask("whole_sizes", anchors__sizes=(40.32, 64.0)))["reveal"])
    assert "None" in plain(shown(ask("low_quality"))["reveal"])
    twins = Objects(((10.0, 10.0, 30.0, 90.0), (300.0, 100.0, 500.0, 300.0)), (0, 1), ("pole", "pot"))
    learned = plain(shown(ask("low_quality", objects=twins))["reveal"])
    assert learned.startswith("① (")  # one low-quality match in torchvision, none in Keras
    assert "a negative" in plain(shown(ask("background"))["reveal"])
    assert "no such number" in plain(shown(ask("ignored", "torchvision", "d2l"))["reveal"])


def test_who_learns_more_is_what_the_engine_says():
    objects = Objects(((10.0, 10.0, 30.0, 90.0), (300.0, 100.0, 500.0, 300.0)), (0, 1), ("pole", "pot"))
    asked = ask("low_quality", objects=objects)
    anchors = engine.generate_anchors(AnchorSpec(), *asked.size).xyxy
    ours, theirs = (as_library.match_as(name, anchors, asked.here.boxes) for name in ("torchvision", "keras"))
    counts = [[int(((m.label == 1) & (m.gt_index == g)).sum()) for m in (ours, theirs)] for g in (0, 1)]
    assert counts[0][0] > counts[0][1] and counts[1][0] == counts[1][1]
    assert plain(shown(asked)["reveal"]) == f"① ({counts[0][0]} and {counts[0][1]}) ."


@pytest.mark.parametrize("name", DEMO_SCENES)
def test_every_case_answers_its_question(name):
    data = shown(ask_case(name))
    said = plain(data["reveal"])
    assert said and said.endswith(".") and said not in plain(answered(data))
    # Of any two libraries that somebody else asks about, too.
    app = put(DEFAULT, **choose_demo(name))
    for a, b in (("mmdetection", "ssd"), ("fizyr", "yolo")):
        other = comparison(put(app, rosetta__a=a, rosetta__b=b), scene_of(app))
        assert shown(other)["reveal"]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("order", "1, 5 and 9 of 9"),
        ("stride_118", "118 px : RetinaNet in torchvision"),
        ("rounding", "By up to 0.37 here"),
        ("low_quality_steals", "①, without any : RetinaNet in MMDetection, ssd.pytorch"),
        ("low_quality_steals_reversed", "Another answer : RetinaNet in MMDetection, ssd.pytorch"),
        ("gt_tied_between_anchors", "0 anchors : RetinaNet in fizyr and Keras"),
        ("outside", "Ignored : RetinaNet in fizyr"),
        ("clamp", "1,000 × 1,000"),
        ("shift_fails", "0 pixels"),
        ("three_tenths", "0.3000000119 > 0.3"),
        ("normalised_plus_one", "0.50 : Fast R-CNN"),
    ],
)
def test_answers_of_cases(name, says):
    assert says in plain(shown(ask_case(name))["reveal"])


# --- one convention alone -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", DEMO_SCENES)
def test_a_case_differs_by_the_convention_it_is_about(name):
    """Its two libraries give other answers to the question, and where one answer can be exchanged, that alone is seen."""
    data = shown(ask_case(name))
    case = DEMO_SCENES[name]
    assert differs(ALL[case.a], ALL[case.b], case.convention) or case.documented
    assert data["counter"]["differ"] > 0 and data["counter"].get("alone", 1) > 0


@pytest.mark.parametrize("convention", [n for n in FIELDS if FIELDS[n].kind == "labels"])
@pytest.mark.parametrize(
    "pair", [("torchvision", "fizyr"), ("mmdetection", "torchvision"), ("fizyr", "detectron2")]
)
def test_what_is_said_to_come_of_one_convention_alone_does(convention, pair):
    """The labels of A, made anew with that one answer of B's and nothing else."""
    objects = Objects(
        ((10.0, 10.0, 30.0, 90.0), (290.0, 90.0, 480.0, 300.0), (300.0, 100.0, 500.0, 310.0)),
        (0, 1, 1),
        ("pole", "pot"),
    )
    asked = ask(convention, *pair, objects=objects, anchors__stride=16.0)
    data = shown(asked)
    a, b = (LIBRARIES[name] for name in pair)
    changed = exchanged(a, b, convention)
    assert changed is not None
    anchors = engine.generate_anchors(asked.spec, *asked.size).xyxy
    boxes, ids = asked.here.boxes, asked.here.class_ids

    def told(library):
        found = as_library.match_as(library, anchors, boxes, image=asked.size)
        if data["codes"]:
            return as_library.classes_as(library, found, ids, 2)
        return np.where(found.label == 1, found.gt_index, found.label - 1)

    caused = (told(a) != told(changed)) & (told(a) != told(b))
    np.testing.assert_array_equal(np.unpackbits(data["caused"])[: len(anchors)].astype(bool), caused)
    assert data["counter"]["alone"] == caused.sum()
    if caused.any():  # and one of these is pointed at
        assert caused[data["selection"]["anchor"]]


# --- code ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", DEMO_SCENES)
def test_the_code_of_a_case_runs(case):
    asked = ask_case(case)
    out = printed(library_snippets.snippet(asked))
    for library in (asked.a, asked.b):
        assert library in out


@pytest.mark.parametrize("convention", ["ratio", "low_quality", "coder", "ties"])
@pytest.mark.parametrize("b", ALL)
def test_the_code_of_a_scene_prints_the_pages_numbers(convention, b):
    asked = ask(convention, b=b, anchors__stride=48.0)
    out = printed(library_snippets.snippet(asked))
    data = shown(asked)
    if convention == "ratio":
        count = len(library_answers.generated("torchvision", asked.spec, *asked.size).xyxy)
        assert f"torchvision: {count} anchors" in out
    if convention == "low_quality":
        positive = int((data["a_code"] >= 0).sum())
        assert f"torchvision: positive {positive}," in out
    if convention == "ties":
        kept = data["sides"][0]["kept"]
        assert f"torchvision keeps {np.array(kept)}" in out


def test_no_line_is_too_long():
    for name in DEMO_SCENES:
        assert all(len(line) <= 110 for line in library_snippets.snippet(ask_case(name)).splitlines()), name


# --- files ------------------------------------------------------------------------------------------------


def test_the_conventions_as_a_file():
    rows = list(csv.reader(io.StringIO(rosetta_answers.conventions_csv().decode())))
    assert rows[0][:3] == ["group", "convention", "question"] and len(rows[0]) == 11
    assert [row[1] for row in rows[1:]] == list(FIELDS)


def test_the_answers_as_a_file():
    rows = list(csv.reader(io.StringIO(rosetta_answers.answers_csv(ask_case("points")).decode())))
    assert rows[0][:3] == ["quantity", "d2l", "torchvision RetinaNet"] and rows[1][2] == "①°"


# --- taking over ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_librarys_conventions_fit_a_link(library):
    app = put(DEFAULT, **adopted(DEFAULT, library))
    assert link.from_query(dict(parse_qsl(link.to_query(app), keep_blank_values=True))) == app
    assert put(app, **adopted(app, library)) == app


def test_taking_over_another_library_leaves_nothing_of_the_first():
    for first in LIBRARIES:
        for second in LIBRARIES:
            direct = put(DEFAULT, **adopted(DEFAULT, second))
            via = put(DEFAULT, **adopted(DEFAULT, first))
            via = put(via, **adopted(via, second))
            # YOLO has no answer for what a ratio means, and no thresholds: those stay.
            if "yolo" not in (first, second) and "d2l" not in (first, second):
                assert via.matching.spec == direct.matching.spec, (first, second)
                # What other rules were told stays with them, for when one is chosen again.
                assert put(via, matching=direct.matching) == direct, (first, second)


# --- speed ------------------------------------------------------------------------------------------------


def test_nothing_compiles_once_warm():
    for anchors in (1024, 2048, 4096):
        library_answers.warm(anchors)
    everything = [
        ask(c, a, b)
        for c in ("ratio", "low_quality", "coder", "ties")
        for a, b in (("d2l", "ssd"), ("fizyr", "yolo"))
    ]
    for asked in everything:
        shown(asked)
        other_results(asked)
    with count_compiles() as compiles:
        for asked in everything:
            moved = replace(asked.app, objects=Objects(((50.0, 60.0, 210.0, 190.0),), (0,), ("cup",)))
            again = comparison(moved, scene_of(moved))
            shown(again)
            other_results(again)
    assert compiles.count == 0
