// <viewer-count data-wan="{n}万" data-unit="10000">: how many people watch, each once.

import { RoomElement } from "../room/room-element.js";
import { short } from "../room/words.js";

class ViewerCount extends RoomElement {
  draw(state) {
    this.counted({ viewers: this.room.counters.viewers ?? state.counters.viewers });
  }

  happened() {}

  counted({ viewers }) {
    if (viewers === undefined) return;
    this.textContent = short(viewers, this.dataset.wan, Number(this.dataset.unit));
  }
}

customElements.define("viewer-count", ViewerCount);
