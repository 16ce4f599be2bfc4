"""Every public page in a real browser: axe, thumbs, sideways scrolling, the security policy.

Both languages, both themes, a small phone and a desktop. Pages are listed in pages.py. What only
a language changes (names, lengths) is tried in both, colours in one.
"""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.pages import PAGES

AUDIT = (Path(__file__).parent / "audit.js").read_text("utf-8")
PHONE, DESKTOP = {"width": 360, "height": 640}, {"width": 1440, "height": 900}
AXE = Axe().axe_script
EVERYTHING = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
pytestmark = pytest.mark.django_db  # tells pytest-django to make the test database


def found_by_axe(tab, rules):
    answer = tab.evaluate(
        "(rules) => axe.run(document, rules)", {**rules, "resultTypes": ["violations"]}
    )
    return [
        f"axe {violation['id']}: {node['target']} {node['html'][:160]}"
        for violation in answer["violations"]
        for node in violation["nodes"][:3]
    ]


def listen(page, heard):
    """The page's own script errors, and whatever the content security policy stopped."""
    page.on("pageerror", lambda error: heard.append(f"script error: {error}"))
    page.on(
        "console",
        lambda message: (
            heard.append(f"policy: {message.text}")
            if "Content Security Policy" in message.text
            else None
        ),
    )


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_page(page, language, chromium, site, world, cookie_of):
    context = chromium.new_context(viewport=PHONE, reduced_motion="reduce", color_scheme="light")
    cookies = [{"name": "django_language", "value": language, "url": site}]
    if page.who:
        cookies.append({"name": "sessionid", "value": cookie_of(page.who), "url": site})
    context.add_cookies(cookies)
    tab = context.new_page()
    complaints = []
    listen(tab, complaints)
    answer = tab.goto(site + page.path.format(**vars(world)), wait_until="load")
    assert answer.status == page.status
    assert tab.locator("html").get_attribute("lang") == {"zh-hans": "zh-Hans", "en": "en"}[language]
    tab.evaluate(AXE)
    complaints += [f"phone: {text}" for text in tab.evaluate(AUDIT)]
    complaints += [f"phone: {text}" for text in found_by_axe(tab, EVERYTHING)]
    if language == "zh-hans":  # colours are the same in both
        tab.emulate_media(color_scheme="dark")
        complaints += [f"phone, dark: {text}" for text in found_by_axe(tab, COLOURS)]
    tab.set_viewport_size(DESKTOP)
    complaints += [f"desktop: {text}" for text in tab.evaluate(AUDIT)]
    if language == "zh-hans":
        complaints += [f"desktop, dark: {text}" for text in found_by_axe(tab, COLOURS)]
        tab.emulate_media(color_scheme="light")
        complaints += [f"desktop: {text}" for text in found_by_axe(tab, EVERYTHING)]
    context.close()
    if complaints:
        pytest.fail("\n".join(dict.fromkeys(complaints)), pytrace=False)
