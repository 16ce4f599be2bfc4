// A list that is put in order by dragging a handle (mouse, pen, finger), by the arrow keys on it, by
// Alt and the arrow keys anywhere in a row, or by the buttons up and down. Each change is told to the
// server at once; what it refuses goes back to where it was. Rows are marked [data-row], see
// run-order.js and specialty-order.js for what is sent and what comes back.

import { fill } from "./room/words.js";

const EDGE = 72; // pixels from the window's edge in which a drag scrolls
const KEYS = { ArrowUp: -1, ArrowDown: 1, Home: -Infinity, End: Infinity };

export class DragOrder extends HTMLElement {
  #dragged = null;
  #before = [];
  #told = Promise.resolve();

  connectedCallback() {
    this.list = this.querySelector("ol");
    this.addEventListener("keydown", (event) => this.#key(event));
    this.addEventListener("click", (event) => this.#pressed(event));
    this.addEventListener("pointerdown", (event) => this.#grab(event));
    this.addEventListener("pointermove", (event) => this.#drag(event));
    this.addEventListener("pointerup", () => this.#drop());
    this.addEventListener("pointercancel", () => this.#drop());
  }

  get #rows() {
    return [...this.list.children];
  }

  /** What is told beside the order; and what is done with the answer. For those who extend this. */
  extra() {
    return {};
  }

  answered(_told) {}

  #key(event) {
    const isHandle = event.target.matches("[data-grip]");
    if (!(event.key in KEYS) || !(isHandle || event.altKey)) return;
    const row = event.target.closest("[data-row]");
    if (!row || event.target.matches("input, textarea, select")) return;
    event.preventDefault();
    this.#step(row, KEYS[event.key], event.target);
  }

  #pressed(event) {
    const button = event.target.closest("[data-step-by]");
    if (!button) return;
    event.preventDefault(); // the form is for pages without this script
    this.#step(button.closest("[data-row]"), Number(button.dataset.stepBy), button);
  }

  #step(row, by, focused) {
    const rows = this.#rows;
    const from = rows.indexOf(row);
    const to = Math.max(0, Math.min(rows.length - 1, from + by));
    if (to === from) return;
    this.#before = rows;
    if (to < from) rows[to].before(row);
    else rows[to].after(row);
    focused.focus(); // moving a row lets go of it
    this.#changed(row);
  }

  // ---- dragging

  #grab(event) {
    const grip = event.target.closest("[data-grip]");
    if (!grip || event.button !== 0) return;
    this.#dragged = grip.closest("[data-row]");
    this.#before = this.#rows;
    this.#dragged.classList.add("is-dragged");
    grip.setPointerCapture(event.pointerId);
  }

  #drag(event) {
    const row = this.#dragged;
    if (!row) return;
    event.preventDefault();
    if (event.clientY < EDGE) scrollBy(0, -12);
    else if (event.clientY > innerHeight - EDGE) scrollBy(0, 12);
    const after = this.#rows.find((other) => {
      const { top, height } = other.getBoundingClientRect();
      return other !== row && event.clientY < top + height / 2;
    });
    this.#moveTo(row, after ?? null);
  }

  /** The others move around it: a finger's events end with a row that is taken out of the page. */
  #moveTo(row, after) {
    const rows = this.#rows;
    const from = rows.indexOf(row);
    const to = after ? rows.indexOf(after) : rows.length;
    if (to < from) row.after(...rows.slice(to, from));
    else row.before(...rows.slice(from + 1, to));
  }

  #drop() {
    const row = this.#dragged;
    if (!row) return;
    this.#dragged = null;
    row.classList.remove("is-dragged");
    if (this.#rows.some((one, place) => one !== this.#before[place])) this.#changed(row);
  }

  // ---- telling the server

  #changed(row) {
    const rows = this.#rows;
    const before = this.#before;
    this.#number(rows);
    const name = row.querySelector("[data-name]").textContent;
    const place = rows.indexOf(row) + 1;
    this.querySelector("[data-says]").textContent = fill(this.dataset.moved, { name, place, of: rows.length });
    const order = rows.map((one) => one.dataset.row).join(",");
    this.#told = this.#told.then(() => this.#tell(order, before)); // one after the other
  }

  #number(rows) {
    rows.forEach((row, place) => {
      row.querySelector("[data-place]").textContent = place + 1;
      for (const button of row.querySelectorAll("[data-step-by]")) {
        const end = Number(button.dataset.stepBy) < 0 ? 0 : rows.length - 1;
        button.toggleAttribute("aria-disabled", place === end);
        if (place === end) button.setAttribute("aria-disabled", "true");
      }
    });
  }

  async #tell(order, before) {
    let words = this.dataset.failed;
    try {
      const answer = await fetch(this.dataset.url, {
        method: "POST",
        body: new URLSearchParams({ order, ...this.extra() }),
        headers: {
          Accept: "application/json",
          "X-CSRFToken": JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"],
        },
      });
      const told = await answer.json().catch(() => ({}));
      if (answer.ok) {
        this.#problem("");
        this.answered(told);
        return;
      }
      words = told.message ?? words;
    } catch {
      // the words say it
    }
    this.#problem(words);
    this.list.replaceChildren(...before);
    this.#number(before);
  }

  #problem(words) {
    const place = this.querySelector("[data-problem]");
    place.textContent = words;
    place.hidden = !words;
  }
}
