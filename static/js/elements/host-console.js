// <host-console data-go-live data-end data-pin … (addresses)>: what the host presses. Everything
// that changes comes back through the room, so two consoles of one show agree.
//
// Keys: 1–9 pin or unpin, with Shift beside the one before. Never while typing. The other keys are
// in room/keys.js.

import "./count-down.js";
import { RoomElement } from "../room/room-element.js";
import { serverNow } from "../room/clock.js";
import { fill } from "../room/words.js";
import { stateOf } from "./show-state.js";

const CONNECT_MS = 15_000;
const [OPEN_LOOK_MS, LOOK_MS] = [2000, 15_000];
const PASSING = ["ticker", "chat", "cockpit", "health"]; // drawn by other elements
const ON_AIR = ["live", "rehearsing"];
const two = (number) => String(number).padStart(2, "0");

class HostConsole extends RoomElement {
  #started = null;
  #flashLookedAt = Date.now();
  #hadFocus = false;

  ready(options) {
    this.broadcaster = this.querySelector("live-broadcaster");
    this.addEventListener("click", (event) => this.#clicked(event), options);
    this.addEventListener("submit", (event) => this.#submitted(event), options);
    this.addEventListener("change", (event) => {
      if (event.target.matches("[data-slow]")) this.#post("slowMode", { seconds: event.target.value });
    }, options);
    this.addEventListener("broadcaster-state", () => this.#drawGoLive(), options);
    document.addEventListener("keydown", (event) => this.#key(event), options);
    this.addEventListener("htmx:beforeRequest", ({ target }) => {
      const panel = target.closest("#flash-panel"); // before its button is disabled and lets go
      if (panel) this.#hadFocus = panel.contains(document.activeElement);
    }, options);
    this.addEventListener("htmx:afterSettle", () => {
      const isLost = this.#hadFocus && document.activeElement === document.body;
      this.#hadFocus = false;
      if (isLost) this.querySelector("#flash-panel")?.focus(); // its button went with the old list
    }, options);
    this.room.addEventListener("room-connection", ({ detail }) => {
      if (detail.connection === "open") this.#lookAtRights();
    }, options);
    this.clock = setInterval(() => this.#tick(), 1000);
  }

  /** Rights that change close the socket. Who comes back with others gets another page. */
  async #lookAtRights() {
    const options = { headers: { Accept: "application/json" }, redirect: "manual" };
    const answer = await fetch(this.dataset.rights, options).catch(() => null);
    if (answer?.status === 200) location.assign((await answer.json()).go);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this.clock);
  }

  // ---- flash sales: the server draws their list

  #lookAtFlash() {
    const panel = this.querySelector("#flash-panel");
    this.#flashLookedAt = Date.now();
    if (panel) window.htmx?.trigger(panel, "flash-look");
  }

  /** Not while a button of it is being pressed: it would be gone before it is let go. */
  #lookAtFlashNowAndThen() {
    const panel = this.querySelector("#flash-panel");
    const due = this.#flashLookedAt + (panel?.hasAttribute("data-is-open") ? OPEN_LOOK_MS : LOOK_MS);
    if (panel && Date.now() >= due && !document.hidden && !panel.matches(":active")) this.#lookAtFlash();
  }

  draw({ show, pins, stock }) {
    const now = stateOf(show);
    this.room.dataset.state = this.dataset.show = now;
    const isLive = ON_AIR.includes(show.state);
    this.#started = isLive ? show.started_at : null;
    for (const word of this.querySelectorAll("[data-state-word]")) {
      word.hidden = !word.dataset.stateWord.split(" ").includes(now);
    }
    for (const part of this.querySelectorAll("[data-needs-live], [data-resume]")) part.hidden = !isLive;
    for (const part of this.querySelectorAll("[data-before], [data-help-before]")) part.hidden = isLive;
    if (now === "ended" || now === "cancelled") this.broadcaster?.stop();
    const player = this.querySelector("live-player"); // of an assistant, who sends nothing
    if (player && player.getAttribute("state") !== now) player.setAttribute("state", now);
    const open = new Set(pins.open.map((pin) => pin.item));
    for (const row of this.querySelectorAll("[data-item]")) {
      row.querySelector("[data-pin-item]").setAttribute("aria-pressed", String(open.has(Number(row.dataset.item))));
      const left = row.querySelector("[data-left]");
      const level = stock[row.dataset.pool];
      if (level) left.textContent = fill(left.dataset.pattern, { n: level.left });
    }
    for (const left of this.querySelectorAll("[data-flash-left]")) {
      const level = stock[left.dataset.flashLeft];
      if (level) left.textContent = level.left;
    }
    this.#drawGoLive();
    this.#tick();
  }

  happened(event, state) {
    if (PASSING.includes(event.t)) return;
    // The lists of flash sales and of hand-overs are the server's to draw: htmx fetches them anew.
    if (event.t.startsWith("flash") || event.t === "show") this.#lookAtFlash();
    if (event.t.startsWith("relay") || event.t === "show") this.#lookAtRelay();
    if (event.t === "answer" || event.t === "show") this.#lookAtAnswers();
    if (!event.t.startsWith("relay")) this.draw(state);
  }

  #lookAtRelay() {
    const panel = this.querySelector("#relay-panel");
    if (panel) window.htmx?.trigger(panel, "relay-look");
  }

