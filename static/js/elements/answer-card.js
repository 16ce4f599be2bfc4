// <answer-card data-url="/voice/0/">: the office's answer to the public that is being read now. Shown
// from the room's state for as long as it is on air; the whole of it stands on the board.

import { RoomElement } from "../room/room-element.js";
import { pick } from "../room/words.js";

class AnswerCard extends RoomElement {
  #shown = 0;

  draw({ answer }) {
    const isOn = answer?.state === "on_air";
    this.hidden = !isOn;
    if (!isOn || this.#shown === answer.id) return;
    this.#shown = answer.id;
    const place = (name) => this.querySelector(`[data-f="${name}"]`);
    for (const name of ["title", "office", "answer"]) place(name).textContent = pick(answer, name);
    place("link").href = this.dataset.url.replace("/0/", `/${answer.demand}/`);
  }

  happened(event, state) {
    if (event.t === "answer") this.draw(state);
  }
}

customElements.define("answer-card", AnswerCard);
