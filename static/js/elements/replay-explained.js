// <replay-explained>: the cards of what was explained at this position, as they are sold NOW.

import "./count-down.js";
import { minutesOf } from "../replay/minutes.js";
import { fillCard, makeCard } from "../room/cards.js";
import { RoomElement } from "../room/room-element.js";

const REFRESH_MS = 5000; // a deal begins and ends by the clock, without an event

class ReplayExplained extends RoomElement {
  #ms = 0;
  #items = [];

  ready(options) {
    this.minutes = minutesOf(this.room);
    this.room.addEventListener("replay-time", ({ detail }) => this.#at(detail.ms), options);
    this.timer = setInterval(() => this.draw(this.room.state), REFRESH_MS);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this.timer);
  }

  happened(event, state) {
    if (["shelf", "stock", "flash"].includes(event.t)) this.draw(state);
  }

  async #at(ms) {
    this.#ms = ms;
    await this.minutes.get(this.minutes.numberAt(ms));
    const pins = this.minutes.peek(this.minutes.numberAt(this.#ms))?.pins; // it may have gone on
    if (!pins) return;
    const isOpen = ({ from, to }) => from <= this.#ms && this.#ms < to;
    const open = pins.filter(isOpen).map(({ item }) => item);
    this.#items = [...new Set(open)];
    this.draw(this.room.state);
  }

  draw({ shelf, stock }) {
    const known = new Map([...this.children].map((node) => [Number(node.dataset.item), node]));
    const cards = new Map(shelf.cards.map((card) => [card.item, card]));
    const items = this.#items.filter((item) => cards.has(item));
    const nodes = items.map((item) => known.get(item) ?? makeCard(item));
    items.forEach((item, index) => fillCard(nodes[index], cards.get(item), stock));
    if (nodes.length !== this.children.length || nodes.some((node, index) => this.children[index] !== node)) {
      this.replaceChildren(...nodes);
      window.htmx?.process(this);
    }
    this.parentElement.querySelector("[data-nothing]").hidden = nodes.length > 0;
  }
}

customElements.define("replay-explained", ReplayExplained);
