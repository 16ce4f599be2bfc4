// <live-chat data-hide-url data-unsent>: the lines, and the room's [data-say] form.
//
// Lines are text, never markup. A line that could not be sent stays in the box, and goes out with
// the same key, so that a retry says it once.

import { RoomElement } from "../room/room-element.js";
import { isChinese } from "../room/words.js";

const MOST_LINES = 200;
const NEAR_PX = 60;
const CROWDED = { lines: 6, ms: 10_000 }; // above it a screen reader is not told each line

class LiveChat extends RoomElement {
  #list = null;
  #unsent = null; // { text, k } of a line without an answer
  #arrivals = [];

  ready(options) {
    this.#list = this.querySelector(".chat-lines");
    this.querySelector("[data-newer]")?.addEventListener("click", () => this.#toEnd(), options);
    this.#list.addEventListener("scroll", () => this.#scrolled(), { ...options, passive: true });
    this.#list.addEventListener("click", (event) => this.#pressed(event), options);
    this.form = this.room.querySelector("[data-say]");
    this.form?.addEventListener("submit", (event) => this.#say(event), options);
    this.#toEnd();
  }

  draw({ chat }) {
    const shown = new Map([...this.#list.children].map((row) => [Number(row.dataset.id), row]));
    const hidden = new Set(chat.filter((line) => line.hidden).map((line) => line.id));
    for (const [id, row] of shown) if (hidden.has(id)) row.remove();
    for (const line of chat) if (!line.hidden && !shown.has(line.id)) this.#add(line);
  }

  happened(event) {
    if (event.t === "chat") {
      if (!this.#row(event.id)) this.#add(event);
    } else if (event.t === "chat_hidden") {
      for (const id of event.ids) this.#row(id)?.remove();
    }
  }

  #row(id) {
    return this.#list.querySelector(`[data-id="${Number(id)}"]`);
  }

  #add(line) {
    const wasAtEnd = this.#isAtEnd();
    const row = document.getElementById("line-template").content.firstElementChild.cloneNode(true);
    row.dataset.id = line.id;
    if (line.badge) row.classList.add(`line-${line.badge}`);
    for (const badge of row.querySelectorAll("[data-badge]")) {
      const { badge: kind } = badge.dataset;
      badge.hidden = kind === "demo" ? !line.is_demo : kind !== line.badge;
    }
    const name = row.querySelector('[data-f="name"]');
    name.textContent = line.name;
    name.hidden = !line.name; // the shop's own words, in both languages
    row.querySelector('[data-f="text"]').textContent = isChinese ? line.text : line.text_en || line.text;
    const after = [...this.#list.children].findLast((other) => Number(other.dataset.id) < line.id);
    if (after) after.after(row);
    else this.#list.prepend(row);
    this.#keepQuietInACrowd();
    if (this.#list.children.length > MOST_LINES) this.#list.firstElementChild.remove();
    if (wasAtEnd) this.#toEnd();
    else this.querySelector("[data-newer]")?.removeAttribute("hidden");
  }

  #keepQuietInACrowd() {
    const now = Date.now();
    this.#arrivals = [...this.#arrivals.filter((at) => now - at < CROWDED.ms), now];
    this.#list.setAttribute("aria-live", this.#arrivals.length > CROWDED.lines ? "off" : "polite");
  }

  #isAtEnd() {
    return this.#list.scrollHeight - this.#list.scrollTop - this.#list.clientHeight < NEAR_PX;
  }

  #toEnd() {
    this.#list.scrollTop = this.#list.scrollHeight;
    this.querySelector("[data-newer]")?.setAttribute("hidden", "");
  }

  #scrolled() {
    if (this.#isAtEnd()) this.querySelector("[data-newer]")?.setAttribute("hidden", "");
  }

  async #say(event) {
    event.preventDefault();
    const input = this.form.elements.text;
    const text = input.value.trim();
    if (!text) return;
    const k = this.#unsent?.text === text ? this.#unsent.k : crypto.getRandomValues(new Uint32Array(3)).join("-");
    this.#unsent = { text, k };
    this.#problem("");
    try {
      await this.room.send({ t: "say", text, k });
      this.#unsent = null;
      if (input.value.trim() === text) input.value = "";
      this.#toEnd();
    } catch (refusal) {
      this.#problem(refusal.message || this.dataset.unsent);
    }
  }

  async #pressed(event) {
    const row = event.target.closest("[data-hide]")?.closest("[data-id]");
    if (!row) return;
    const body = new URLSearchParams({ message: row.dataset.id });
    const headers = { "X-CSRFToken": JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"] };
    const answer = await fetch(this.dataset.hideUrl, { method: "POST", body, headers });
    if (answer.ok) row.remove();
    else this.#problem((await answer.json().catch(() => ({}))).message ?? this.dataset.unsent);
  }

  #problem(text) {
    const place = this.querySelector(".chat-problem");
    place.textContent = text;
    place.hidden = !text;
  }
}

customElements.define("live-chat", LiveChat);
