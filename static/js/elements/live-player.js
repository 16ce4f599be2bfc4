// <live-player>: a live picture that comes back by itself.
//
// Attributes: src (HLS), whep (instead of src, for previews), sound (HLS of the sound alone),
// rung (what is wanted of it: picture, sound, or text, which loads nothing; stream-ladder.js sets
// it), split (src has sound in a list of its own), state (what the show is doing: before | live |
// away | ended), renew (a URL that answers {"hls", "whep", "sound"} with a fresh token, or 410).
// Content, rendered by the page: a <video>, buttons with data-do="play|sound|fullscreen|pip",
// words with data-show="<player state>…". Styling hangs on data-player, data-sound and rung.
// Event: player-state {state: loading|playing|waiting|away|error|idle|paused, stalls, latency}.

import { createSource } from "../media/sources.js";

const WATCH_MS = 1000;
const STALL_MS = 1200;
const AWAY_AFTER_MS = 4000;
const SETTLE_MS = 2000; // the jump to the live edge at the start is no stall
const REBUILD_AFTER_MS = 15_000;
const BEHIND_S = 6; // farther behind than this: jump to the live edge
const WAKE_MS = 1500; // a room's viewers hear of it at once, and should not all come at once
const AT_ONCE_MS = 1000; // an attempt that fails so soon met no weak line, but a server that is away
const OWES_S = 0.7; // the server has so much more than we: the line is slow, not the host away
const RETRY_MS = [1000, 2000, 4000, 8000];
const SOUND_KEY = "live-player-sound";

const jitter = (ms) => ms * (0.5 + Math.random());

export class LivePlayer extends HTMLElement {
  static observedAttributes = ["src", "sound", "whep", "state", "rung"];

  stalls = 0;
  #video = null;
  #source = null;
  #state = "idle";
  #attempts = 0;
  #retry = 0;
  #watch = 0;
  #run = 0; // each start has a number; answers to an older one are ignored
  #progressAt = 0;
  #position = 0;
  #hasPlayed = false;
  #playedSince = 0; // when this run first played
  #wantsPause = false;
  #lastTrouble = "";
  #startedAt = 0;
  #listeners = null;

