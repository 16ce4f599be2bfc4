// <stream-ladder>: picture, sound with slides, or words: what the line and the viewer allow.
//
// Stands beside a <live-player> in its room. The rules are in ../media/ladder.js; here they meet
// the player, the page and the viewer. Attributes: choice ("auto" or a rung; remembered in the
// cookie `rung`, so that the server's first page already leaves out what is not wanted), first
// (where an automatic one begins), data-styles (the sheet that only the low rungs need).
// Content: words with data-told="<rung>-<why>" and data-offer="<from>-<to>", buttons with
// data-ladder="accept|dismiss|picture". The dialog #ladder holds the radio buttons `rung` and the
// data meter: [data-bytes] and [data-pace], each with a data-pattern.
// Event: rung-changed {rung, why}.

import { DataMeter, megabytes } from "../media/data-meter.js";
import { Ladder, RUNGS, hintsOf } from "../media/ladder.js";
import { fill } from "../room/words.js";

const LOOK_MS = 1000;
const TOLD_MS = 12_000;
const YEAR_S = 365 * 24 * 3600;

class StreamLadder extends HTMLElement {
  #player = null;
  #ladder = null;
  #meter = null;
  #timer = 0;
  #toldUntil = 0;
  #offered = null;
  #listeners = null;

  connectedCallback() {
    this.room = this.closest("live-room");
    this.#player = this.room.querySelector("live-player");
    this.dialog = document.getElementById("ladder");
    const hints = this.#hints();
    this.#ladder = new Ladder({ choice: this.getAttribute("choice") || "auto", ...hints });
    this.#listeners = new AbortController();
    const { signal } = this.#listeners;
    this.addEventListener("click", (event) => this.#click(event), { signal });
    this.dialog?.addEventListener("change", (event) => this.#choose(event), { signal });
    this.dialog?.addEventListener("dialog:opened", () => this.#showMeter(), { signal });
    navigator.connection?.addEventListener?.("change", () => this.#ladder.hear(this.#hints()), { signal });
    this.#meter = new DataMeter((address) => this.#isOfTheShow(address));
    this.#apply();
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
  }

  disconnectedCallback() {
    this.#listeners?.abort();
    clearInterval(this.#timer);
    this.#meter?.stop();
  }

  get rung() {
    return this.#ladder.rung;
  }

  /** Bytes of the show's media and pictures that this page has fetched. */
  get bytes() {
    return this.#meter.bytes;
  }

  /** The lower of what the server was told (Save-Data) and what the browser says of the line. */
  #hints() {
    const { first, mayTry } = hintsOf(navigator.connection);
    const told = this.getAttribute("first") || "picture";
    const lower = RUNGS.indexOf(told) > RUNGS.indexOf(first) ? told : first;
    return { first: lower, mayTry: mayTry && told === "picture" };
  }

  #isOfTheShow(address) {
    const source = this.#player?.getAttribute("src") ?? "";
    return Boolean(source) && address.startsWith(source.slice(0, source.lastIndexOf("/") + 1));
  }

  #look() {
    const now = performance.now();
    const { step, offer } = this.#ladder.observe(this.#player?.flow ?? "unknown", now);
    if (step) this.#stepped(step);
    if (this.#toldUntil && now > this.#toldUntil) this.#tell("");
    this.#showOffer(this.#toldUntil || !this.#isOn ? null : offer);
    if (this.dialog?.dialog?.open) this.#showMeter();
  }

  get #isOn() {
    return ["live", "away"].includes(this.#player?.getAttribute("state"));
  }

  #stepped({ to, why }) {
    this.#apply(why);
    this.#tell(`${to}-${why}`);
  }

  /** The one place where a rung takes effect. */
  #apply(why = "first") {
    const { rung, choice } = this.#ladder;
    const before = this.room.dataset.rung;
    if (rung !== "picture") this.#addStyles();
    this.room.dataset.rung = rung;
    if (this.#player && this.#player.getAttribute("rung") !== rung) this.#player.setAttribute("rung", rung);
    for (const input of this.dialog?.querySelectorAll('[name="rung"]') ?? []) {
      input.checked = input.value === choice;
    }
    this.#meter?.mark();
    if (before !== rung || why === "first") {
      const detail = { rung, why };
      this.dispatchEvent(new CustomEvent("rung-changed", { detail, bubbles: true }));
    }
  }

  #addStyles() {
    const href = this.dataset.styles;
    if (document.querySelector(`link[href="${href}"]`)) return;
    document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href }));
  }

  // ---- what the viewer wants

  #choose({ target }) {
    if (target.name !== "rung") return;
    this.#ladder.choose(target.value, performance.now());
    this.#remember(target.value);
    this.#tell("");
    this.#apply("chosen");
    if (this.#ladder.rung === "sound") this.#player?.setSound(true); // a press: sound is allowed
  }

  #click(event) {
    const button = event.target.closest("[data-ladder]");
    if (!button) return;
    const now = performance.now();
    if (button.dataset.ladder === "dismiss") {
      this.#ladder.dismiss();
      this.#tell("");
      this.#showOffer(null);
      return;
    }
    const wanted = button.dataset.ladder === "accept" ? this.#offered : button.dataset.ladder;
    if (!RUNGS.includes(wanted)) return;
    this.#ladder.accept(wanted, now);
    if (this.#ladder.choice !== "auto") this.#remember(this.#ladder.choice);
    this.#tell("");
    this.#showOffer(null);
    this.#apply("accepted");
    if (wanted === "sound") this.#player?.setSound(true);
  }

  #remember(choice) {
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `rung=${choice}; path=/; max-age=${YEAR_S}; samesite=lax${secure}`;
  }

  // ---- what is said

  #tell(what) {
    this.#toldUntil = what ? performance.now() + TOLD_MS : 0;
    for (const words of this.querySelectorAll("[data-told]")) {
      words.hidden = !words.dataset.told.split(" ").includes(what);
    }
  }

  #showOffer(rung) {
    if (rung === this.#offered) return;
    this.#offered = rung;
    const wanted = rung && `${this.#ladder.rung}-${rung}`;
    for (const words of this.querySelectorAll("[data-offer]")) {
      words.hidden = words.dataset.offer !== wanted;
    }
  }

  #showMeter() {
    const bytes = this.dialog.querySelector("[data-bytes]");
    bytes.textContent = fill(bytes.dataset.pattern, { n: megabytes(this.#meter.bytes) });
    const pace = this.dialog.querySelector("[data-pace]");
    const { perHour } = this.#meter;
    pace.hidden = perHour === null;
    if (perHour !== null) pace.textContent = fill(pace.dataset.pattern, { n: megabytes(perHour) });
  }
}

customElements.define("stream-ladder", StreamLadder);
