// <cock-pit data-version data-at data-peak>: a show's figures, as the room tells them to those who may know. Fills
// [data-fig="name" data-as="n|yuan|share"] in itself, and in the rows of [data-cockpit-products]
// anywhere in the room; puts the worst figure into words ([data-advice-words="code"] patterns)
// and marks its tile.

import { RoomElement } from "../room/room-element.js";
import { fill, yuan } from "../room/words.js";

const clock = new Intl.DateTimeFormat("en-GB", {
  timeZone: "Asia/Shanghai",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});
const AS = {
  n: (value) => value.toLocaleString("en-US"),
  yuan,
  share: (value) => (value === null ? "–" : `${value / 10}%`),
};

class CockPit extends RoomElement {
  #version = -1;
  #peak = 0;

  ready() {
    this.#peak = Number(this.dataset.peak);
    this.#version = Number(this.dataset.version);
    this.#sayWhen(Number(this.dataset.at));
  }

  happened(event) {
    if (event.t !== "cockpit" || event.version < this.#version) return;
    this.#version = event.version;
    this.#write(this, this.#withPeak(event.figures));
    this.#sayWhen(event.at);
    for (const figures of event.products) {
      for (const row of this.room.querySelectorAll(`[data-product="${figures.product}"]`)) this.#write(row, figures);
    }
    this.#advise(event.advice);
  }

  /** These two come every second, ahead of the others. */
  counted({ viewers, likes }) {
    this.#write(this, this.#withPeak({ viewers, likes }));
  }

  /** The most who ever watched comes with the slower figures: never fewer than watch now. */
  #withPeak(figures) {
    this.#peak = Math.max(this.#peak, figures.peak ?? 0, figures.viewers ?? 0);
    return { ...figures, peak: this.#peak };
  }

  /** In a great rush figures are counted less often: the host sees how old they are. */
  #sayWhen(at) {
    const place = this.querySelector("[data-cockpit-at]");
    place.hidden = !at;
    if (at) place.textContent = fill(place.dataset.pattern, { t: clock.format(at) });
  }

  #write(place, figures) {
    for (const figure of place.querySelectorAll("[data-fig]")) {
      const value = figures[figure.dataset.fig];
      if (value === undefined) continue;
      const text = AS[figure.dataset.as](value);
      if (figure.textContent !== text) figure.textContent = text;
    }
  }

  #advise(advice) {
    const line = this.querySelector("[data-advice]");
    const pattern = this.querySelector(`[data-advice-words="${advice?.code ?? ""}"]`).textContent;
    const name = this.room.querySelector(`[data-product="${advice?.product}"] [data-name]`)?.textContent ?? "–";
    const text = fill(pattern, { name, n: advice?.n, yuan: yuan(advice?.fen ?? 0) });
    const words = line.querySelector("[data-advice-text]");
    if (words.textContent !== text) words.textContent = text;
    line.classList.toggle("is-bad", advice !== null);
    for (const tile of this.querySelectorAll("[data-tile]")) {
      tile.classList.toggle("is-worst", tile.dataset.tile === advice?.figure);
    }
  }
}

customElements.define("cock-pit", CockPit);
