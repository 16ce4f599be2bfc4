// Three ways to put a live stream into a <video>: hls.js, the browser's own HLS, WHEP.
// Each: start(), stop(), and calls `onTrouble(kind)` with "missing", "refused" or "network".
// `behind`: seconds of media that the server is known to have and we have not, or null.

import { Refused } from "./whip.js";
import { watch } from "./whep.js";

const HLS_TYPE = "application/vnd.apple.mpegurl";

const HLS_CONFIG = {
  lowLatencyMode: true,
  enableWorker: false, // a blob: worker would need a hole in the content security policy
  backBufferLength: 15,
  maxBufferLength: 12,
  maxLiveSyncPlaybackRate: 1.2,
  liveSyncOnStallIncrease: 0.2,
  liveMaxUnchangedPlaylistRefresh: Infinity, // an absent host is no error: the list stays alive
};

// Who only hears does not mind three seconds more, and minds a gap: on a weak line they are bought.
const SOUND_CONFIG = { ...HLS_CONFIG, liveSyncDuration: 4, maxLiveSyncPlaybackRate: 1.1 };
const LIST_LATE_MS = 8_000; // the engine answers a held request after 6 s at the latest

export class HlsSource {
  #hls = null;
  #config;
  #listedAt = performance.now();
  #constructorOf;
  #video;
  #url;
  #onTrouble;

  constructor(constructorOf, video, url, onTrouble, config = HLS_CONFIG) {
    this.#constructorOf = constructorOf;
    this.#video = video;
    this.#url = url;
    this.#onTrouble = onTrouble;
    this.#config = config;
  }

  start() {
    const Hls = this.#constructorOf;
    const hls = new Hls(this.#config);
    this.#hls = hls;
    hls.on(Hls.Events.LEVEL_LOADED, () => (this.#listedAt = performance.now()));
    hls.on(Hls.Events.ERROR, (_event, data) => {
      const status = data.response?.code;
      if (status === 401 || status === 403) this.#onTrouble("refused");
      else if (!data.fatal) return;
      else if (status === 404) this.#onTrouble("missing");
      else if (data.type === Hls.ErrorTypes.MEDIA_ERROR) hls.recoverMediaError();
      else this.#onTrouble("network");
    });
    hls.loadSource(this.#url);
    hls.attachMedia(this.#video);
  }

  /** Where playing should be now, in the element's time; null while unknown. */
  get livePosition() {
    return this.#hls?.liveSyncPosition ?? null;
  }

  get latency() {
    return this.#hls?.latency ?? null;
  }

  get behind() {
    if (performance.now() - this.#listedAt > LIST_LATE_MS) return Infinity;
    const edge = this.#hls?.latestLevelDetails?.edge;
    if (!edge) return null;
    const { buffered } = this.#video;
    const end = buffered.length ? buffered.end(buffered.length - 1) : edge - LIST_LATE_MS / 1000;
    return Math.max(0, edge - end);
  }

  stop() {
    this.#hls?.destroy();
    this.#hls = null;
  }
}

export class NativeSource {
  livePosition = null;
  latency = null;
  behind = null;
  #video;
  #url;
  #onTrouble;
  #failed = () => this.#onTrouble("network");

  constructor(video, url, onTrouble) {
    this.#video = video;
    this.#url = url;
    this.#onTrouble = onTrouble;
  }

  start() {
    this.#video.addEventListener("error", this.#failed);
    this.#video.src = this.#url;
  }

  stop() {
    this.#video.removeEventListener("error", this.#failed);
    this.#video.removeAttribute("src");
    this.#video.load();
  }
}

export class WhepSource {
  livePosition = null;
  latency = 0.2;
  behind = null;
  #video;
  #url;
  #onTrouble;
  #session = null;
  #abort = new AbortController();

  constructor(video, url, onTrouble) {
    this.#video = video;
    this.#url = url;
    this.#onTrouble = onTrouble;
  }

  async start() {
    try {
      const session = await watch(this.#url, this.#video, { signal: this.#abort.signal });
      if (this.#abort.signal.aborted) {
        session.close();
        return;
      }
      this.#session = session;
      session.connection.addEventListener("connectionstatechange", () => {
        if (session.connection.connectionState === "failed") this.#onTrouble("network");
      });
    } catch (error) {
      if (this.#abort.signal.aborted) return;
      const status = error instanceof Refused ? error.status : 0;
      if (status === 401 || status === 403) this.#onTrouble("refused");
      else this.#onTrouble(status === 404 ? "missing" : "network");
    }
  }

  stop() {
    this.#abort.abort();
    this.#session?.close();
    this.#session = null;
  }
}

/** What cannot be played now, and why: the player tries again as with every other. */
class NoSource {
  livePosition = null;
  latency = null;
  behind = null;
  #kind;
  #onTrouble;

  constructor(kind, onTrouble) {
    this.#kind = kind;
    this.#onTrouble = onTrouble;
  }

  start() {
    this.#onTrouble(this.#kind);
  }

  stop() {}
}

/** hls.js, small; `isSplit` streams (sound in a list of its own) need all of it. */
async function loadHls(isSplit) {
  const { default: Hls } = isSplit
    ? await import("../../vendor/hls/hls.min.mjs")
    : await import("../../vendor/hls/hls.light.min.mjs");
  return Hls;
}

/** MediaMTX lets nobody at its list of the sound who has not asked for the first list: that names
 * it, with the session it was asked in. Null while there is none. */
async function soundListOf(url) {
  const answer = await fetch(url);
  if (answer.status === 401 || answer.status === 403) throw new Refused(answer.status);
  const list = answer.ok ? await answer.text() : "";
  const [, uri] = /^#EXT-X-MEDIA:(?=.*TYPE=AUDIO).*?URI="([^"]+)"/m.exec(list) ?? [];
  return uri ? new URL(uri, answer.url).href : null;
}

/** Chromium's own HLS is 8 s behind, so hls.js comes first wherever it works. */
export async function createSource(video, { hls, whep, hearsOnly, isSplit }, onTrouble) {
  if (whep) return new WhepSource(video, whep, onTrouble);
  if (hearsOnly && isSplit) {
    try {
      hls = await soundListOf(hls);
    } catch (error) {
      return new NoSource(error instanceof Refused ? "refused" : "network", onTrouble);
    }
    if (!hls) return new NoSource("missing", onTrouble);
  }
  if (window.MediaSource || window.ManagedMediaSource) {
    const Hls = await loadHls(isSplit && !hearsOnly);
    const config = hearsOnly ? SOUND_CONFIG : HLS_CONFIG;
    if (Hls.isSupported()) return new HlsSource(Hls, video, hls, onTrouble, config);
  }
  if (video.canPlayType(HLS_TYPE)) return new NativeSource(video, hls, onTrouble);
  return null;
}
