// <flash-sale data-soon data-on data-out data-over data-off (words of each phase)>: the room's flash
// sale. A countdown before, price, stock and time left while it is on, a word after. The buy button
// opens at its second by the server's clock; whoever presses earlier is judged by the server.

import { fillCard, makeCard } from "../room/cards.js";
import { serverNow } from "../room/clock.js";
import { clockUntil, flashOffer, minutes, phaseAt } from "../room/flash.js";
import { RoomElement } from "../room/room-element.js";
import { fill } from "../room/words.js";

class FlashSale extends RoomElement {
  #phase = null;

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.timer);
  }

  happened(event, state) {
    if (["flash", "shelf", "stock", "pins"].includes(event.t)) this.draw(state);
  }

  draw(state) {
    const { flash: sale, shelf, stock } = state;
    const now = serverNow();
    const card = sale && shelf.cards.find((one) => one.item === sale.item);
    const phase = card ? phaseAt(sale, now) : "";
    this.hidden = !phase;
    this.dataset.phase = phase;
    this.parentElement.classList.toggle("has-flash", phase === "soon" || phase === "on");
    if (phase) this.#fill(sale, phase, card, stock, now);
    this.#wakeAt(sale, phase, now);
    const isNews = this.#phase !== null && this.#phase !== phase;
    this.#phase = phase;
    // Prices on every card change with it: let them all look.
    if (isNews) this.room.dispatchEvent(new CustomEvent("room-state", { detail: { state } }));
  }

  #fill(sale, phase, card, stock, now) {
    const level = stock[sale.pool] ?? { left: sale.total - (sale.taken ?? 0), total: sale.total };
    const isOut = phase === "on" && level.left === 0;
    this.#text("[data-flash-words]", fill(this.dataset[isOut ? "out" : phase], {
      n: sale.taken ?? 0,
      total: sale.total,
      limit: sale.limit,
    }));
    const until = clockUntil(sale, phase);
    this.#text("[data-flash-clock]", until === null ? "" : minutes(until - now));
    const isShown = phase === "soon" || phase === "on";
    let node = this.querySelector(".deal");
    if (isShown && Number(node?.dataset.item) !== card.item) {
      node?.remove();
      node = makeCard(card.item);
      this.append(node);
      fillCard(node, card, { [sale.pool]: level }, flashOffer(sale));
      window.htmx?.process(node);
    }
    if (!node) return;
    node.hidden = !isShown;
    if (isShown) fillCard(node, card, { [sale.pool]: level }, flashOffer(sale));
    if (phase === "soon") node.querySelector('[data-f="buy"]').setAttribute("aria-disabled", "true");
    const words = node.querySelector('[data-f="buy-words"]');
    const said = words.dataset[phase === "soon" ? "soon" : isOut ? "out" : "buy"];
    if (words.textContent !== said) words.textContent = said;
  }

  #text(selector, text) {
    const place = this.querySelector(selector);
    if (place.textContent !== text) place.textContent = text;
  }

  /** At the next full second of the clock shown; that of its end is the moment itself. */
  #wakeAt(sale, phase, now) {
    clearTimeout(this.timer);
    if (!phase) return;
    const until = clockUntil(sale, phase);
    const wait = until === null ? 1000 : ((until - now - 1) % 1000) + 1;
    this.timer = setTimeout(() => this.draw(this.room.state), Math.max(10, wait));
  }
}

customElements.define("flash-sale", FlashSale);
