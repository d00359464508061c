"""Sizes and ratios: as chips, by hand in the picture, by keys; the picture and the table tell the same."""

import math

import pytest

from anchorlab.draw.palette import LEVEL_COLOURS, LEVEL_INKS_LIGHT
from anchorlab.settings.anchors import AnchorSpec
from tests.browser.canvas import Canvas

_SHAPE = """shape => {
  const s = anchorlabBus.stage, r = s.frame.getBoundingClientRect();
  const i = s.cells.anchorsOf(s.view.cell(s)).first + shape;
  const [x1, y1, x2, y2] = s.viewport.box(s.generated.anchors.subarray(4 * i, 4 * i + 4));
  return { left: r.left + x1, top: r.top + y1, right: r.left + x2, bottom: r.top + y2, scale: s.viewport.scale,
           sizes: [...s.grid.sizes], ratios: [...s.grid.ratios], shapes: s.cells.levels[0].shapes };
}"""


def shape(canvas, index) -> dict:
    """A shape of the lit cell on the screen, and the lists the browser holds."""
    return canvas.page.evaluate(_SHAPE, index)


def chips(lab, name) -> list[str]:
    return [
        text.split()[0]
        for text in lab.page.locator(f'.numberlist[data-list="{name}"] [data-place]').all_inner_texts()
    ]


def field(lab, thing):
    return lab.page.get_by_role("textbox", name=f"Add a {thing}")


@pytest.mark.parametrize("text", ["96,5", "96.5", "193/2"])
def test_a_number_is_added_as_people_type_it(lab, text):
    canvas = Canvas(lab.goto("anchors", canvas=True))
    assert field(lab, "size").get_attribute("placeholder") == "+ add"
    field(lab, "size").focus()
    assert "96, 0.5 or 1/2" in lab.page.locator('.numberlist[data-list="anchors_sizes"]').inner_text()
    lab.page.evaluate(
        "window.__sizes = []; addEventListener('anchorlab:painted', () => __sizes.push(anchorlabBus.stage.grid.sizes))"
    )
    with lab.expect_rerun():
        field(lab, "size").fill(text)
        field(lab, "size").press("Enter")
    seen = lab.page.evaluate("window.__sizes")
    assert len(seen) > 1 and seen[0] == seen[-1] == [64, 128, 256, 96.5], (
        "the browser's answer, then Python's"
    )
    assert canvas.python().anchors.sizes == (64, 128, 256, 96.5)
    assert chips(lab, "anchors_sizes") == ["64", "128", "256", "96.5"]
    assert field(lab, "size").input_value() == ""
    # The next one can be typed at once, and what was added is one step of undo.
    assert canvas.page.evaluate("document.activeElement.shadowRoot.activeElement.className") == "chip add"
    with lab.expect_rerun():
        canvas.focus()
        canvas.press("Control+z")
    assert chips(lab, "anchors_sizes") == ["64", "128", "256"]


def test_a_typed_number_is_taken_when_the_field_is_left(lab):
    canvas = Canvas(lab.goto("anchors", canvas=True))
    field(lab, "ratio").fill("1/3")
    with lab.expect_rerun():
        lab.page.get_by_role("heading", level=1).click()
    assert canvas.python().anchors.aspect_ratios[-1] == pytest.approx(1 / 3, abs=1e-6)
    assert chips(lab, "anchors_aspect_ratios")[-1] == "⅓"


def test_a_number_is_taken_off_by_mouse_and_by_key_and_the_last_one_stays(lab):
    canvas = Canvas(lab.goto("anchors", canvas=True))
    with lab.expect_rerun():
        lab.page.get_by_role("button", name="Take off size 128").click()
    assert canvas.python().anchors.sizes == (64, 256)
    with lab.expect_rerun():
        lab.page.get_by_role("button", name="Take off size 64").press("Delete")
    with lab.expect_no_rerun():
        lab.page.get_by_role("button", name="Take off size 256").press("Enter")
    assert (
        "the last one stays"
        in lab.page.locator('.numberlist[data-list="anchors_sizes"] .refusal').inner_text()
    )
    assert canvas.python().anchors.sizes == (256,) and chips(lab, "anchors_sizes") == ["256"]
    with lab.expect_rerun():  # Backspace in the empty field takes the last
        field(lab, "ratio").press("Backspace")
    assert canvas.python().anchors.aspect_ratios == (0.5, 1)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("wide", "“wide” is not a number"),
        ("-3", "must be positive"),
        ("1/0", "is not a number"),
        ("1", "out of range: take a number from 2 to 4,096"),
        ("128.0", "128 is in the list already"),
    ],
)
def test_what_cannot_be_taken_is_said_at_once(lab, text, says):
    canvas = Canvas(lab.goto("anchors", canvas=True))
    with lab.expect_no_rerun():
        field(lab, "size").fill(text)
        field(lab, "size").press("Enter")
    assert says in lab.page.locator('.numberlist[data-list="anchors_sizes"] .refusal').inner_text()
    assert field(lab, "size").input_value() == text  # to be mended, not to be typed again
    assert canvas.python().anchors.sizes == (64, 128, 256)


