// <order-ticker data-pattern="{name} bought {product}" data-pattern-many="… × {n}">: who just
// bought what, one line at a time. Names come masked.

import { RoomElement } from "../room/room-element.js";
import { fill, pick } from "../room/words.js";

const SHOWN_MS = 2500;
const MOST_WAITING = 12;

class OrderTicker extends RoomElement {
  #waiting = [];
  #timer = 0;

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
    this.#timer = 0;
  }

  happened(event) {
    if (event.t !== "ticker") return;
    this.#waiting = [...this.#waiting, ...event.orders].slice(-MOST_WAITING);
    if (!this.#timer) this.#next();
  }

  #next() {
    const order = this.#waiting.shift();
    this.hidden = !order;
    this.#timer = 0;
    if (!order) return;
    const { pattern, patternMany } = this.dataset;
    const places = { name: order.name, product: pick(order, "product"), n: order.quantity };
    this.textContent = fill(order.quantity > 1 ? patternMany : pattern, places);
    this.#timer = setTimeout(() => this.#next(), SHOWN_MS);
  }
}

customElements.define("order-ticker", OrderTicker);
