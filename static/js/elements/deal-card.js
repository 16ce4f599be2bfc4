// <deal-card>: the products being explained now, with price, stock and the way to buy.

import "./count-down.js";
import { fillCard, makeCard } from "../room/cards.js";
import { serverNow } from "../room/clock.js";
import { itemOnFlash } from "../room/flash.js";
import { RoomElement } from "../room/room-element.js";
import { fill, pick } from "../room/words.js";

const REFRESH_MS = 5000; // a deal begins and ends by the clock, without an event

class DealCard extends RoomElement {
  #pins = null;

  ready() {
    this.timer = setInterval(() => this.draw(this.room.state), REFRESH_MS);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this.timer);
  }

  happened(event, state) {
    if (["pins", "shelf", "stock", "flash"].includes(event.t)) this.draw(state);
  }

  draw({ pins, shelf, stock, flash }) {
    const known = new Map([...this.children].map((node) => [Number(node.dataset.item), node]));
    const cards = new Map(shelf.cards.map((card) => [card.item, card]));
    const elsewhere = itemOnFlash(flash, serverNow());
    const open = pins.open.filter((pin) => cards.has(pin.item) && pin.item !== elsewhere);
    const nodes = open.map((pin) => known.get(pin.item) ?? makeCard(pin.item));
    open.forEach((pin, at) => fillCard(nodes[at], cards.get(pin.item), stock));
    if (nodes.length !== this.children.length || nodes.some((node, at) => this.children[at] !== node)) {
      this.replaceChildren(...nodes);
      window.htmx?.process(this);
    }
    this.#say(open, cards);
  }

  /** Tell a screen reader about a newly explained product; prices and stock tick silently. */
  #say(open, cards) {
    const items = open.map((pin) => pin.item);
    const fresh = this.#pins && items.find((item) => !this.#pins.includes(item));
    this.#pins = items;
    const words = this.parentElement.querySelector("[data-pinned-words]");
    if (fresh && words) {
      words.textContent = fill(words.dataset.pattern, { name: pick(cards.get(fresh), "name") });
    }
  }
}

customElements.define("deal-card", DealCard);
