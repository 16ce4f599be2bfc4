// <danmaku-lanes>: chat that flies over the picture in three lanes at most; what finds none free is
// read in the chat. Off where motion is to be reduced, and switched by [data-danmaku] buttons.

import { RoomElement } from "../room/room-element.js";
import { isChinese } from "../room/words.js";

const LANES = 3;
const CROSSING_MS = 9000;
const GAP_PX = 40;
const KEPT = "danmaku";
const still = matchMedia("(prefers-reduced-motion: reduce)");
const wide = matchMedia("(width >= 1024px)");

class DanmakuLanes extends RoomElement {
  #freeAt = Array(LANES).fill(0);

  ready(options) {
    this.buttons = this.room.querySelectorAll("[data-danmaku]");
    for (const button of this.buttons) {
      button.addEventListener("click", () => {
        localStorage.setItem(KEPT, this.#isOn() ? "off" : "on");
        this.#show();
      }, options);
    }
    still.addEventListener("change", () => this.#show(), options);
    this.#show();
  }

  happened(event) {
    if (event.t === "chat_hidden") {
      for (const id of event.ids) this.querySelector(`[data-line="${Number(id)}"]`)?.remove();
    } else if (event.t === "chat" && event.name && this.#isOn() && !document.hidden) this.#fly(event);
  }

  #isOn() {
    const kept = localStorage.getItem(KEPT);
    return !still.matches && (kept ? kept === "on" : wide.matches);
  }

  #show() {
    for (const button of this.buttons) {
      button.hidden = still.matches;
      button.setAttribute("aria-pressed", String(this.#isOn()));
    }
    if (!this.#isOn()) this.replaceChildren();
  }

  #fly(line) {
    const now = performance.now();
    const lane = this.#freeAt.findIndex((at) => at <= now);
    if (lane < 0) return;
    const words = document.createElement("span");
    words.className = `lane-${lane}`;
    words.dataset.line = line.id;
    words.textContent = isChinese ? line.text : line.text_en || line.text;
    this.append(words);
    const [here, own] = [this.clientWidth, words.offsetWidth];
    this.#freeAt[lane] = now + (CROSSING_MS * (own + GAP_PX)) / (here + own);
    const path = [{ transform: `translateX(${here}px)` }, { transform: `translateX(${-own}px)` }];
    words.animate(path, { duration: CROSSING_MS, easing: "linear" }).finished.then(
      () => words.remove(),
      () => words.remove(),
    );
  }
}

customElements.define("danmaku-lanes", DanmakuLanes);
