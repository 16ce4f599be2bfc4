"""What needs JavaScript on account pages, tried with it: passkeys, choices, colours, menus."""

import pytest
from playwright.sync_api import expect

from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db
PHONE = {"width": 360, "height": 640}


@pytest.fixture
def tab(chromium, site):
    context = chromium.new_context(viewport=PHONE, reduced_motion="reduce", base_url=site)
    context.add_cookies([{"name": "django_language", "value": "en", "url": site}])
    page = context.new_page()
    stopped = []
    page.on("console", lambda line: stopped.append(line.text) if "Policy" in line.text else None)
    page.on("pageerror", lambda error: stopped.append(str(error)))
    yield page
    context.close()
    assert stopped == []


def sign_in(tab, email="viewer@example.com"):
    tab.goto("/accounts/login/?next=/me/")
    tab.get_by_label("E-mail").fill(email)
    tab.get_by_label("Password", exact=True).fill(PASSWORD)
    tab.get_by_role("button", name="Sign in", exact=True).click()
    expect(tab).to_have_url("/me/")


def test_passkey_is_added_and_signs_in_alone(tab):
    devtools = tab.context.new_cdp_session(tab)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
            }
        },
    )
    sign_in(tab, "passkeys@example.com")  # who has a second step from here on
    tab.goto("/accounts/2fa/webauthn/add/")
    tab.get_by_label("Password", exact=True).fill(PASSWORD)
    tab.get_by_role("button", name="Confirm").click()
    tab.get_by_label("Name, so that you know it again").fill("My phone")
    tab.get_by_label("Sign in with it alone, without a password").check()
    tab.get_by_role("button", name="Add", exact=True).click()
    expect(tab.get_by_role("heading", name="Recovery codes")).to_be_visible()
    tab.goto("/accounts/2fa/webauthn/")
    expect(tab.get_by_text("My phone")).to_be_visible()

    tab.goto("/me/")
    tab.get_by_role("button", name="Sign out").click()
    tab.goto("/accounts/login/?next=/me/")
    tab.get_by_role("button", name="Sign in with a passkey").click()
    expect(tab).to_have_url("/me/")
    expect(tab.get_by_role("heading", name="韦小钥")).to_be_visible()


def test_unused_passkey_is_said_in_words(tab):
    tab.goto("/accounts/login/")
    tab.evaluate(
        "() => { navigator.credentials.get = () => Promise.reject(new Error('cancelled')) }"
    )
    tab.get_by_role("button", name="Sign in with a passkey").click()
    expect(tab.get_by_text("The passkey was not used")).to_be_visible()


def test_cities_follow_the_province(tab, world):
    sign_in(tab, "newcomer@example.com")
    tab.goto("/me/addresses/new/")
    tab.get_by_label("Recipient").fill("覃小满")
    tab.get_by_label("Mobile number").fill("+86 139 1234 5678")
    tab.get_by_label("Province").select_option("广西壮族自治区")
    tab.get_by_label("City").select_option("河池市")
    tab.get_by_label("County or district").select_option("凤山县")
    tab.get_by_label("Street, number, building, room").fill("幸福路 1 号")
    tab.get_by_role("button", name="Save the address").click()
    expect(tab.get_by_text("The address is saved.")).to_be_visible()
    assert world.newcomer.addresses.get().one_line == "广西壮族自治区河池市凤山县幸福路 1 号"


def test_colours_change_at_once_and_stay(tab):
    tab.goto("/accounts/login/")
    menu = tab.locator("summary", has=tab.locator("use[href$='#globe']"))
    menu.click()
    tab.get_by_role("button", name="Dark").click()
    expect(tab.locator("html")).to_have_attribute("data-theme", "dark")
    expect(tab.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")
    tab.keyboard.press("Escape")
    expect(tab.get_by_role("button", name="Dark")).to_be_hidden()
    tab.reload()
    expect(tab.locator("html")).to_have_attribute("data-theme", "dark")


def test_lost_connection_is_said_and_the_message_closes(tab):
    tab.goto("/accounts/login/")
    tab.context.set_offline(True)
    tab.evaluate("htmx.ajax('GET', '/me/divisions/', '#main').catch(() => {})")
    message = tab.get_by_text("That did not reach us").first
    expect(message).to_be_visible()
    tab.get_by_role("button", name="Close this message").first.click()
    expect(message).to_be_hidden()


def test_who_was_told_to_buy_can_say_so_without_an_account(tab):
    tab.goto("/integrity/told/")
    tab.locator("[name=pressure]").first.check()
    tab.get_by_role("button", name="Send").click()
    expect(tab).to_have_url("/integrity/told/thanks/")


def test_a_vote_by_keyboard_keeps_the_place_one_is_at(tab, world):
    sign_in(tab)
    tab.goto("/voice/")
    vote = tab.locator("[id^=vote-]").first
    before = vote.get_attribute("aria-pressed")
    vote.press("Enter")
    expect(vote).to_have_attribute("aria-pressed", "false" if before == "true" else "true")
    expect(vote).to_be_focused()
