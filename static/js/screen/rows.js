/**
 * Lists of as many rows as the page has: filled anew, never made or thrown away, so that a wall that
 * stands for a week holds what it held on its first minute.
 */

import { fill, pick } from "../room/words.js";
import { brief, count, moment } from "./words.js";

/** Only what is different is written: the rest costs the browser nothing. */
export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function picture(image, url) {
  if (!url) image.hidden = true;
  else if (image.getAttribute("src") !== url) {
    image.src = url;
    image.hidden = false;
  }
}

function each(list, rows, draw) {
  [...list.children].forEach((item, number) => {
    const row = rows[number];
    if (row) draw(item, row);
    item.hidden = !row;
  });
}

export function drawGoods(list, goods) {
  each(list, goods, (item, row) => {
    picture(item.querySelector("img"), row.image);
    say(item.querySelector("[data-name]"), pick(row, "name"));
    const made = row.ai ? `${list.dataset.ai} · ` : "";
    say(item.querySelector("[data-place]"), `${made}${pick(row, "place")}`);
    say(item.querySelector("[data-count]"), fill(list.dataset.pattern, { n: count(row.buyers) }));
  });
}

/** The newest on top. */
export function drawOrders(list, orders) {
  each(list, orders.toReversed(), (item, row) => {
    const pattern = row.quantity > 1 ? list.dataset.patternMany : list.dataset.pattern;
    say(item, fill(pattern, { name: row.name, product: pick(row, "product"), n: row.quantity }));
  });
}

export function drawNext(list, shows, now) {
  each(list, shows, (item, row) => {
    say(item.querySelector("[data-at]"), moment(row.at, now));
    say(item.querySelector("[data-title]"), `${pick(row, "place")} · ${pick(row, "title")}`);
  });
}

export function drawPlaces(map, figures, now) {
  for (const tile of map.children) {
    const code = tile.dataset.place;
    const { standing, at } = figures.shows.places[code] ?? { standing: "none", at: null };
    if (tile.dataset.standing !== standing) tile.dataset.standing = standing;
    say(tile.querySelector("[data-paid]"), count(figures.paid[code] ?? 0));
    const words = map.dataset[standing] ?? map.dataset.none;
    say(tile.querySelector("[data-note]"), fill(words, { at: at ? brief(at, now) : "" }));
  }
}