  connectedCallback() {
    this.#video = this.querySelector("video");
    if (!this.#video) return;
    this.#listeners = new AbortController();
    const { signal } = this.#listeners;
    this.#video.muted = sessionStorage.getItem(SOUND_KEY) !== "on";
    this.#video.addEventListener("playing", () => this.#playing(), { signal });
    this.#video.addEventListener("waiting", () => this.#waiting(), { signal });
    this.#video.addEventListener("volumechange", () => this.#showSound(), { signal });
    this.addEventListener("click", (event) => this.#click(event), { signal });
    this.addEventListener("keydown", (event) => this.#key(event), { signal });
    document.addEventListener("fullscreenchange", () => this.#showFullscreen(), { signal });
    document.addEventListener("visibilitychange", () => this.#seen(), { signal });
    window.addEventListener("online", () => this.#soon(0), { signal });
    this.#hideUnsupported();
    this.#showSound();
    this.#watch = setInterval(() => this.#check(), WATCH_MS);
    if (this.#wantsMedia) this.#start();
    else this.#show("idle");
  }

  disconnectedCallback() {
    this.#listeners?.abort();
    clearInterval(this.#watch);
    this.#stop();
  }

  attributeChangedCallback(name, before, after) {
    if (!this.#listeners || before === after) return;
    if (name === "src" && this.rung === "sound") return;
    if (name === "sound" && this.rung !== "sound") return;
    if (name === "rung") this.#changedRung();
    if (!this.#wantsMedia) {
      this.#stop();
      this.#show("idle");
    } else if (name !== "state") this.#start();
    else if (after === "live" && this.#state !== "playing") {
      this.wake();
    } else if (after === "away" && this.#state !== "playing") this.#show("away");
  }

  get state() {
    return this.#state;
  }

  get latency() {
    return this.#source?.latency ?? null;
  }

  get rung() {
    return this.getAttribute("rung") ?? "picture";
  }

  /**
   * Whether media comes as it should: "flowing", "stalled" (it should, and the line does not bring
   * it), or "unknown": nothing is wanted, nobody looks, or the host has nothing to send.
   */
  get flow() {
    const isWanted = this.#wantsMedia && this.getAttribute("state") !== "away";
    if (!isWanted || document.hidden || this.#wantsPause) return "unknown";
    if (this.#state === "paused") return "unknown";
    if (this.#lastTrouble === "missing" || this.#lastTrouble === "down") return "unknown";
    if (this.#state === "playing") return "flowing";
    const behind = this.#source?.behind ?? Infinity;
    return behind > OWES_S ? "stalled" : "unknown";
  }

  /** Sound needs a click of the viewer; browsers refuse it otherwise. */
  setSound(isOn) {
    this.#video.muted = !isOn;
    this.#showSound();
    sessionStorage.setItem(SOUND_KEY, isOn ? "on" : "off");
    if (isOn) this.#play();
  }

  /** The host's picture came, again perhaps: whoever waits to try once more need not wait. */
  wake() {
    if (!this.#source) this.#soon(Math.random() * WAKE_MS);
  }

  get #wantsMedia() {
    const state = this.getAttribute("state") ?? "live";
    const isOn = state === "live" || state === "away";
    return isOn && this.rung !== "text" && Boolean(this.#address || this.getAttribute("whep"));
  }

  get #address() {
    return this.getAttribute(this.rung === "sound" ? "sound" : "src");
  }

  #changedRung() {
    this.#attempts = 0;
    this.#hasPlayed = false;
    this.#lastTrouble = "";
    if (this.rung !== "picture" && document.pictureInPictureElement === this.#video) {
      document.exitPictureInPicture();
    }
    this.#hideUnsupported();
  }

  // ---- starting, stopping, trying again

  async #start() {
    this.#stop();
    const run = ++this.#run;
    this.#show(this.getAttribute("state") === "away" ? "away" : "loading");
    this.#progressAt = this.#startedAt = performance.now();
    this.#playedSince = 0;
    const urls = {
      hls: this.#address,
      whep: this.getAttribute("whep"),
      hearsOnly: this.rung === "sound",
      isSplit: this.hasAttribute("split"),
    };
    let source = null;
    try {
      source = await createSource(this.#video, urls, (kind) => {
        if (run === this.#run) this.#trouble(kind);
      });
    } catch {
      if (run === this.#run) this.#trouble("network"); // the player's own script did not load
      return;
    }
    if (run !== this.#run) return;
    if (!source) {
      this.#show("error");
      return;
    }
    this.#source = source;
    source.start();
    this.#play();
  }

  #stop() {
    this.#run++;
    clearTimeout(this.#retry);
    this.#source?.stop();
    this.#source = null;
  }

  #trouble(kind) {
    this.#stop();
    const isAtOnce = performance.now() - this.#startedAt < AT_ONCE_MS && navigator.onLine;
    this.#lastTrouble = kind === "network" && isAtOnce ? "down" : kind;
    this.#show(kind === "missing" || this.#hasPlayed ? "away" : "error");
    const step = RETRY_MS[Math.min(this.#attempts++, RETRY_MS.length - 1)];
    if (kind === "refused" && this.hasAttribute("renew")) this.#renewSoon(step);
    else this.#soon(jitter(step));
  }

  #soon(delay) {
    if (!this.#wantsMedia || this.#state === "playing") return;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#start(), delay);
  }

  #renewSoon(step) {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(async () => {
      try {
        const response = await fetch(this.getAttribute("renew"), { credentials: "same-origin" });
        if (response.status === 410) {
          this.setAttribute("state", "ended");
          return;
        }
        const fresh = response.ok ? await response.json() : {};
        const urls = { src: fresh.hls, sound: fresh.sound, whep: fresh.whep };
        const inUse = this.hasAttribute("whep") ? "whep" : this.rung === "sound" ? "sound" : "src";
        const isNew = urls[inUse] && urls[inUse] !== this.getAttribute(inUse);
        for (const [name, url] of Object.entries(urls)) {
          if (url && this.hasAttribute(name)) this.setAttribute(name, url);
        }
        if (!isNew) this.#soon(jitter(step));
      } catch {
        this.#soon(jitter(step));
      }
    }, jitter(step));
  }

  async #play() {
    this.#wantsPause = false;
    try {
      await this.#video.play();
    } catch (error) {
      if (error.name !== "NotAllowedError") return;
      if (this.#video.muted) this.#show("paused");
      else {
        this.#video.muted = true;
        this.#play();
      }
    }
  }

  // ---- what the picture does

  #playing() {
    this.#hasPlayed = true;
    this.#playedSince ||= performance.now();
    this.#attempts = 0;
    this.#lastTrouble = "";
    this.#progressAt = performance.now();
    this.#show("playing");
  }

  #waiting() {
    if (this.#state !== "playing") return;
    if (performance.now() - this.#playedSince > SETTLE_MS) this.stalls++;
    this.#show("waiting");
  }

  #check() {
    const video = this.#video;
    if (!this.#source || this.#wantsPause || document.hidden) return;
    const now = performance.now();
    if (video.currentTime !== this.#position) {
      this.#position = video.currentTime;
      this.#progressAt = now;
      if (!video.paused && !video.seeking && this.#state !== "playing") this.#playing();
      this.#catchUp();
      return;
    }
    const still = now - this.#progressAt;
    const isOwed = this.#source.behind > OWES_S && this.getAttribute("state") !== "away";
    if (still > AWAY_AFTER_MS && this.#hasPlayed && !isOwed) this.#show("away");
    else if (still > STALL_MS) this.#waiting();
    this.#jumpGap();
    if (still > REBUILD_AFTER_MS) this.#start();
  }

  #catchUp() {
    const target = this.#source.livePosition;
    if (target !== null && target - this.#video.currentTime > BEHIND_S) {
      this.#video.currentTime = target;
    }
  }

  /** After a gap the new picture lies further on: go there. */
  #jumpGap() {
    const { buffered, currentTime } = this.#video;
    for (let index = 0; index < buffered.length; index++) {
      const start = buffered.start(index);
      if (start > currentTime + 0.1 && buffered.end(index) - start > 0.4) {
        this.#video.currentTime = start + 0.05;
        break;
      }
    }
    if (this.#video.paused) this.#play();
  }

  /** Back from another tab: browsers let hidden pictures fall behind. */
  #seen() {
    if (document.hidden || !this.#source) return;
    this.#progressAt = performance.now();
    if (!this.#wantsPause) {
      this.#catchUp();
      if (this.#video.paused) this.#play();
    }
  }

  #show(state) {
    if (this.#state === state && this.dataset.player === state) return;
    this.#state = state;
    this.dataset.player = state;
    for (const words of this.querySelectorAll("[data-show]")) {
      words.hidden = !words.dataset.show.split(" ").includes(state);
    }
    const detail = { state, stalls: this.stalls, latency: this.latency };
    this.dispatchEvent(new CustomEvent("player-state", { detail, bubbles: true }));
  }

  // ---- controls

  #click(event) {
    const button = event.target.closest("[data-do]");
    if (!button || !this.contains(button)) return;
    this.#do(button.dataset.do);
  }

  #key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const action = { m: "sound", f: "fullscreen", k: "play" }[event.key.toLowerCase()];
    if (!action) return;
    event.preventDefault();
    this.#do(action);
  }

  #do(action) {
    if (action === "sound") this.setSound(this.#video.muted);
    else if (action === "play") this.#togglePlay();
    else if (action === "fullscreen") this.#toggleFullscreen();
    else if (action === "pip") this.#togglePictureInPicture();
  }

  #togglePlay() {
    if (this.#video.paused) {
      const target = this.#source?.livePosition;
      if (target) this.#video.currentTime = target;
      if (!this.#source && this.#wantsMedia) this.#start();
      this.#play();
    } else {
      this.#wantsPause = true;
      this.#video.pause();
      this.#show("paused");
    }
  }

  async #toggleFullscreen() {
    try {
      if (document.fullscreenElement) await document.exitFullscreen();
      else if (this.requestFullscreen) await this.requestFullscreen();
      else this.#video.webkitEnterFullscreen();
    } catch {
      this.#showFullscreen(); // refused by the browser: the button stays as it is
    }
  }

  async #togglePictureInPicture() {
    try {
      if (document.pictureInPictureElement) await document.exitPictureInPicture();
      else await this.#video.requestPictureInPicture();
    } catch {
      this.#hideUnsupported();
    }
  }

  #hideUnsupported() {
    for (const button of this.querySelectorAll('[data-do="pip"]')) {
      button.hidden = !document.pictureInPictureEnabled || this.rung !== "picture";
    }
    const canFill = this.requestFullscreen || this.#video.webkitEnterFullscreen;
    for (const button of this.querySelectorAll('[data-do="fullscreen"]')) {
      button.hidden = !canFill || this.rung !== "picture";
    }
  }

  #showSound() {
    const isOn = !this.#video.muted && this.#video.volume > 0;
    this.dataset.sound = isOn ? "on" : "off";
    for (const button of this.querySelectorAll('[data-do="sound"][aria-pressed]')) {
      button.setAttribute("aria-pressed", String(isOn));
    }
  }

  #showFullscreen() {
    const isOn = document.fullscreenElement === this;
    this.dataset.fullscreen = isOn ? "on" : "off";
    for (const button of this.querySelectorAll('[data-do="fullscreen"]')) {
      button.setAttribute("aria-pressed", String(isOn));
    }
  }
}

customElements.define("live-player", LivePlayer);
