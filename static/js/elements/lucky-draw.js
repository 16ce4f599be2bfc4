// <lucky-draw data-enter data-claim data-mine data-mine-of data-words-…>: the room's lucky draw, as a
// pill and its sheet, drawn from the room's state. When it opens and closes follows from the server's
// clock; who won is told by the room. The nonce of an entry is made here: it is not the shop's to choose.
//
// <draw-desk>: the console's list, which the server draws; fetched anew when the room hears of a change.

import { RoomElement } from "../room/room-element.js";
import { serverNow } from "../room/clock.js";
import { minutes } from "../room/flash.js";
import { fill, pick, yuan } from "../room/words.js";
import { postForm } from "../room/post.js";

const LINGER_MS = 10 * 60_000; // as LINGER_MS in streams/domain/draw_facts.py

/** soon, open, closed, drawn, or "" when there is nothing to say (any more). */
export function phaseOf(draw, now) {
  if (!draw) return "";
  if (draw.state === "drawn") return now < draw.drawn_at + LINGER_MS ? "drawn" : "";
  if (draw.state === "closed" || now >= draw.closes_at) return "closed";
  return now < draw.opens_at ? "soon" : "open";
}

const setText = (element, text) => {
  if (element && element.textContent !== String(text)) element.textContent = text;
};

class LuckyDraw extends RoomElement {
  #mark = "";
  #markOf = "";
  #timer = 0;

  ready(options) {
    this.#mark = this.dataset.mine;
    this.#markOf = this.dataset.mineOf;
    this.addEventListener("click", (event) => this.#pressed(event), options);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
  }

  happened(event, state) {
    if (event.t === "draw") this.draw(state);
  }

  draw({ draw }) {
    clearTimeout(this.#timer);
    const now = serverNow();
    const phase = phaseOf(draw, now);
    this.querySelector("[data-pill]").hidden = !phase;
    if (!phase) return;
    const until = { soon: draw.opens_at, open: draw.closes_at }[phase];
    const mine = this.#markOf === draw.id ? this.#mark : "";
    const won = phase === "drawn" && mine && draw.won.some((one) => one.mark === mine && !one.has_lapsed);
    this.#fillPill(draw, phase, mine, won, until, now);
    this.#fillSheet(draw, phase, mine, won, until, now);
    const wait = until ? ((until - now - 1) % 1000) + 1 : phase === "drawn" ? 60_000 : 2000;
    this.#timer = setTimeout(() => this.draw(this.room.state), Math.max(10, wait));
  }

  #fillPill(draw, phase, mine, won, until, now) {
    const names = draw.won.filter((one) => !one.has_lapsed).map((one) => one.name);
    const words = {
      soon: this.dataset.wordsSoon,
      open: mine ? this.dataset.wordsMine : this.dataset.wordsOpen,
      closed: this.dataset.wordsClosed,
      drawn: names.length
        ? fill(this.dataset.wordsDrawn, { names: names.slice(0, 3).join(this.dataset.comma) + (names.length > 3 ? "…" : "") })
        : this.dataset.wordsNobody,
    };
    setText(this.querySelector("[data-pill-words]"), won ? this.dataset.wordsWon : words[phase]);
    setText(this.querySelector("[data-pill-clock]"), until ? minutes(until - now) : "");
    this.querySelector("[data-pill]").classList.toggle("is-mine", Boolean(won));
  }

  #fillSheet(draw, phase, mine, won, until, now) {
    const f = (name) => this.querySelector(`[data-f="${name}"]`);
    const pattern = (name, places) => setText(f(name), fill(f(name).dataset.pattern, places));
    setText(f("prize"), pick(draw, "prize"));
    pattern("places", { n: draw.places });
    pattern("worth", { yuan: yuan(draw.value_fen) });
    setText(f("clock"), until ? minutes(until - now) : "");
    pattern("entries", { n: draw.entries });
    setText(f("passphrase"), draw.passphrase);
    pattern("watch", { n: draw.min_minutes });
    setText(f("mine"), mine.slice(0, 12));
    setText(f("hash"), draw.seed_hash);
    f("proof").href = draw.url;
    const claim = f("claim"); // a rehearsal has none
    if (claim) claim.href = this.dataset.claim.replace("DRAW", draw.id);
    const asked = { follow: draw.must_follow, say: draw.passphrase, watch: draw.min_minutes };
    asked.none = !asked.follow && !asked.say && !asked.watch;
    for (const part of this.querySelectorAll("[data-if]")) part.hidden = !asked[part.dataset.if];
    const claims = { mine, won, nobody: phase === "drawn" && !draw.won.length, hash: phase !== "drawn" };
    for (const part of this.querySelectorAll("[data-when], [data-only], [data-unless]")) {
      const { when, only, unless } = part.dataset;
      part.hidden = Boolean(
        (when && !when.split(" ").includes(phase)) || (only && !claims[only]) || (unless && claims[unless]),
      );
    }
    if (phase === "drawn") this.#fillNames(f("names"), draw);
  }

  #fillNames(list, draw) {
    const told = draw.won.map((one) => (one.has_lapsed ? `${one.name} · ${list.dataset.lapsed}` : one.name));
    if (list.dataset.told === told.join("\n")) return;
    list.dataset.told = told.join("\n");
    list.replaceChildren(
      ...told.map((words) => {
        const row = document.createElement("li");
        row.textContent = words;
        return row;
      }),
    );
  }

  #pressed(event) {
    if (event.target.closest('[data-do="enter"]')) this.#enter();
    if (event.target.closest("[data-say-it]")) this.#say();
  }

  async #say() {
    const k = crypto.getRandomValues(new Uint32Array(3)).join("-");
    try {
      await this.room.send({ t: "say", text: this.room.state.draw.passphrase, k });
      this.#problem("");
    } catch (refusal) {
      this.#problem(refusal.message || this.dataset.failed);
    }
  }

  async #enter() {
    const id = this.room.state.draw.id;
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    const nonce = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    this.#problem("");
    const { told, ok } = await postForm(this.dataset.enter.replace("DRAW", id), { nonce });
    if (!ok) return this.#problem(told.message ?? this.dataset.failed);
    this.#mark = told.mark;
    this.#markOf = id;
    this.draw(this.room.state);
  }

  #problem(text) {
    const place = this.querySelector("[data-problem]");
    place.textContent = text;
    place.hidden = !text;
  }
}

class DrawDesk extends RoomElement {
  #timer = 0;

  draw() {}

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
  }

  happened(event, state) {
    if (event.t === "draw" && state.draw?.state === "open") {
      setText(this.querySelector("[data-draw-entries]"), state.draw.entries);
    }
    if (!["draw", "draw_planned", "poll", "show"].includes(event.t)) return;
    clearTimeout(this.#timer); // not while a button of it is being pressed: it would be gone
    this.#timer = setTimeout(() => this.matches(":active") || window.htmx?.trigger(this, "draw-look"), 250);
  }
}

customElements.define("lucky-draw", LuckyDraw);
customElements.define("draw-desk", DrawDesk);

// The console's form did its work: its sheet closes and says so beside the rest.
document.addEventListener("draw-desk-look", () => {
  const done = document.querySelector("[data-desk-done]");
  if (!done) return;
  document.getElementById("toasts")?.show?.(done.dataset.deskDone, "success");
  done.closest("app-dialog")?.close();
});
