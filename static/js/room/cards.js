/** Product cards: one piece of markup (`#deal-template`), filled from the room's state. */

import { offerAt } from "../realtime/reduce.js";
import { serverNow } from "./clock.js";
import { fill, pick, yuan } from "./words.js";

const LOW = 10;

const setText = (element, text) => {
  if (element && element.textContent !== text) element.textContent = text;
};

function setAddress(element, name, value) {
  if (element && element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/** A fresh card for `item`; fill it before it is seen. */
export function makeCard(item) {
  const node = document.getElementById("deal-template").content.firstElementChild.cloneNode(true);
  node.dataset.item = item;
  return node;
}

/** Bring a card up to date, with what it is sold for now or with another offer. */
export function fillCard(node, card, stock, offer = offerAt(card, serverNow())) {
  const f = (name) => node.querySelector(`[data-f="${name}"]`);
  for (const name of node.querySelectorAll('[data-f="name"]')) setText(name, pick(card, "name"));
  setText(f("unit"), pick(card, "unit"));
  if (card.image) setAddress(f("image"), "src", card.image);
  f("ai").hidden = !card.ai;
  setText(f("price"), yuan(offer.price));
  f("base-line").hidden = offer.base === null;
  if (offer.base !== null) setText(f("base"), yuan(offer.base));
  f("percent").hidden = !offer.percent;
  setText(f("percent"), fill(f("percent").dataset.pattern, {
    n: offer.percent,
    tenths: (100 - offer.percent) / 10,
  }));
  fillStock(f("stock"), stock[offer.pool] ?? { left: 0, total: 0 });
  const ends = f("ends");
  ends.hidden = offer.endsAt === null;
  if (offer.endsAt !== null) setAddress(ends, "until", String(offer.endsAt));
  fillAddresses(node, f, card.sku, (stock[offer.pool]?.left ?? 0) > 0);
}

function fillStock(node, { left, total }) {
  node.querySelector("progress").max = total || 1;
  node.querySelector("progress").value = left;
  const { left: pattern, out } = node.dataset;
  setText(node.querySelector("[data-stock-text]"), left ? fill(pattern, { n: left }) : out);
  node.classList.toggle("stock-low", left > 0 && left <= LOW);
  node.classList.toggle("stock-out", left === 0);
}

/** The template's addresses hold SKU where the product's own belongs. */
function fillAddresses(node, f, sku, canBuy) {
  const own = (address) => address.replace(/\/SKU(?=[/?]|$)/, `/${encodeURIComponent(sku)}`);
  const product = f("product");
  setAddress(product, "href", own(product.getAttribute("href")));
  const receipt = f("base-line");
  setAddress(receipt, "href", own(receipt.getAttribute("href")));
  const buy = f("buy");
  const address = own(buy.getAttribute("href"));
  setAddress(buy, "href", address);
  setAddress(buy, "hx-get", address);
  if (canBuy) buy.removeAttribute("aria-disabled");
  else buy.setAttribute("aria-disabled", "true");
}
