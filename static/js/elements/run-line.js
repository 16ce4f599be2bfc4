// <run-line>: what is on now and what comes next, under the picture, while the show is live.

import { RoomElement } from "../room/room-element.js";
import { pick } from "../room/words.js";
import { stateOf } from "./show-state.js";

class RunLine extends RoomElement {
  draw({ run, show }) {
    const { now, next } = run ?? {};
    this.#say("[data-run-now]", now);
    this.#say("[data-run-next]", next);
    this.hidden = !(now || next) || !["live", "away"].includes(stateOf(show));
  }

  happened(event, state) {
    if (event.t === "run" || event.show) this.draw(state);
  }

  #say(name, segment) {
    const place = this.querySelector(name);
    place.hidden = !segment;
    place.querySelector("[data-f]").textContent = segment ? pick(segment, "title") : "";
  }
}

customElements.define("run-line", RunLine);
