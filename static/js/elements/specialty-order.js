// <specialty-order data-url data-version>: the order of a prefecture's specialties (see
// drag-order.js). Each change names the version it was made from, and learns the next one; the
// version of the page's own forms goes with it.

import { DragOrder } from "../drag-order.js";

class SpecialtyOrder extends DragOrder {
  extra() {
    return { version: this.dataset.version };
  }

  answered({ version }) {
    this.dataset.version = version;
    for (const field of document.querySelectorAll("input[data-list-version]")) field.value = version;
  }
}

customElements.define("specialty-order", SpecialtyOrder);
