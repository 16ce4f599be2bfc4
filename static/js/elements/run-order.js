// <run-order data-url>: the order of a run (see drag-order.js). The server answers with the times at
// which its segments begin now.

import { DragOrder } from "../drag-order.js";

class RunOrder extends DragOrder {
  answered({ rows }) {
    for (const { id, at } of rows) {
      const place = this.querySelector(`[data-row="${id}"] [data-at]`);
      if (place) place.textContent = at;
    }
  }
}

customElements.define("run-order", RunOrder);