def test_more_anchors_than_a_page_can_draw_are_refused(lab):
    query = "scene=hard&stride=2&sizes=8&ratios=0.5"
    canvas = Canvas(lab.goto("anchors", query, canvas=True))
    before = canvas.python().anchors
    with lab.expect_no_rerun():
        field(lab, "ratio").fill("3")
        field(lab, "ratio").press("Enter")
    assert (
        "more than the 260,000"
        in lab.page.locator('.numberlist[data-list="anchors_aspect_ratios"] .refusal').inner_text()
    )
    assert canvas.python().anchors == before


def test_a_ninth_number_has_no_place(lab):
    lab.goto("anchors", "sizes=16,32,48,64,80,96,112,128", canvas=True)
    assert field(lab, "size").is_disabled() and field(lab, "size").get_attribute("placeholder") == "8 at most"


@pytest.mark.parametrize(("combine", "index"), [("all", 3), ("all", 8), ("first", 1), ("first", 3)])
def test_a_dragged_corner_changes_the_size_and_the_ratio_it_is_made_of(lab, combine, index):
    canvas = Canvas(lab.goto("anchors", f"combine={combine}&sizes=48,96,160", canvas=True))
    canvas.show()
    before = shape(canvas, index)
    row, col = divmod(index, 3) if combine == "all" else ((index, 0) if index < 3 else (0, index - 2))
    x, y = before["right"], before["bottom"]
    lab.page.mouse.move(x, y)
    assert canvas.frame.evaluate("e => e.style.cursor") == "nwse-resize"
    lab.page.mouse.down()
    with lab.expect_no_rerun(wait=100):
        lab.page.mouse.move(x + 20, y + 4, steps=6)
    held = shape(canvas, index)
    w, h = (held["shapes"][index][k] for k in range(2))
    assert w == pytest.approx(before["shapes"][index][0] + 40 / before["scale"], rel=0.03)
    assert h == pytest.approx(before["shapes"][index][1] + 8 / before["scale"], rel=0.03)
    # It is made of one size and one ratio: these have changed, and no others.
    assert [k for k in range(3) if held["sizes"][k] != before["sizes"][k]] == [row]
    assert [k for k in range(3) if held["ratios"][k] != before["ratios"][k]] == [col]
    assert math.sqrt(w * h) == pytest.approx(held["sizes"][row]) and h / w == pytest.approx(
        held["ratios"][col]
    )
    canvas.drawn()
    said = chips(lab, "anchors_sizes")[row]
    assert float(said) == held["sizes"][row]  # the list follows while the corner is held
    with lab.expect_rerun():
        lab.page.mouse.up()
    spec = canvas.python().anchors
    assert list(spec.sizes) == held["sizes"] and spec.aspect_ratios == pytest.approx(held["ratios"], abs=1e-6)
    answered = shape(canvas, index)
    assert answered["sizes"] == held["sizes"] and answered["ratios"] == pytest.approx(
        held["ratios"], abs=1e-6
    )
    assert answered["shapes"][index] == pytest.approx((w, h), abs=0.01)
    assert f"{held['sizes'][row] ** 2:,.0f} px²" in canvas.spoken()
    # One step of undo.
    with lab.expect_rerun():
        lab.page.keyboard.press("Control+z")
    assert canvas.python().anchors == AnchorSpec(sizes=(48, 96, 160), combine=combine)
    assert not lab.page.evaluate("anchorlabBus.stage.data.can_undo")


def test_a_dragged_size_passes_another_one_and_never_becomes_it(lab):
    canvas = Canvas(lab.goto("anchors", "sizes=64,128&ratios=1", canvas=True))
    canvas.show()
    before = shape(canvas, 0)
    x, y = before["right"], before["bottom"]
    lab.page.mouse.move(x, y)
    lab.page.mouse.down()
    sizes = set()
    for step in range(1, 60):
        lab.page.mouse.move(x + step, y + step)
        sizes.add(shape(canvas, 0)["sizes"][0])
    assert min(sizes) < 128 < max(sizes) and 128 not in sizes
    assert shape(canvas, 0)["sizes"][1] == 128 and shape(canvas, 0)["ratios"] == [1]
    with lab.expect_rerun():
        lab.page.mouse.up()
    assert canvas.python().anchors.sizes[0] == max(sizes)


