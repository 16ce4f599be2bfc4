// <run-of-show data-started data-planned data-late data-rest data-segment data-marks …>: the console's
// run. The server draws it, htmx fetches it anew when the room hears of a change; here run its
// clocks, by the server's time: what is left of the segment, how late the show is, when it ends.
//
// It also asks once before a show with marked words goes live (#marks-dialog).

import { RoomElement } from "../room/room-element.js";
import { serverNow } from "../room/clock.js";
import { fill } from "../room/words.js";

const LATE_MS = 60_000; // less is on time
const two = (number) => String(number).padStart(2, "0");
const setText = (place, text) => place.textContent === text || (place.textContent = text);
const ends = new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit" });
let isListOpen = false; // survives the panel's being drawn anew
let known = null; // the segment that was on when somebody last looked

class RunOfShow extends RoomElement {
  ready(options) {
    const list = this.querySelector("#run-all");
    if (list) {
      list.open = isListOpen;
      list.addEventListener("toggle", () => (isListOpen = list.open), options);
    }
    this.clock = setInterval(() => this.#tick(), 1000);
    this.#tick();
    this.#sayWhatIsOn();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this.clock);
  }

  /** After a gap the panel may be old; what it was drawn from is told by its version. */
  draw({ run }) {
    if (run && run.version > Number(this.dataset.version)) this.#look();
  }

  happened(event, state) {
    if (event.t === "run") this.draw(state);
    else if (event.t === "show" || event.t === "flash") this.#look(); // its buttons may differ
  }

  #look() {
    window.htmx?.trigger(this, "run-look");
  }

  #tick() {
    const [late, rest] = [Number(this.dataset.late), Number(this.dataset.rest)];
    const planned = Number(this.dataset.planned ?? 0);
    const elapsed = this.dataset.started ? Math.max(0, serverNow() - Number(this.dataset.started)) : 0;
    const over = elapsed - planned;
    if (this.dataset.started) this.#drawNow(elapsed, planned, over);
    this.#drawLate(late + Math.max(0, over), rest + Math.max(0, planned - elapsed));
    this.#drawStrip();
  }

  /** The same in one line, for a screen on which this panel is out of sight. */
  #drawStrip() {
    const strip = document.querySelector("[data-run-strip]");
    if (!strip) return;
    const { title, next, isOn } = this.dataset;
    strip.hidden = isOn === undefined || !(title || next);
    strip.classList.toggle("is-over", this.classList.contains("is-over"));
    const [now, clock, after] = ["now", "clock", "next"].map((part) => strip.querySelector(`[data-strip-${part}]`));
    setText(now, title ?? now.dataset.none);
    setText(clock, this.querySelector("[data-run-clock]")?.textContent ?? "");
    setText(after, next ? fill(after.dataset.pattern, { title: next }) : after.dataset.last);
  }

  #drawNow(elapsed, planned, over) {
    const clock = this.querySelector("[data-run-clock]");
    const seconds = over > 0 ? Math.floor(over / 1000) : Math.ceil(-over / 1000);
    const t = `${Math.floor(seconds / 60)}:${two(seconds % 60)}`;
    const text = fill(over > 0 ? clock.dataset.over : clock.dataset.left, { t });
    if (clock.textContent !== text) clock.textContent = text;
    this.classList.toggle("is-over", over > 0);
    this.querySelector("[data-run-bar]").value = Math.min(elapsed, planned);
  }

  #drawLate(late, left) {
    const line = this.querySelector("[data-run-late]");
    if (!line) return;
    const n = Math.round(Math.abs(late) / 60_000) || 1;
    const words =
      Math.abs(late) < LATE_MS
        ? line.dataset.evenWords
        : fill(late > 0 ? line.dataset.lateWords : line.dataset.earlyWords, { n });
    const end = left > 0 ? ` · ${fill(line.dataset.endWords, { t: ends.format(serverNow() + left) })}` : "";
    if (line.textContent !== words + end) line.textContent = words + end;
    line.classList.toggle("is-late", late >= LATE_MS);
  }

  /** For those who cannot see it; the first drawing is no news. */
  #sayWhatIsOn() {
    const { segment, title } = this.dataset;
    if (known !== null && segment && segment !== known) {
      const says = document.querySelector("[data-run-says]");
      if (says) says.textContent = fill(says.dataset.pattern, { title });
    }
    known = segment;
  }
}

customElements.define("run-of-show", RunOfShow);

document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-strip-press]")) document.getElementById("run-next")?.click();
});

// ---- marked words: asked once, before the console hears of the press

let isAnswered = false;
let asked = null;

document.addEventListener(
  "click",
  (event) => {
    const button = event.target.closest?.('[data-act="go-live"], [data-act="go-live-encoder"]');
    const panel = document.querySelector("run-of-show");
    const dialog = document.getElementById("marks-dialog");
    const isBefore = button?.closest("host-console")?.dataset.show === "before";
    if (isAnswered || !isBefore || !dialog?.open || !Number(panel?.dataset.marks)) return;
    event.preventDefault();
    event.stopPropagation();
    asked = button;
    const marks = panel.querySelector("[data-marks-template]");
    dialog.querySelector("[data-open-marks]").replaceChildren(marks?.content.cloneNode(true) ?? "");
    dialog.open();
  },
  { capture: true },
);

document.addEventListener("click", (event) => {
  const anyway = event.target.closest?.("[data-go-anyway]");
  if (!anyway) return;
  isAnswered = true;
  anyway.closest("app-dialog").close();
  asked?.click();
});
