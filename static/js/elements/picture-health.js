// <picture-health data-line="…">: how the host's picture goes out, in words. In the browser that
// sends it the words follow its own measurements, which it also tells the room; in an assistant's
// browser, what the room tells. [data-health="code"] hold the words, see room/health.js.

import { RoomElement } from "../room/room-element.js";
import { fill } from "../room/words.js";
import { figuresOf, judge } from "../room/health.js";

const TELL_MS = 4000;
const OLD_MS = 20_000;
const TWICE = 2; // trouble is said when it was seen so often in a row: a moment's dip is none

class PictureHealth extends RoomElement {
  #own = false;
  #toldAt = 0;
  #code = "";
  #seen = ["", 0];
  #timer = 0;

  ready(options) {
    this.room.addEventListener("broadcaster-stats", ({ detail }) => this.#measured(detail), options);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
  }

  draw() {}

  happened(event) {
    if (event.t === "health" && !this.#own) this.#say(event);
  }

  #measured(detail) {
    this.#own = true;
    const figures = figuresOf(detail);
    this.#say(figures);
    if (Date.now() - this.#toldAt < TELL_MS) return;
    this.#toldAt = Date.now();
    this.room.send({ t: "health", ...figures }).catch(() => {}); // the next one says it again
  }

  #say(figures) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.hidden = true), OLD_MS); // nobody measures any more
    this.hidden = false;
    const code = judge(figures);
    this.#seen = [code, this.#seen[0] === code ? this.#seen[1] + 1 : 1];
    if (!this.#code || this.#seen[1] >= TWICE) this.#code = code;
    const places = { ...figures, lost: figures.lost / 10 };
    const words = fill(this.querySelector(`[data-health="${this.#code}"]`).textContent, places);
    const place = this.querySelector("[data-health-words]");
    if (place.textContent !== words) place.textContent = words;
    this.querySelector("[data-health-line]").textContent = fill(this.dataset.line, places);
    this.dataset.code = this.#code;
  }
}

customElements.define("picture-health", PictureHealth);
