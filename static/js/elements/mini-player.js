// <mini-player>: the show that was left by a link goes on in a corner of the shop's pages.
//
// app.js loads this only when the room left a note (room/leaving.js), so no other page pays for
// it. The markup is the page's <template id="mini-template">, its style sheet is named there. It
// obeys the rung of the room, gives way to buy buttons and to the phone's bar, and goes when the
// show ends, when it is closed (× or Escape), or when its room is opened again.

import { forgetNote, readNote } from "../room/note.js";
import "./live-player.js";

const ASK_MS = 60_000; // without media nothing else would tell of the end
const GOODBYE_MS = 8_000;
const IN_THE_WAY = ".button-buy, .button-large, .buy-go, .tabbar, .sheet-foot, dialog[open]";
const OWN_PLACE = "live-room, replay-player, live-broadcaster";

class MiniPlayer extends HTMLElement {
  #note = null;
  #player = null;
  #listeners = new AbortController();
  #timer = 0;
  #frame = 0;

  async begin(note) {
    this.#note = note;
    const show = await this.#ask();
    if (!show || !this.isConnected) {
      this.close();
      return;
    }
    const content = document.getElementById("mini-template").content.cloneNode(true);
    this.append(content);
    this.#player = this.querySelector("live-player");
    this.dataset.rung = note.rung;
    for (const link of this.querySelectorAll("[data-mini-room]")) link.href = note.room;
    this.querySelector("[data-mini-title]").textContent = note.title;
    this.#listen();
    this.#player.toggleAttribute("split", show.split);
    this.#player.setAttribute("rung", note.rung);
    this.#player.setAttribute("renew", note.renew);
    this.#player.setAttribute("src", show.hls);
    this.#player.setAttribute("sound", show.sound);
    this.#player.setAttribute("state", show.state);
    this.hidden = false;
    this.#timer = setInterval(() => this.#look(), ASK_MS);
    this.#giveWay();
  }

  disconnectedCallback() {
    this.#listeners.abort();
    clearInterval(this.#timer);
    cancelAnimationFrame(this.#frame);
  }

  close() {
    forgetNote();
    this.remove();
  }

  #listen() {
    const { signal } = this.#listeners;
    this.addEventListener("click", (event) => {
      if (event.target.closest("[data-mini-close]")) this.close();
    }, { signal });
    this.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close();
    }, { signal });
    this.addEventListener("player-state", () => {
      if (this.#player?.getAttribute("state") === "ended") this.#sayGoodbye();
    }, { signal });
    const soon = () => {
      cancelAnimationFrame(this.#frame);
      this.#frame = requestAnimationFrame(() => this.#giveWay());
    };
    addEventListener("scroll", soon, { signal, passive: true });
    addEventListener("resize", soon, { signal });
    document.addEventListener("htmx:afterSettle", soon, { signal });
    document.addEventListener("dialog:opened", soon, { signal });
    document.addEventListener("dialog:closed", soon, { signal });
  }

  /** Fresh addresses, or null when there is no show to be seen any more. */
  async #ask() {
    try {
      const answer = await fetch(this.#note.renew, { credentials: "same-origin" });
      if (!answer.ok) return null;
      const show = await answer.json();
      return ["live", "away"].includes(show.state) ? show : null;
    } catch {
      return null;
    }
  }

  async #look() {
    if (document.hidden) return;
    try {
      const answer = await fetch(this.#note.renew, { credentials: "same-origin" });
      if (answer.status === 410 || answer.status === 404) this.#sayGoodbye();
      else if (answer.ok) this.#player.setAttribute("state", (await answer.json()).state);
    } catch {
      // No connection: the player says so itself.
    }
  }

  #sayGoodbye() {
    if (this.dataset.over !== undefined) return;
    this.dataset.over = "";
    forgetNote();
    clearInterval(this.#timer);
    this.#player.setAttribute("state", "ended");
    for (const words of this.querySelectorAll("[data-mini-over]")) words.hidden = false;
    setTimeout(() => this.remove(), GOODBYE_MS);
  }

  /** It floats; what sells must not lie under it. First place in which it covers nothing wins. */
  #giveWay() {
    if (!this.isConnected) return;
    const things = [...document.querySelectorAll(IN_THE_WAY)]
      .filter((thing) => !this.contains(thing))
      .map((thing) => thing.getBoundingClientRect())
      .filter((box) => box.width && box.height && box.bottom > 0 && box.top < innerHeight);
    for (const place of ["end", "start", "top"]) {
      this.dataset.place = place;
      const own = this.getBoundingClientRect();
      const isFree = things.every(
        (box) => box.right <= own.left || box.left >= own.right || box.bottom <= own.top || box.top >= own.bottom,
      );
      if (isFree) return;
    }
    this.dataset.place = "end";
  }
}

customElements.define("mini-player", MiniPlayer);

/** A style sheet that only this player needs; resolves when it counts. */
function addStyles(href) {
  const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", href });
  document.head.append(sheet);
  return new Promise((done) => {
    sheet.addEventListener("load", done, { once: true });
    sheet.addEventListener("error", done, { once: true });
  });
}

const note = readNote();
const template = document.getElementById("mini-template");
if (note && template && !document.querySelector(OWN_PLACE)) {
  await Promise.all([addStyles(template.dataset.playerStyle), addStyles(template.dataset.style)]);
  const mini = document.createElement("mini-player");
  mini.className = "mini";
  mini.hidden = true;
  mini.setAttribute("role", "region");
  mini.setAttribute("aria-label", template.dataset.label);
  document.getElementById("main").after(mini);
  mini.begin(note);
}
