// <audio-slides data-pattern="…">: what is to be seen while there is only sound: the product that
// is explained, and the next picture with the next pin. With nothing pinned the shelf passes by,
// slowly. Nothing is loaded unless the room stands on the rung "sound".
//
// Content: two <img data-slide> (one comes while the other goes), [data-slide-name], [data-slide-ai].

import { RoomElement } from "../room/room-element.js";
import { pick } from "../room/words.js";

const NEXT_MS = 12_000;

class AudioSlides extends RoomElement {
  #cards = [];
  #at = 0;
  #shown = "";
  #timer = 0;

  ready(options) {
    this.room.addEventListener("rung-changed", () => this.draw(this.room.state), options);
    this.#timer = setInterval(() => this.#turn(), NEXT_MS);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this.#timer);
  }

  happened(event, state) {
    if (event.t === "pins" || event.t === "shelf") this.draw(state);
  }

  draw({ pins, shelf } = {}) {
    if (this.room.dataset.rung !== "sound" || !shelf) return;
    const withPicture = shelf.cards.filter((card) => card.image);
    const pinned = [...pins.open]
      .sort((a, b) => b.at - a.at) // the newest explanation first
      .map((pin) => withPicture.find((card) => card.item === pin.item))
      .filter(Boolean);
    const cards = pinned.length ? pinned : withPicture;
    const isSame = cards.length === this.#cards.length && cards.every((card, at) => card.item === this.#cards[at].item);
    this.#cards = cards;
    this.dataset.pinned = pinned.length ? "yes" : "no";
    if (!isSame) this.#at = 0;
    if (!isSame || !this.#shown) this.#show();
  }

  #turn() {
    if (this.room.dataset.rung !== "sound" || document.hidden || this.#cards.length < 2) return;
    this.#at = (this.#at + 1) % this.#cards.length;
    this.#show();
  }

  async #show() {
    const card = this.#cards[this.#at];
    this.hidden = !card;
    if (!card) return;
    this.#shown = card.image;
    const [gone, coming] = [...this.querySelectorAll("[data-slide]")].sort(
      (a, b) => Number(b.classList.contains("is-shown")) - Number(a.classList.contains("is-shown")),
    );
    if (coming.getAttribute("src") !== card.image) coming.src = card.image;
    this.querySelector("[data-slide-name]").textContent = pick(card, "name");
    this.querySelector("[data-slide-ai]").hidden = !card.ai;
    try {
      await coming.decode();
    } catch {
      // A picture that does not come leaves the name standing.
    }
    if (this.#shown !== card.image) return;
    coming.classList.add("is-shown");
    gone.classList.remove("is-shown");
  }
}

customElements.define("audio-slides", AudioSlides);
