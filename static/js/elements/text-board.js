// <text-board data-url="…">: the show in words, for lines that carry neither picture nor sound.
// What is explained now with what can be said of it, and a log of what happened. Chat, prices and
// buying are where they always are.
//
// Content: [data-board-facts] (an article for each product, fetched once from data-url unless the
// page came with them), [data-board-none], <ol data-board-log>, and <template data-line="pin|
// unpin|announcement|question|segment|away|live"> with [data-f="at"] and [data-f="words"].

import { serverNow } from "../room/clock.js";
import { RoomElement } from "../room/room-element.js";
import { pick } from "../room/words.js";
import { stateOf } from "./show-state.js";

const KEPT = 40;

class TextBoard extends RoomElement {
  #isAsked = false;
  #before = null;

  ready(options) {
    this.clock = new Intl.DateTimeFormat(document.documentElement.lang, {
      hour: "2-digit", minute: "2-digit", hour12: false, timeZone: "Asia/Shanghai",
    });
    this.room.addEventListener("rung-changed", () => this.draw(this.room.state), options);
  }

  draw(state) {
    if (!state?.show) return;
    this.#log(state);
    if (this.room.dataset.rung !== "text") return;
    this.#fetchFacts();
    const open = new Set(state.pins.open.map((pin) => String(pin.item)));
    let isAny = false;
    for (const article of this.querySelectorAll("[data-board-item]")) {
      article.hidden = !open.has(article.dataset.boardItem);
      isAny ||= !article.hidden;
    }
    this.querySelector("[data-board-none]").hidden = isAny;
  }

  /** On every rung, so that who steps down finds what was said before. */
  #log(state) {
    const before = this.#before;
    this.#before = {
      pins: state.pins.open.map((pin) => pin.item),
      announcement: state.show.announcement,
      on: state.show.state === "live" ? stateOf(state.show) : "",
      question: this.#onAir(state)?.id ?? null,
      segment: state.run?.now?.id ?? null,
    };
    const name = (item) => pick(state.shelf.cards.find((card) => card.item === item) ?? {}, "name");
    const now = this.#before;
    if (!before) {
      for (const pin of state.pins.open) this.#add("pin", name(pin.item), pin.at);
      if (now.announcement) this.#add("announcement", now.announcement);
      return;
    }
    for (const item of now.pins.filter((one) => !before.pins.includes(one))) this.#add("pin", name(item));
    for (const item of before.pins.filter((one) => !now.pins.includes(one))) this.#add("unpin", name(item));
    if (now.announcement && now.announcement !== before.announcement) {
      this.#add("announcement", now.announcement);
    }
    if (now.question && now.question !== before.question) this.#add("question", this.#onAir(state).text);
    if (now.segment && now.segment !== before.segment) this.#add("segment", pick(state.run.now, "title"));
    if (now.on !== before.on && now.on) this.#add(now.on, "");
  }

  #onAir({ questions = [] }) {
    return questions.find((question) => question.state === "on_air");
  }

  #add(kind, words, at = serverNow()) {
    const template = this.querySelector(`template[data-line="${kind}"]`);
    if (!template || words === undefined) return;
    const line = template.content.firstElementChild.cloneNode(true);
    line.querySelector('[data-f="at"]').textContent = this.clock.format(at);
    const place = line.querySelector('[data-f="words"]');
    if (place) place.textContent = words;
    const log = this.querySelector("[data-board-log]");
    log.prepend(line);
    while (log.children.length > KEPT) log.lastElementChild.remove();
  }

  async #fetchFacts() {
    const place = this.querySelector("[data-board-facts]");
    if (this.#isAsked || place.children.length) return;
    this.#isAsked = true;
    try {
      const answer = await fetch(this.dataset.url, { credentials: "same-origin" });
      if (!answer.ok) throw new Error(String(answer.status));
      place.innerHTML = await answer.text(); // our own page's markup, escaped by the server
      this.draw(this.room.state);
    } catch {
      this.#isAsked = false; // asked again with the next change
    }
  }
}

customElements.define("text-board", TextBoard);
