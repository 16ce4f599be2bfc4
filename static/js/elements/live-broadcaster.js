// <live-broadcaster>: camera and microphone to the media engine, and back again after any break.
//
// Attributes: token-url (POST, answers {"publish_url", "token", "ice_servers"?}), autocheck.
// Content, rendered by the page: a <video> for the preview, <select data-pick="camera|microphone">,
// <meter data-level>, buttons data-do="check|start|stop|mute|slate", words data-show="<state>…" and
// data-problem="denied|missing|busy|insecure|broken|refused|elsewhere|network", <img data-slate hidden>.
// Events: broadcaster-state {state: idle|check|ready|connecting|live|reconnecting|stopped, problem},
// broadcaster-stats {kbps, width, height, fps, rttMs, lostPercent, limitedBy} every two seconds.

import { listDevices, openDevices, problemOf } from "../media/devices.js";
import { LevelMeter } from "../media/level-meter.js";
import { watchPulse } from "../media/pulse.js";
import { senderStats } from "../media/sender-stats.js";
import { createSlate } from "../media/slate.js";
import { iceServersOf, publish, Refused } from "../media/whip.js";

const STATS_MS = 2000;
const CONNECT_MS = 12_000;
const LOST_MS = 1500; // "disconnected" often mends itself
const RETRY_MS = [300, 1000, 2000, 4000, 8000];
const MAX_BITRATE = 2_500_000;

export class LiveBroadcaster extends HTMLElement {
  #video = null;
  #stream = null;
  #session = null;
  #slate = null;
  #meter = new LevelMeter();
  #state = "idle";
  #problem = "";
  #wanted = false; // the host wants to be on air
  #window = crypto.randomUUID?.() ?? ""; // on http there is no camera either
  #wasLive = false; // since the host pressed "send"
  #attempts = 0;
  #retry = 0;
  #statsTimer = 0;
  #stopPulse = null;
  #wakeLock = null;
  #listeners = null;
  #opening = null;

