// <tele-prompter>: the script of what is on, rolling at reading speed. Size, speed and mirror stay in
// this browser. Under reduced motion it does not roll: it turns a page each time one has been read.

import { fill } from "../room/words.js";

const KEPT = "teleprompter";
const SIZES = [18, 22, 28, 34, 40, 48, 60];
const SPEEDS = [6, 9, 12, 16, 20, 25, 30, 38, 46]; // lines a minute
const LINE = 1.5; // as in run.css
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const clamp = (number, list) => Math.max(0, Math.min(list.length - 1, number));

class TelePrompter extends HTMLElement {
  #size = 2;
  #speed = 3;
  #isMirrored = false;
  #isRunning = false;
  #frame = 0;
  #last = 0;
  #at = 0; // where it should stand, in fractions of a pixel
  #read = 0; // ms on this page, under reduced motion
  #shown = "";

  connectedCallback() {
    this.window = this.querySelector("[data-prompter-window]");
    this.#remember();
    this.listeners = new AbortController();
    const options = { signal: this.listeners.signal };
    this.addEventListener("click", (event) => this.#pressed(event), options);
    document.addEventListener("click", (event) => {
      if (event.target.closest?.("[data-opens-prompter]")) this.#open(this.hidden);
    }, options);
    // The text comes with the panel of the run; another segment begins at its top.
    this.watcher = new MutationObserver(() => this.#newText());
    this.watcher.observe(this.window, { childList: true, subtree: true });
    this.#newText();
    this.#draw();
  }

  disconnectedCallback() {
    this.listeners.abort();
    this.watcher.disconnect();
    this.#stop();
  }

  /** Open it; open already, start or stop it. */
  toggle() {
    if (this.hidden) this.#open(true);
    else if (this.#isRunning) this.#stop();
    else this.#start();
  }

  #pressed(event) {
    const deed = event.target.closest("[data-prompter]")?.dataset.prompter;
    if (deed === "run") this.toggle();
    else if (deed === "close") this.#open(false);
    else if (deed === "smaller") this.#size = clamp(this.#size - 1, SIZES);
    else if (deed === "larger") this.#size = clamp(this.#size + 1, SIZES);
    else if (deed === "slower") this.#speed = clamp(this.#speed - 1, SPEEDS);
    else if (deed === "faster") this.#speed = clamp(this.#speed + 1, SPEEDS);
    else if (deed === "mirror") this.#isMirrored = !this.#isMirrored;
    else if (deed === "top") this.#goTo(0);
    else if (deed === "full") this.#fill();
    if (deed) this.#draw();
  }

  #open(isOpen) {
    this.hidden = !isOpen;
    const opener = document.querySelector("[data-opens-prompter]");
    opener?.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) this.scrollIntoView({ block: "nearest" });
    else {
      this.#stop();
      if (document.fullscreenElement === this) document.exitFullscreen();
      opener?.focus();
    }
  }

  #fill() {
    if (document.fullscreenElement === this) document.exitFullscreen();
    else this.requestFullscreen?.().catch(() => {});
  }

  // ---- rolling

  #start() {
    if (this.window.scrollTop >= this.#end - 1) this.#goTo(0);
    this.#isRunning = true;
    this.#last = performance.now();
    this.#read = 0;
    this.#at = this.window.scrollTop;
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame((now) => this.#roll(now));
    this.#draw();
  }

  #stop() {
    this.#isRunning = false;
    cancelAnimationFrame(this.#frame);
    this.#draw();
  }

  get #end() {
    return this.window.scrollHeight - this.window.clientHeight;
  }

  get #line() {
    return SIZES[this.#size] * LINE;
  }

  #roll(now) {
    if (!this.#isRunning) return;
    const passed = Math.min(now - this.#last, 250); // a tab that slept does not jump
    this.#last = now;
    if (Math.abs(this.window.scrollTop - this.#at) > 2) this.#at = this.window.scrollTop; // a hand did it
    if (calm.matches) this.#turn(passed);
    else this.#goTo(this.#at + (this.#line * SPEEDS[this.#speed] * passed) / 60_000);
    if (this.#at >= this.#end) this.#stop();
    else this.#frame = requestAnimationFrame((next) => this.#roll(next));
  }

  #turn(passed) {
    const lines = Math.max(1, Math.floor(this.window.clientHeight / this.#line) - 1);
    this.#read += passed;
    if (this.#read < (lines / SPEEDS[this.#speed]) * 60_000) return;
    this.#read = 0;
    this.#goTo(this.#at + lines * this.#line);
  }

  #goTo(place) {
    this.#at = Math.min(place, this.#end);
    this.window.scrollTop = this.#at;
    this.#read = 0;
  }

  // ---- text and settings

  #newText() {
    const shown = this.querySelector("#prompter-text")?.dataset.segment ?? "";
    if (shown === this.#shown) return; // only mended: the reader stays where they are
    this.#shown = shown;
    this.#goTo(0);
  }

  #remember() {
    try {
      const kept = JSON.parse(localStorage.getItem(KEPT)) ?? {};
      if (Number.isInteger(kept.size)) this.#size = clamp(kept.size, SIZES);
      if (Number.isInteger(kept.speed)) this.#speed = clamp(kept.speed, SPEEDS);
      this.#isMirrored = kept.mirrored === true;
    } catch {
      // nothing kept, or nothing may be kept
    }
  }

  #draw() {
    this.style.setProperty("--prompter-size", `${SIZES[this.#size]}px`);
    this.classList.toggle("is-mirrored", this.#isMirrored);
    this.querySelector('[data-prompter="mirror"]').setAttribute("aria-pressed", String(this.#isMirrored));
    this.querySelector('[data-prompter="run"]').setAttribute("aria-pressed", String(this.#isRunning));
    this.querySelector("[data-when-still]").hidden = this.#isRunning;
    this.querySelector("[data-when-running]").hidden = !this.#isRunning;
    this.querySelector("[data-prompter-size]").textContent = SIZES[this.#size];
    const speed = this.querySelector("[data-prompter-speed]");
    speed.textContent = fill(speed.dataset.pattern, { n: SPEEDS[this.#speed] });
    try {
      const kept = { size: this.#size, speed: this.#speed, mirrored: this.#isMirrored };
      localStorage.setItem(KEPT, JSON.stringify(kept));
    } catch {
      // a browser that keeps nothing
    }
  }
}

customElements.define("tele-prompter", TelePrompter);
