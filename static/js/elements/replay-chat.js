// <replay-chat data-url data-window>: what was said, as the picture reaches the moment it was said.
// Lines come a minute at a time and are text, never markup. They are not read out: they are old.

import { minutesOf } from "../replay/minutes.js";
import { chatRow } from "../room/chat-row.js";
import { RoomElement } from "../room/room-element.js";

const MOST_LINES = 150;
const AHEAD_MS = 10_000;
const NEAR_PX = 60;

class ReplayChat extends RoomElement {
  #list = null;
  #ms = 0;
  #anew = true;

  ready(options) {
    this.minutes = minutesOf(this.room);
    this.#list = this.querySelector(".chat-lines");
    this.room.addEventListener("replay-time", ({ detail }) => this.#at(detail), options);
  }

  async #at({ ms, jumped }) {
    this.#anew ||= jumped || ms < this.#ms;
    this.#ms = ms;
    const n = this.minutes.numberAt(ms);
    await Promise.all([n - 1, n].filter((one) => one >= 0).map((one) => this.minutes.get(one)));
    this.#show(); // the picture may be elsewhere by now: what is known of that place is shown
    const next = this.minutes.numberAt(this.#ms + AHEAD_MS);
    if (next > n) this.minutes.get(next);
  }

  /** The lines up to now; after a jump the list begins anew. */
  #show() {
    const n = this.minutes.numberAt(this.#ms);
    const known = [n - 1, n].flatMap((one) => this.minutes.peek(one)?.lines ?? []);
    const lines = known.filter((line) => line.pos <= this.#ms).slice(-MOST_LINES);
    const wasAtEnd = this.#list.scrollHeight - this.#list.scrollTop - this.#list.clientHeight < NEAR_PX;
    const shown = new Map([...this.#list.children].map((row) => [Number(row.dataset.id), row]));
    const rows = lines.map((line) => shown.get(line.id) ?? chatRow(line));
    const isAnew = this.#anew && this.minutes.peek(n) !== null;
    if (isAnew) this.#list.replaceChildren(...rows);
    else for (const row of rows) if (!row.isConnected) this.#list.append(row);
    if (isAnew) this.#anew = false;
    while (this.#list.children.length > MOST_LINES) this.#list.firstElementChild.remove();
    this.querySelector("[data-empty]").hidden = this.#list.children.length > 0;
    if (wasAtEnd || isAnew) this.#list.scrollTop = this.#list.scrollHeight;
  }
}

customElements.define("replay-chat", ReplayChat);
