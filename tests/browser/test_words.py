"""What people typed is shown as they typed it, a question to predict has an answer, and words are the field's."""

import re

import pytest

from tests.browser.canvas import Canvas
from tests.browser.test_accessibility import open_everything
from tests.places import PAGES
from tests.unit.ui.test_field_words import RETIRED

# All that is read, by eye or by a screen reader, in open shadow roots, too.
READ = """() => {
  const read = [];
  const walk = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return read.push(node.data);
    if (node.nodeType !== Node.ELEMENT_NODE && node.nodeType !== Node.DOCUMENT_FRAGMENT_NODE) return;
    if (["SCRIPT", "STYLE", "TEMPLATE"].includes(node.tagName)) return;
    for (const name of ["aria-label", "title", "placeholder", "alt"]) read.push(node.getAttribute?.(name) ?? "");
    if (node.shadowRoot) walk(node.shadowRoot);
    node.childNodes.forEach(walk);
  };
  walk(document.body);
  return read.join("\\n");
}"""


def test_a_refused_text_is_shown_as_typed(lab):
    lab.goto("anchors", canvas=True)
    field = lab.page.get_by_role("textbox", name="Add a size")
    field.fill("**9** $x$ :smile: [a](b) `c` <b>")
    with lab.expect_no_rerun():
        field.press("Enter")
    assert "“**9** $x$ :smile: [a](b) `c` <b>”" in lab.page.locator(".refusal").first.inner_text()


@pytest.mark.parametrize(
    ("page", "says"),
    [
        ("anchors", "3.8 times as many, 8,550 instead of 2,223"),
        ("matching", "① saucer"),
        ("offsets", "px wide"),
        ("nms", "instead of"),
    ],
)
def test_a_question_to_predict_has_an_answer(lab, page, says):
    lab.goto(page, canvas=True)
    Canvas(lab)
    button = lab.page.locator(".try button")
    button.focus()
    button.press("Enter")
    answer = lab.page.locator(".try .reveal")
    answer.filter(has_text=says).wait_for()
    assert lab.page.evaluate("document.activeElement.shadowRoot.activeElement.dataset.act") == "reveal"
    lab.page.keyboard.press("Enter")
    lab.page.wait_for_function(
        "() => [...anchorlabBus.slots.values()].every((e) => !e.querySelector('.try .reveal')?.textContent)"
    )


def test_a_slider_at_minus_one_is_answered_in_the_browser(lab):
    lab.goto("offsets", "t=-0.99,0,0,0", canvas=True)
    lab.page.evaluate(
        "window.__t = []; addEventListener('anchorlab:painted', () => __t.push(anchorlabBus.stage.offsets?.[0]))"
    )
    with lab.expect_rerun():
        lab.page.locator(".st-key-offsets_x input").first.press("ArrowLeft")
    assert lab.page.evaluate("window.__t.length > 1 && window.__t[0]") == -1


@pytest.mark.parametrize("page", PAGES)
def test_words_are_the_fields(lab, page):
    lab.goto(page, canvas=True)
    open_everything(lab)
    lab.page.get_by_role("button", name="Keyboard (?)").click()
    read = lab.page.evaluate(READ)
    assert len(read) > 3000
    for word, pattern in RETIRED.items():
        assert not re.findall(f".*(?:{pattern}).*", read, re.IGNORECASE), f"say “{word}”"
