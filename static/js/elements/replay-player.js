// <replay-player src duration>: a recorded show. Nothing is loaded until it is wanted: by the
// [data-start] button, by a chapter, or by an address that ends in #t=93 (or #t=1:33).
//
// Events (bubbling): replay-time {ms, jumped}: where the picture is. Method: goTo(ms).

const HLS_TYPE = "application/vnd.apple.mpegurl";
const HLS_CONFIG = {
  enableWorker: false, // a blob: worker would need a hole in the content security policy
  backBufferLength: 60,
  maxBufferLength: 30,
};
const MOST_RETRIES = 4;

/** `#t=93`, `#t=93.5`, `#t=1:33`, `#t=1:02:05` → milliseconds; null for anything else. */
export function readHash(hash) {
  const found = /^#t=(\d{1,6}(?:\.\d{1,3})?|\d{1,3}(?::\d{1,2}){1,2})$/.exec(hash);
  if (!found) return null;
  const seconds = found[1].split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
  return Math.round(seconds * 1000);
}

class ReplayPlayer extends HTMLElement {
  #video = null;
  #hls = null;
  #started = false;
  #wanted = null; // milliseconds to go to once the picture can
  #retries = 0;

  connectedCallback() {
    this.#video = this.querySelector("video");
    this.#video.addEventListener("timeupdate", () => this.#tell(false));
    this.#video.addEventListener("seeked", () => this.#tell(true));
    this.#video.addEventListener("loadedmetadata", () => this.#jump());
    this.#video.addEventListener("playing", () => this.#problem(false));
    this.querySelector("[data-start]").addEventListener("click", () => this.goTo(this.#wanted ?? 0));
    this.querySelector("[data-again]").addEventListener("click", () => this.#again());
    this.hashChanged = () => this.#followHash();
    addEventListener("hashchange", this.hashChanged);
    queueMicrotask(() => this.#followHash());
  }

  disconnectedCallback() {
    removeEventListener("hashchange", this.hashChanged);
    this.#hls?.destroy();
  }

  get position() {
    return this.#wanted ?? Math.round(this.#video.currentTime * 1000);
  }

  /** Go to a position and play from there. */
  goTo(ms) {
    const last = Number(this.getAttribute("duration")) - 500;
    this.#wanted = Math.max(0, Math.min(ms, last));
    this.#announce(this.#wanted, true);
    if (!this.#started) this.#start();
    else this.#jump();
  }

  #followHash() {
    const ms = readHash(location.hash);
    if (ms !== null) this.goTo(ms);
    else if (!this.#started) this.#announce(0, true);
  }

  async #start() {
    this.#started = true;
    this.dataset.started = "";
    this.querySelector("[data-start]").hidden = true;
    this.#video.controls = true;
    this.#video.focus({ preventScroll: true });
    try {
      await this.#attach();
    } catch {
      this.#problem(true);
    }
  }

  async #attach() {
    const url = this.getAttribute("src");
    if (window.MediaSource || window.ManagedMediaSource) {
      const { default: Hls } = await import("../../vendor/hls/hls.light.min.mjs");
      if (Hls.isSupported()) {
        this.#attachHls(Hls, url);
        return;
      }
    }
    if (!this.#video.canPlayType(HLS_TYPE)) throw new Error("no HLS here");
    this.#video.addEventListener("error", () => this.#problem(true));
    this.#video.src = url;
    this.#play();
  }

  #attachHls(Hls, url) {
    const hls = new Hls({ ...HLS_CONFIG, startPosition: (this.#wanted ?? 0) / 1000 });
    this.#hls = hls;
    hls.on(Hls.Events.ERROR, (_event, data) => {
      if (!data.fatal) return;
      if (data.type === Hls.ErrorTypes.MEDIA_ERROR && this.#retries++ < MOST_RETRIES) hls.recoverMediaError();
      else this.#problem(true);
    });
    hls.loadSource(url);
    hls.attachMedia(this.#video);
    this.#play();
  }

  #again() {
    const at = this.position;
    this.#hls?.destroy();
    this.#hls = null;
    this.#retries = 0;
    this.#problem(false);
    this.#wanted = at;
    this.#start();
  }

  #jump() {
    if (this.#wanted === null || this.#video.readyState < 1) return;
    const seconds = this.#wanted / 1000;
    if (Math.abs(this.#video.currentTime - seconds) > 0.2) this.#video.currentTime = seconds;
    else this.#tell(true);
    this.#wanted = null;
    this.#play();
  }

  async #play() {
    try {
      await this.#video.play();
    } catch {
      // Sound without a click is refused: the picture waits at its place, with its own button.
    }
  }

  #tell(jumped) {
    if (this.#wanted === null) this.#announce(Math.round(this.#video.currentTime * 1000), jumped);
  }

  #announce(ms, jumped) {
    this.dispatchEvent(new CustomEvent("replay-time", { detail: { ms, jumped }, bubbles: true }));
  }

  #problem(isThere) {
    this.querySelector('[data-show="error"]').hidden = !isThere;
  }
}

customElements.define("replay-player", ReplayPlayer);
