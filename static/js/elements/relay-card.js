// <relay-card data-room="/rooms/ROOM/">: this show hands over to the next one. A card with a
// countdown; when it is over the page goes along, unless the viewer chose to stay, is buying, or
// came when it was over already. Then the card stays as a link.

import { RoomElement } from "../room/room-element.js";
import { serverNow } from "../room/clock.js";
import { pick } from "../room/words.js";

const PLACE = "ROOM";
const STAYED = "stayed-in-room";

class RelayCard extends RoomElement {
  #relay = null;
  #timer = 0;
  #stays = false;

  ready(options) {
    this.querySelector("[data-stay]").addEventListener("click", () => this.#stay(), options);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this.#timer);
  }

  draw({ relay }) {
    const wasStarted = this.#relay?.state === "started" && this.#relay.id === relay?.id;
    this.#relay = relay ?? null;
    const isOpen = relay?.state === "started";
    clearInterval(this.#timer);
    this.hidden = !isOpen;
    if (!isOpen) return;
    const write = (name, text) => (this.querySelector(`[data-f="${name}"]`).textContent = text);
    write("title", pick(relay, "title"));
    write("who", `${pick(relay, "host")} · ${pick(relay, "place")}`);
    this.querySelector('[data-f="go"]').href = this.#address();
    if (!wasStarted) {
      const isLate = relay.goes_at <= serverNow();
      this.#stays = isLate || sessionStorage.getItem(STAYED) === String(relay.id);
    }
    this.#tick();
    if (!this.#stays) this.#timer = setInterval(() => this.#tick(), 250);
  }

  happened(event, state) {
    if (event.t === "relay") this.draw(state);
  }

  #address() {
    return this.dataset.room.replace(PLACE, encodeURIComponent(this.#relay.to));
  }

  #stay() {
    this.#stays = true;
    sessionStorage.setItem(STAYED, String(this.#relay.id));
    clearInterval(this.#timer);
    this.#tick();
  }

  #tick() {
    const left = Math.ceil((this.#relay.goes_at - serverNow()) / 1000);
    this.querySelector("[data-going]").hidden = this.#stays;
    this.querySelector("[data-stay]").hidden = this.#stays;
    if (this.#stays) return;
    this.querySelector('[data-f="seconds"]').textContent = Math.max(0, left);
    if (left > 0) return;
    clearInterval(this.#timer);
    // Nobody is taken from a sheet in which they are about to pay.
    if (document.querySelector("dialog[open]")) this.#stay();
    else location.assign(this.#address());
  }
}

customElements.define("relay-card", RelayCard);
