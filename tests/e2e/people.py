"""What people do in the shop, by what they see: sign in, go live, watch, talk, buy."""

import re
import time

from playwright.sync_api import Browser, BrowserContext, Page, expect

PASSWORD = "third-of-march"
PHONE = {"width": 360, "height": 640}
DESK = {"width": 1440, "height": 900}


def email_of(role: str) -> str:
    return f"{role}@demo.livecommerce.example"


class Person:
    """One browser context: its own cookies, its own page, and what went wrong in it."""

    def __init__(self, browser: Browser, shop_url: str, *, viewport: dict, **context) -> None:
        self.shop_url = shop_url
        self.context: BrowserContext = browser.new_context(
            viewport=viewport, locale="zh-CN", timezone_id="Asia/Shanghai", **context
        )
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._listen)

    def _listen(self, message) -> None:
        if "Content Security Policy" in message.text:
            self.complaints.append(message.text)

    def open(self, path: str) -> None:
        self.page.goto(self.shop_url + path)

    def sign_in(self, role: str) -> None:
        self.open("/accounts/login/")
        form = self.page.locator("form[action$='/accounts/login/']:has([type=email])")
        form.locator('[name="login"]').fill(email_of(role))
        form.locator('[name="password"]').fill(PASSWORD)
        form.locator("button").last.click()
        self.page.wait_for_load_state()
        self._give_the_code()
        assert "/accounts/" not in self.page.url, self.page.locator("main").inner_text()

    def _give_the_code(self) -> None:
        """A code counts once: whoever signs in again within its half minute waits for the next."""
        used = ""
        while "/2fa/" in self.page.url:
            shown = re.search(r"\b\d{6}\b", self.page.locator(".notice .digits").inner_text())
            assert shown, "the demo shows its code"
            if shown[0] == used:
                self.page.wait_for_timeout(3000)
                self.page.reload()
                continue
            used = shown[0]
            self.page.fill('[name="code"]', used)
            self.page.locator('form:has([name="code"]) button').first.click()
            self.page.wait_for_load_state()

    def close(self) -> None:
        self.context.close()


_MOVES = """async () => {
  const video = document.querySelector("live-player video");
  if (!video || video.readyState < 2 || !video.videoWidth) return false;
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [64, 36];
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  const look = () => {
    pen.drawImage(video, 0, 0, 64, 36);
    return pen.getImageData(0, 0, 64, 36).data.join();
  };
  const [frame, time] = [look(), video.currentTime];
  await new Promise((done) => setTimeout(done, 600));
  return video.currentTime > time + 0.2 && look() !== frame;
}"""


def picture_moves(page: Page, *, within_ms: int = 20_000) -> None:
    """Time advances and two frames, half a second apart, are not the same picture."""
    comes_true(page, _MOVES, within_ms=within_ms)


def comes_true(page: Page, question: str, *, within_ms: int) -> None:
    """Asked anew from here: wait_for_function takes any promise for a yes."""
    deadline = time.monotonic() + within_ms / 1000
    while not page.evaluate(question):
        assert time.monotonic() < deadline, f"it did not come true: {question}"
        page.wait_for_timeout(300)


def say(page: Page, text: str) -> None:
    page.fill("[data-say] [name=text]", text)
    page.locator("[data-say] button[type=submit]").click()


def sees(page: Page, text: str, *, within_ms: int = 5_000) -> None:
    expect(page.locator(".chat-lines")).to_contain_text(text, timeout=within_ms)