  connectedCallback() {
    this.#video = this.querySelector("video");
    this.#listeners = new AbortController();
    const { signal } = this.#listeners;
    if (this.#video) this.#video.muted = true;
    this.addEventListener("click", (event) => this.#click(event), { signal });
    this.addEventListener("change", (event) => this.#picked(event), { signal });
    window.addEventListener("online", () => this.#again(0), { signal });
    window.addEventListener("pagehide", () => this.stop(), { signal });
    document.addEventListener("visibilitychange", () => this.#stayAwake(), { signal });
    navigator.mediaDevices?.addEventListener("devicechange", () => this.#list(), { signal });
    this.#show("idle");
    if (this.hasAttribute("autocheck")) this.check();
  }

  disconnectedCallback() {
    this.#listeners?.abort();
    this.stop();
    this.#release();
  }

  get state() {
    return this.#state;
  }

  get isMuted() {
    return this.dataset.muted === "on";
  }

  /** Opens camera and microphone and shows the preview. Resolves to whether that worked. */
  async check() {
    const isOnAir = this.#wanted;
    if (!isOnAir) this.#show("check");
    try {
      const stream = await openDevices({
        camera: this.#choice("camera"),
        microphone: this.#choice("microphone"),
      });
      this.#use(stream);
      await this.#list();
      if (!isOnAir) this.#show("ready");
      return true;
    } catch (error) {
      this.#show(isOnAir ? this.#state : "idle", problemOf(error));
      return false;
    }
  }

  /** Goes on air and stays there, through broken connections, until stop(). */
  async start() {
    if (this.#wanted) return;
    if (!this.#stream && !(await this.check())) return;
    this.#wanted = true;
    this.#wasLive = false;
    this.#attempts = 0;
    this.#stayAwake();
    this.#show("connecting");
    await this.#connect();
  }

  stop(problem = "") {
    if (!this.#wanted) return;
    this.#wanted = false;
    this.#hangUp();
    this.#wakeLock?.release().catch(() => {});
    this.#wakeLock = null;
    this.#show("stopped", problem);
  }

  setMuted(isMuted) {
    this.dataset.muted = isMuted ? "on" : "off";
    for (const track of this.#stream?.getAudioTracks() ?? []) track.enabled = !isMuted;
    this.#press("mute", isMuted);
  }

  /** The slate picture instead of the camera, at once and without a new connection. */
  async setSlate(isOn) {
    this.dataset.slate = isOn ? "on" : "off";
    this.#press("slate", isOn);
    this.#slate?.stop();
    this.#slate = isOn ? createSlate(this.querySelector("img[data-slate]")) : null;
    await this.#session?.video.replaceTrack(this.#videoTrack);
  }

  get #videoTrack() {
    return this.#slate?.track ?? this.#stream?.getVideoTracks()[0] ?? null;
  }

  // ---- devices

  #choice(name) {
    return this.querySelector(`[data-pick="${name}"]`)?.value ?? "";
  }

  #use(stream) {
    const before = this.#stream;
    this.#stream = stream;
    if (this.#video) this.#video.srcObject = stream;
    this.setMuted(this.isMuted);
    this.#meter.start(stream, (level) => {
      const meter = this.querySelector("[data-level]");
      if (meter) meter.value = level;
    });
    for (const track of stream.getTracks()) {
      track.addEventListener("ended", () => this.#deviceLost(stream));
    }
    if (this.#session) {
      this.#session.video.replaceTrack(this.#videoTrack);
      this.#session.audio.replaceTrack(stream.getAudioTracks()[0] ?? null);
    }
    before?.getTracks().forEach((track) => track.stop());
  }

  /** A pulled-out camera: take another one; on air without any, show the slate instead. */
  async #deviceLost(stream) {
    if (stream !== this.#stream) return;
    for (const select of this.querySelectorAll("[data-pick]")) select.value = "";
    if (!(await this.check()) && this.#wanted) await this.setSlate(true);
  }

  async #list() {
    if (!this.#stream) return;
    const [video] = this.#stream.getVideoTracks();
    const [audio] = this.#stream.getAudioTracks();
    const pick = (name) => this.querySelector(`[data-pick="${name}"]`);
    await listDevices(pick("camera"), "videoinput", video?.getSettings().deviceId);
    await listDevices(pick("microphone"), "audioinput", audio?.getSettings().deviceId);
  }

  #release() {
    this.#meter.stop();
    this.#slate?.stop();
    this.#stream?.getTracks().forEach((track) => track.stop());
    this.#stream = null;
  }

  // ---- the connection

  async #connect() {
    clearTimeout(this.#retry);
    this.#hangUp();
    const opening = new AbortController();
    this.#opening = opening;
    const timer = setTimeout(() => opening.abort(), CONNECT_MS);
    try {
      const { publish_url: url, token, ice_servers: iceServers } = await this.#askToken(opening);
      const tracks = [this.#videoTrack, ...this.#stream.getAudioTracks()].filter(Boolean);
      const session = await publish(url, token, new MediaStream(tracks), {
        iceServers: iceServers ?? (await iceServersOf(url, token, opening.signal)),
        maxBitrate: MAX_BITRATE,
        signal: opening.signal,
      });
      if (opening !== this.#opening || !this.#wanted) {
        session.close();
        return;
      }
      this.#session = session;
      this.#follow(session, url);
    } catch (error) {
      if (opening === this.#opening) this.#failed(error);
    } finally {
      clearTimeout(timer);
    }
  }

  async #askToken(opening) {
    const response = await fetch(this.getAttribute("token-url"), {
      method: "POST",
      headers: { "X-CSRFToken": csrfToken(this), Accept: "application/json" },
      body: new URLSearchParams({ window: this.#window, again: this.#wasLive ? "1" : "" }),
      credentials: "same-origin",
      signal: opening.signal,
    });
    if (response.ok) return response.json();
    const { code } = await response.json().catch(() => ({}));
    throw Object.assign(new Refused(response.status), { code });
  }

  #follow(session, url) {
    const { connection } = session;
    const lost = () => {
      if (session === this.#session) this.#failed(new Error("lost"));
    };
    const giveUp = setTimeout(lost, CONNECT_MS);
    let mending = 0;
    connection.addEventListener("connectionstatechange", () => {
      if (session !== this.#session) return;
      clearTimeout(mending);
      const state = connection.connectionState;
      if (state === "connected") {
        clearTimeout(giveUp);
        this.#attempts = 0;
        this.#wasLive = true;
        this.#show("live");
        this.#measure(session);
        this.#stopPulse?.();
        this.#stopPulse = watchPulse(connection, url, lost);
      } else if (state === "failed" || state === "closed") lost();
      else if (state === "disconnected") mending = setTimeout(lost, LOST_MS);
    });
  }

  #failed(error) {
    if (!this.#wanted) return;
    if (error.code === "sent_elsewhere") {
      this.stop("elsewhere"); // two windows would throw each other out for ever
      return;
    }
    const isRefused = error instanceof Refused && error.status >= 400 && error.status < 500;
    this.#hangUp();
    this.#show(this.#state === "connecting" ? "connecting" : "reconnecting", isRefused ? "refused" : "network");
    const step = RETRY_MS[Math.min(this.#attempts++, RETRY_MS.length - 1)];
    this.#again(step * (0.8 + Math.random() * 0.4));
  }

  #again(delay) {
    if (!this.#wanted || this.#session) return;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#connect(), delay);
  }

  #hangUp() {
    clearTimeout(this.#retry);
    clearInterval(this.#statsTimer);
    this.#stopPulse?.();
    this.#opening?.abort();
    this.#opening = null;
    const session = this.#session;
    this.#session = null;
    session?.close();
  }

  #measure(session) {
    clearInterval(this.#statsTimer);
    const read = senderStats(session.connection);
    this.#statsTimer = setInterval(async () => {
      const detail = await read();
      if (session !== this.#session) return;
      this.dispatchEvent(new CustomEvent("broadcaster-stats", { detail, bubbles: true }));
    }, STATS_MS);
  }

  async #stayAwake() {
    if (!this.#wanted || document.hidden || !navigator.wakeLock) return;
    try {
      this.#wakeLock = await navigator.wakeLock.request("screen");
    } catch {
      this.#wakeLock = null; // low battery: the show goes on
    }
  }

  // ---- the page

  #click(event) {
    const button = event.target.closest("[data-do]");
    if (!button) return;
    const action = button.dataset.do;
    if (action === "check") this.check();
    else if (action === "start") this.start();
    else if (action === "stop") this.stop();
    else if (action === "mute") this.setMuted(!this.isMuted);
    else if (action === "slate") this.setSlate(this.dataset.slate !== "on");
  }

  #picked(event) {
    if (event.target.matches("[data-pick]")) this.check();
  }

  #press(action, isOn) {
    for (const button of this.querySelectorAll(`[data-do="${action}"]`)) {
      button.setAttribute("aria-pressed", String(isOn));
    }
  }

  #show(state, problem = "") {
    if (state === this.#state && problem === this.#problem && this.dataset.state) return;
    this.#state = state;
    this.#problem = problem;
    this.dataset.state = state;
    for (const words of this.querySelectorAll("[data-show]")) {
      words.hidden = !words.dataset.show.split(" ").includes(state);
    }
    for (const words of this.querySelectorAll("[data-problem]")) {
      words.hidden = words.dataset.problem !== problem;
    }
    const detail = { state, problem };
    this.dispatchEvent(new CustomEvent("broadcaster-state", { detail, bubbles: true }));
  }
}

/** Django's token: from the page's form or htmx header when there is one, else from the cookie. */
function csrfToken(element) {
  const field = element.querySelector("[name=csrfmiddlewaretoken]") ?? document.querySelector("[name=csrfmiddlewaretoken]");
  if (field) return field.value;
  return document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";
}

customElements.define("live-broadcaster", LiveBroadcaster);
