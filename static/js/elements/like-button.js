// <like-button><button>…</button><span data-likes>…</span></like-button>: presses are gathered and
// sent twice a second; the number is the room's.

import { RoomElement } from "../room/room-element.js";

const SEND_MS = 500;
const MOST_AT_ONCE = 20;

class LikeButton extends RoomElement {
  #pressed = 0;
  #timer = 0;
  #known = 0;

  ready(options) {
    this.querySelector("button").addEventListener("click", () => this.#press(), options);
  }

  draw(state) {
    this.counted({ likes: this.room.counters.likes ?? state.counters.likes });
  }

  happened() {}

  counted({ likes }) {
    if (likes === undefined) return;
    this.#known = Math.max(this.#known, likes);
    this.#show(this.#known);
  }

  #press() {
    this.#pressed += 1;
    this.#show(this.#known + this.#pressed);
    this.#fly();
    if (!this.#timer) this.#timer = setTimeout(() => this.#send(), SEND_MS);
  }

  #send() {
    this.#timer = 0;
    const n = Math.min(this.#pressed, MOST_AT_ONCE);
    this.#pressed = 0;
    this.room.send({ t: "like", n }).catch(() => {}); // a like that got lost is no matter
  }

  #show(likes) {
    const place = this.querySelector("[data-likes]");
    if (place) place.textContent = likes.toLocaleString("en-US");
  }

  #fly() {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const heart = this.querySelector("svg").cloneNode(true);
    heart.classList.add("heart-flies");
    this.append(heart);
    heart.addEventListener("animationend", () => heart.remove());
    if (this.querySelectorAll(".heart-flies").length > 8) this.querySelector(".heart-flies").remove();
  }
}

customElements.define("like-button", LikeButton);