  #lookAtAnswers() {
    const panel = this.querySelector("#answers-panel");
    if (panel) window.htmx?.trigger(panel, "answers-look");
  }

  #tick() {
    this.#lookAtFlashNowAndThen();
    const seconds = this.#started ? Math.max(0, Math.floor((serverNow() - this.#started) / 1000)) : 0;
    const clock = this.querySelector("[data-elapsed]");
    clock.textContent = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  }

  // ---- going live

  /** Hidden while the picture is being sent to a live show; there is nothing left to press. */
  #drawGoLive() {
    const button = this.querySelector('[data-act="go-live"]');
    const isSending = ["live", "connecting", "reconnecting"].includes(this.broadcaster?.state);
    const isLive = this.#started !== null;
    if (button) button.hidden = isLive && isSending;
  }

  async #goLive() {
    this.#problem("");
    if (this.#started === null || this.broadcaster.state !== "live") {
      const arrived = this.#pictureArrives();
      await this.broadcaster.start();
      if (!(await arrived)) return; // the broadcaster says why
    }
    if (this.dataset.goLive) await this.#post("goLive"); // a rehearsal never does
  }

  #pictureArrives() {
    if (this.broadcaster.state === "live") return Promise.resolve(true);
    return new Promise((resolve) => {
      const timer = setTimeout(() => done(false), CONNECT_MS);
      const listen = ({ detail }) => {
        if (detail.state === "live") done(true);
        else if (["idle", "stopped"].includes(detail.state)) done(false);
      };
      const done = (came) => {
        clearTimeout(timer);
        this.removeEventListener("broadcaster-state", listen);
        resolve(came);
      };
      this.addEventListener("broadcaster-state", listen);
    });
  }

  // ---- pressing

  #clicked(event) {
    const pin = event.target.closest("[data-pin-item]");
    if (pin) this.#togglePin(pin, event.shiftKey);
    const act = event.target.closest("[data-act]")?.dataset.act;
    if (act === "go-live") this.#goLive();
    else if (act === "go-live-encoder" && this.dataset.goLive) this.#post("goLive");
    const copy = event.target.closest("[data-copy]");
    if (copy) this.#copy(copy.dataset.copy);
  }

  #key(event) {
    const isTyping = event.target.closest?.("input, textarea, select, [contenteditable], dialog[open]");
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const digit = /^Digit([1-9])$/.exec(event.code)?.[1];
    const pin = digit && this.querySelectorAll("[data-pin-item]")[Number(digit) - 1];
    if (!pin) return;
    event.preventDefault();
    this.#togglePin(pin, event.shiftKey);
  }

  #togglePin(button, isBeside) {
    const item = button.dataset.pinItem;
    if (button.getAttribute("aria-pressed") === "true") this.#post("unpin", { item });
    else this.#post("pin", isBeside ? { item, keep: "1" } : { item });
  }

  #submitted(event) {
    const form = event.target.closest("[data-announce-form]");
    if (!form) return;
    event.preventDefault();
    this.#post("announce", { text: form.elements.text.value });
  }

  async #copy(text) {
    await navigator.clipboard.writeText(text);
    document.getElementById("toasts")?.show?.(this.dataset.copied, "success");
  }

  async #post(action, values = {}) {
    this.#problem("");
    try {
      const answer = await fetch(this.dataset[action], {
        method: "POST",
        body: new URLSearchParams(values),
        headers: {
          Accept: "application/json",
          "X-CSRFToken": JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"],
        },
      });
      if (!answer.ok) this.#problem((await answer.json().catch(() => ({}))).message ?? this.dataset.failed);
    } catch {
      this.#problem(this.dataset.failed);
    }
  }

  #problem(text) {
    const place = this.querySelector("[data-problem-words]");
    if (!place) return;
    place.textContent = text;
    place.hidden = !text;
  }
}

customElements.define("host-console", HostConsole);
