// <sale-clock server-now until data-pattern="in {t}">: on a page without a room, the time until a
// price changes. When it has changed the page is fetched anew, spread over a moment for the server.

import { serverNow } from "../room/clock.js";
import { minutes } from "../room/flash.js";
import { fill } from "../room/words.js";

const SPREAD_MS = 800;

class SaleClock extends HTMLElement {
  connectedCallback() {
    this.#tick();
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  #tick() {
    const left = Number(this.getAttribute("until")) - serverNow();
    this.textContent = fill(this.dataset.pattern, { t: minutes(left) });
    if (left > 0) this.timer = setTimeout(() => this.#tick(), ((left - 1) % 1000) + 1);
    else setTimeout(() => location.reload(), 100 + Math.random() * SPREAD_MS);
  }
}

customElements.define("sale-clock", SaleClock);
