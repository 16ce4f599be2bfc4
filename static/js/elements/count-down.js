// <count-down until="epoch ms" data-pattern="{t} left" data-days="{d} d {t}" data-over="…">:
// the time until then by the server's clock. Silent for screen readers while it ticks.

import { serverNow } from "../room/clock.js";
import { fill } from "../room/words.js";

const two = (number) => String(number).padStart(2, "0");
const running = new Set();
let timer = 0;

function tick() {
  for (const element of running) element.draw();
}

class CountDown extends HTMLElement {
  static observedAttributes = ["until"];

  connectedCallback() {
    this.setAttribute("role", "timer");
    running.add(this);
    timer ||= setInterval(tick, 1000);
    this.draw();
  }

  disconnectedCallback() {
    running.delete(this);
    if (!running.size) {
      clearInterval(timer);
      timer = 0;
    }
  }

  attributeChangedCallback() {
    if (this.isConnected) this.draw();
  }

  draw() {
    const until = Number(this.getAttribute("until"));
    if (!until) return;
    const seconds = Math.max(0, Math.round((until - serverNow()) / 1000));
    const text = seconds || !this.dataset.over ? this.#left(seconds) : this.dataset.over;
    if (this.textContent !== text) this.textContent = text;
  }

  #left(seconds) {
    const days = Math.floor(seconds / 86_400);
    const [hours, minutes] = [Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60];
    const clock = `${two(hours)}:${two(minutes)}:${two(seconds % 60)}`;
    const t = days ? fill(this.dataset.days, { d: days, t: clock }) : clock;
    return fill(this.dataset.pattern, { t });
  }
}

customElements.define("count-down", CountDown);