def test_keys_change_a_shape_as_a_drag_does(lab):
    canvas = Canvas(lab.goto("anchors", canvas=True))
    canvas.focus()
    canvas.press(".", ".")
    assert "Shape 64×64 = 4,096 px²: size 64, ratio 1." in canvas.spoken()
    with lab.expect_rerun():
        canvas.press("Alt+ArrowUp", "Alt+Shift+ArrowUp", "Alt+ArrowRight")
        canvas.answered()
    spec = canvas.python().anchors
    assert spec.sizes == (75, 128, 256) and spec.aspect_ratios == pytest.approx((0.5, 0.99, 2))
    with lab.expect_rerun():  # steps of held keys are one step of undo
        canvas.press("Control+z")
    assert canvas.python().anchors == AnchorSpec()


def test_a_click_on_a_corner_moves_nothing_and_a_click_elsewhere_lights_a_cell(lab):
    canvas = Canvas(lab.goto("anchors", canvas=True))
    canvas.show()
    now = shape(canvas, 4)
    with lab.expect_no_rerun():
        lab.page.mouse.click(now["right"], now["bottom"])
    assert canvas.python().anchors == AnchorSpec()
    with lab.expect_rerun():
        canvas.click(100, 100)
    assert canvas.python().selection.cell == canvas.seen()["cell"] >= 0


def test_every_frame_of_a_drag_is_in_time(lab):
    """Two thirds of a frame at 60 a second is left to the browser and the machine."""
    canvas = Canvas(lab.goto("anchors", "stride=8&sizes=48,96,160", canvas=True))
    canvas.show()
    now = shape(canvas, 4)
    x, y = now["right"], now["bottom"]
    lab.page.mouse.move(x, y)
    lab.page.mouse.down()
    times = []
    for step in range(1, 40):
        lab.page.mouse.move(x + step, y + step / 2)
        canvas.drawn()
        times.append(lab.page.evaluate("anchorlabBus.stage.paintMs"))
    lab.page.mouse.up()
    assert sorted(times)[len(times) // 2] < 6, times


# ---- the table of shapes


@pytest.mark.parametrize("order", ["64,128,256", "256,64,128", "128,256,64"])
def test_a_size_has_one_colour_in_the_picture_and_in_the_table(lab, order):
    lab.goto("anchors", f"sizes={order}", canvas=True)
    found = lab.page.evaluate(
        """() => {
          const s = anchorlabBus.stage, table = anchorlabBus.slots.get("shapes");
          const inks = [...table.querySelectorAll("tbody tr")].map((tr) => tr.querySelector("rect").getAttribute("stroke"));
          return { colours: s.grid.sizes.map((_, k) => s.view.colour(s, k * s.grid.ratios.length)), inks };
        }"""
    )
    sizes = [float(size) for size in order.split(",")]
    # In the picture the colour goes by the rank, small to large; in the table it is that rank's ink.
    ranks = [sorted(sizes).index(size) for size in sizes]
    assert found["colours"] == [LEVEL_COLOURS[2 * rank] for rank in ranks]
    assert found["inks"] == [LEVEL_INKS_LIGHT[2 * rank] for rank in ranks]


@pytest.mark.parametrize("ratios", ["0.5,1,2,3", "0.25,0.33,0.5,0.75,1,2,3,4"])
@pytest.mark.parametrize("how", [{}, {"viewport": "phone", "touch": True}], ids=["laptop", "phone"])
def test_no_column_of_the_table_is_cut(open_lab, ratios, how):
    lab = open_lab(**how)
    lab.goto("anchors", f"ratios={ratios}&sizes=64,128,1024", canvas=True)
    found = lab.page.evaluate(
        """() => {
          const slot = anchorlabBus.slots.get("shapes"), box = slot.getBoundingClientRect();
          const cells = [...slot.querySelectorAll("td, th")];
          return { right: box.right, width: innerWidth, cells: cells.length,
                   far: Math.max(...cells.map((e) => e.getBoundingClientRect().right)),
                   cut: cells.filter((e) => e.scrollWidth > e.clientWidth + 1).map((e) => e.innerText),
                   over: [...slot.querySelectorAll("td span")].filter((e) => {
                     const a = e.getBoundingClientRect(), b = e.closest("td").getBoundingClientRect();
                     return a.right > b.right + 0.5 || a.left < b.left - 0.5;
                   }).map((e) => e.innerText) };
        }"""
    )
    assert found["cells"] == 4 * (ratios.count(",") + 2)
    assert (
        found["far"] <= found["right"] + 0.5 <= found["width"] + 1 and not found["cut"] and not found["over"]
    ), found
    assert not lab.overflowing()
