"""Every control is spoken of in words: the names that Chromium's accessibility tree has."""

import re

import pytest

from tests.places import PAGES

ROLES = {
    "slider",
    "radio",
    "radiogroup",
    "switch",
    "checkbox",
    "spinbutton",
    "combobox",
    "textbox",
    "button",
    "link",
    "tab",
}
MARKUP = re.compile(r"[$\\`*^{}<>]|:\w+\[|\]\(")
"""LaTeX, Markdown, HTML and Streamlit's directives."""


@pytest.mark.parametrize("page", PAGES)
def test_every_control_has_a_name_in_plain_words(lab, page):
    lab.goto(page, canvas=True)
    for summary in lab.page.locator('[data-testid="stMain"] [data-testid="stExpander"] summary').all():
        summary.click()
        lab.page.wait_for_timeout(50)
        lab.settled()
    cdp = lab.page.context.new_cdp_session(lab.page)
    nodes = cdp.send("Accessibility.getFullAXTree")["nodes"]
    named = [
        (node["role"]["value"], node.get("name", {}).get("value", "").strip())
        for node in nodes
        if not node.get("ignored") and node.get("role", {}).get("value") in ROLES
    ]
    assert len(named) > 10
    wrong = [(role, name) for role, name in named if not name or MARKUP.search(name)]
    assert not wrong, wrong
