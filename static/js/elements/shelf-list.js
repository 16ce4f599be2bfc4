// <shelf-list><ol>…</ol></shelf-list>: everything the show sells, in the host's order.

import "./count-down.js";
import { fillCard, makeCard } from "../room/cards.js";
import { RoomElement } from "../room/room-element.js";

const REFRESH_MS = 5000;

class ShelfList extends RoomElement {
  ready() {
    this.timer = setInterval(() => this.draw(this.room.state), REFRESH_MS);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this.timer);
  }

  happened(event, state) {
    if (["pins", "shelf", "stock"].includes(event.t)) this.draw(state);
  }

  draw({ shelf, stock, pins }) {
    const list = this.querySelector("ol");
    const known = new Map(
      [...list.children].map((row) => [Number(row.querySelector(".deal").dataset.item), row]),
    );
    const explained = new Set(pins.open.map((pin) => pin.item));
    const rows = shelf.cards.map((card) => {
      const row = known.get(card.item) ?? this.#row(card.item);
      fillCard(row.querySelector(".deal"), card, stock);
      row.classList.toggle("is-pinned", explained.has(card.item));
      return row;
    });
    if (rows.length !== list.children.length || rows.some((row, at) => list.children[at] !== row)) {
      list.replaceChildren(...rows);
      window.htmx?.process(list);
    }
    const count = this.room.querySelector("[data-shelf-count]");
    if (count) count.textContent = rows.length;
  }

  #row(item) {
    const row = document.createElement("li");
    row.append(makeCard(item));
    return row;
  }
}

customElements.define("shelf-list", ShelfList);
