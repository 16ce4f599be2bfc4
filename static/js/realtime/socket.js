/**
 * The room's WebSocket: connects, comes back after a drop from where it was, and pairs each
 * command with its answer. It knows nothing of what the events mean.
 */

const FRAME_VERSION = 1;
const RETRY_SECONDS = [1, 10];
const SOON_SECONDS = [0.2, 1];
const SILENT_SECONDS = 40; // the server says something every 15 s
const ANSWER_SECONDS = 10;
const MEASURE_MS = [0, 2000]; // after a hello, and then every so often:
const MEASURE_AGAIN_MS = 300_000;
const CLOSE_REVOKED = 4401; // rights changed: come back and be judged afresh
const CLOSE_REFUSED = 4404; // no such room for this visitor: stay away

const between = ([low, high]) => low + Math.random() * (high - low);

/** Why a command was not carried out: `code` for programs, `message` for people (may be empty). */
export class Refusal extends Error {
  constructor(code, message = "") {
    super(message);
    this.code = code;
  }
}

export class RoomSocket {
  /**
   * @param {string} url  of the room, without a position
   * @param {object} handlers
   * @param {(hello: {s: number, ep: string, resync: boolean, in?: number}) => void} handlers.hello
   * @param {(events: object[]) => void} handlers.events
   * @param {(counters: Object<string, number>) => void} handlers.counters
   * @param {(connection: "connecting"|"open"|"away"|"refused") => void} handlers.connection
   * @param {(sent: number, serverMs: number, received: number) => void} [handlers.measured]
   *   the server's clock, and two readings of performance.now() around it
   */
  constructor(url, handlers) {
    this.url = url;
    this.handlers = handlers;
    this.position = { s: null, ep: "" };
    this.answers = new Map();
    this.wanted = false;
    this.socket = null;
    this.retry = RETRY_SECONDS;
    this.measuring = [];
    this.backOnline = () => this.#openIn(SOON_SECONDS);
  }

  open() {
    if (this.wanted) return;
    this.wanted = true;
    addEventListener("online", this.backOnline);
    this.#connect();
  }

  close() {
    this.wanted = false;
    removeEventListener("online", this.backOnline);
    clearTimeout(this.timer);
    this.#drop(1000);
  }

  /**
   * Send a command; resolves with the server's answer, rejects with a Refusal. A command that
   * failed as "offline" or "silent" may be sent again with the same `k`: it counts once.
   * @param {{ t: string, k?: string }} command
   * @returns {Promise<object>}
   */
  send(command) {
    const k = command.k ?? newKey();
    if (this.socket?.readyState !== WebSocket.OPEN) {
      return Promise.reject(new Refusal("offline"));
    }
    this.socket.send(JSON.stringify({ ...command, k }));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#answer(k, new Refusal("silent")), ANSWER_SECONDS * 1000);
      this.answers.set(k, { resolve, reject, timer });
    });
  }

  #connect() {
    clearTimeout(this.timer);
    this.timer = null;
    if (!this.wanted) return;
    this.#drop(1000);
    this.handlers.connection("connecting");
    const socket = new WebSocket(this.#address());
    this.socket = socket;
    socket.addEventListener("message", ({ data }) => this.#take(socket, data));
    socket.addEventListener("close", ({ code }) => this.#closed(socket, code));
    this.#listenForSilence(socket);
  }

  #address() {
    const url = new URL(this.url, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    if (this.position.s !== null) {
      url.searchParams.set("since", this.position.s);
      url.searchParams.set("ep", this.position.ep);
    }
    return url;
  }

  #take(socket, data) {
    if (socket !== this.socket) return;
    this.#listenForSilence(socket);
    const frame = JSON.parse(data);
    if (frame.v !== FRAME_VERSION) return;
    if (frame.hello) this.#greeted(frame.hello);
    if (frame.s !== undefined) this.position = { s: frame.s, ep: frame.ep };
    if (frame.e?.length) this.handlers.events(frame.e);
    if (frame.a) this.handlers.counters(frame.a);
    if (frame.ok) this.#answer(frame.ok.k, null, frame.ok);
    if (frame.err?.k) this.#answer(frame.err.k, new Refusal(frame.err.code, frame.err.msg));
    if (frame.bye) this.retry = frame.bye.retry;
    if (frame.ping) this.#pingEvery(socket, frame.ping);
    if (frame.pong?.k) this.handlers.measured?.(Number(frame.pong.k), frame.pong.at, performance.now());
  }

  #greeted(hello) {
    this.retry = RETRY_SECONDS;
    // The replayed events follow in one envelope with its own position.
    if (hello.resync || this.position.s === null) this.position = { s: hello.s, ep: hello.ep };
    this.handlers.connection("open");
    this.handlers.hello(hello);
    this.#measureClock(this.socket);
  }

  /** Pings whose key is when they were sent: the answer then tells how long it took. */
  #measureClock(socket) {
    this.#stopMeasuring();
    const ask = () => {
      if (socket.readyState !== WebSocket.OPEN) return;
      socket.send(JSON.stringify({ t: "ping", k: String(performance.now()) }));
    };
    this.measuring = MEASURE_MS.map((wait) => setTimeout(ask, wait));
    this.measuringAgain = setInterval(ask, MEASURE_AGAIN_MS);
  }

  #stopMeasuring() {
    for (const timer of this.measuring) clearTimeout(timer);
    clearInterval(this.measuringAgain);
  }

  #closed(socket, code) {
    if (socket !== this.socket) return;
    this.#drop(code);
    if (code === CLOSE_REFUSED) {
      this.wanted = false;
      this.handlers.connection("refused");
      return;
    }
    this.handlers.connection("away");
    this.#openIn(code === CLOSE_REVOKED ? SOON_SECONDS : this.retry);
    // A short range is for few people and for one try; who finds nobody waits as after a crash.
    this.retry = this.retry.map((seconds, end) => Math.min(seconds * 2, RETRY_SECONDS[end]));
  }

  #openIn(seconds) {
    if (!this.wanted || this.socket?.readyState === WebSocket.OPEN) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#connect(), between(seconds) * 1000);
  }

  #drop(code) {
    const socket = this.socket;
    this.socket = null;
    clearTimeout(this.silence);
    clearInterval(this.pinging);
    this.#stopMeasuring();
    if (socket && socket.readyState < WebSocket.CLOSING) socket.close(code === 1000 ? 1000 : 3000);
    for (const k of this.answers.keys()) this.#answer(k, new Refusal("offline"));
  }

  #listenForSilence(socket) {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.#closed(socket, 1006), SILENT_SECONDS * 1000);
  }

  #pingEvery(socket, seconds) {
    clearInterval(this.pinging);
    this.pinging = setInterval(() => {
      if (socket.readyState === WebSocket.OPEN) socket.send('{"t":"ping"}');
    }, seconds * 1000);
  }

  #answer(k, refusal, answer) {
    const waiting = this.answers.get(k);
    if (!waiting) return;
    this.answers.delete(k);
    clearTimeout(waiting.timer);
    if (refusal) waiting.reject(refusal);
    else waiting.resolve(answer);
  }
}

function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
