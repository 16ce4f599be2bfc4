// <live-chat data-hide-url data-moderate-url data-unsent>: the lines, and the room's [data-say] form.
//
// A line's buttons show when it is pointed at or tapped; by keyboard, arrow keys in the list go from
// line to line and along the buttons. A line that the room does not see (chat_kept) is marked.
//
// Lines are text, never markup. A line that could not be sent stays in the box, and goes out with
// the same key, so that a retry says it once.

import { chatRow } from "../room/chat-row.js";
import { RoomElement } from "../room/room-element.js";

const MOST_LINES = 200;
const NEAR_PX = 60;
const CROWDED = { lines: 6, ms: 10_000 }; // above it a screen reader is not told each line

class LiveChat extends RoomElement {
  #list = null;
  #unsent = null; // { text, k } of a line without an answer
  #reply = 0; // the line that is answered
  #arrivals = [];

  ready(options) {
    this.#list = this.querySelector(".chat-lines");
    this.querySelector("[data-newer]")?.addEventListener("click", () => this.#toEnd(), options);
    this.#list.addEventListener("scroll", () => this.#scrolled(), { ...options, passive: true });
    this.#list.addEventListener("click", (event) => this.#pressed(event), options);
    this.form = this.room.querySelector("[data-say]");
    this.form?.addEventListener("submit", (event) => this.#say(event), options);
    this.form?.addEventListener("click", (event) => this.#addEmoji(event), options);
    this.#list.addEventListener("keydown", (event) => this.#walk(event), options);
    this.querySelector("[data-answer-not]")?.addEventListener("click", () => this.#answer(null), options);
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
      const row = this.#row(event.id);
      if (row?.classList.contains("is-kept")) row.remove(); // a moderator let it through
      else if (row) return;
      this.#add(event);
    } else if (event.t === "chat_kept") {
      this.#row(event.id)?.remove();
      if (event.text) this.#add(event);
    } else if (event.t === "chat_hidden") {
      for (const id of event.ids) {
        this.#row(id)?.remove();
        for (const quote of this.#list.querySelectorAll(`[data-quotes="${Number(id)}"]`)) quote.hidden = true;
      }
    }
  }

  #row(id) {
    return this.#list.querySelector(`[data-id="${Number(id)}"]`);
  }

  #add(line) {
    const wasAtEnd = this.#isAtEnd();
    const row = chatRow(line);
    row.classList.toggle("is-kept", Boolean(line.why));
    for (const word of row.querySelectorAll("[data-kept]")) word.hidden = word.dataset.kept !== line.why;
    if (line.reply) {
      const quote = row.querySelector('[data-f="quote"]');
      quote.textContent = `${line.reply.name}：${line.reply.text}`;
      quote.dataset.quotes = line.reply.id;
      quote.hidden = false;
    }
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
    const reply = this.#reply || undefined;
    const k = this.#unsent?.text === text && this.#unsent.reply === reply ? this.#unsent.k : crypto.getRandomValues(new Uint32Array(3)).join("-");
    this.#unsent = { text, k, reply };
    this.#problem("");
    try {
      await this.room.send({ t: "say", text, k, reply });
      this.#unsent = null;
      this.#answer(null);
      if (input.value.trim() === text) input.value = "";
      this.#toEnd();
    } catch (refusal) {
      this.#problem(refusal.message || this.dataset.unsent);
    }
  }

  // ---- answering, and emoji

  #answer(row) {
    const bar = this.querySelector("[data-answering]");
    this.#reply = row ? Number(row.dataset.id) : 0;
    if (!bar) return;
    bar.hidden = !row;
    if (!row) return;
    const [name, text] = ["name", "text"].map((part) => row.querySelector(`[data-f="${part}"]`).textContent);
    bar.querySelector("[data-answered]").textContent = `${name}：${text}`;
    this.form?.elements.text.focus();
  }

  #addEmoji(event) {
    const button = event.target.closest("[data-emoji]");
    if (!button) return;
    const input = this.form.elements.text;
    input.setRangeText(button.textContent, input.selectionStart, input.selectionEnd, "end");
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // ---- a line's buttons

  #walk(event) {
    const step = { ArrowUp: -1, ArrowDown: 1, ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    const isAlong = event.key === "ArrowLeft" || event.key === "ArrowRight";
    const now = event.target.closest(".line");
    const all = [...(isAlong ? (now?.querySelectorAll(".line-act") ?? []) : this.#list.querySelectorAll(".line"))];
    if (!all.length) return;
    const at = all.indexOf(isAlong ? event.target : now);
    const next = at < 0 ? all.at(-1) : all[at + step];
    const button = isAlong ? next : next?.querySelector(".line-act");
    if (!button) return;
    event.preventDefault();
    button.focus();
    next.scrollIntoView({ block: "nearest" });
  }

  #choose(row) {
    for (const other of this.#list.querySelectorAll(".is-chosen")) if (other !== row) other.classList.remove("is-chosen");
    row?.classList.toggle("is-chosen");
  }

  async #pressed(event) {
    const row = event.target.closest("[data-id]");
    if (!row) return;
    if (!event.target.closest(".line-act")) {
      this.#choose(row);
      return;
    }
    if (event.target.closest("[data-reply]")) this.#answer(row);
    if (event.target.closest("[data-moderate]")) {
      const url = this.dataset.moderateUrl.replace("/0/", `/${row.dataset.id}/`);
      window.htmx.ajax("GET", url, { target: "#moderation-panel" });
    }
    if (!event.target.closest("[data-hide]")) return;
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
