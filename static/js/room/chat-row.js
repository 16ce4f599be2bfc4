// One line of chat as the room and the replay draw it. Lines are text, never markup.

import { isChinese } from "./words.js";

/**
 * @param {{ id: number, name: string, text: string, text_en?: string, badge?: string, is_demo?: boolean }} line
 * @returns {HTMLElement} a copy of the page's line-template, filled in
 */
export function chatRow(line) {
  const row = document.getElementById("line-template").content.firstElementChild.cloneNode(true);
  row.dataset.id = line.id;
  if (line.badge) row.classList.add(`line-${line.badge}`);
  for (const badge of row.querySelectorAll("[data-badge]")) {
    const { badge: kind } = badge.dataset;
    badge.hidden = kind === "demo" ? !line.is_demo : kind !== line.badge;
  }
  const name = row.querySelector('[data-f="name"]');
  name.textContent = line.name;
  name.hidden = !line.name; // the shop's own words, in both languages
  row.querySelector('[data-f="text"]').textContent = isChinese ? line.text : line.text_en || line.text;
  return row;
}
