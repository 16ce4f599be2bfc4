/**
 * Where the wall's state comes from: the snapshot in the page, the socket, and fresh snapshots. For
 * days on end: it keeps one state, one socket, one timer, and whatever fails is tried again.
 */

import { measured } from "../room/clock.js";
import { RoomSocket } from "../realtime/socket.js";
import { applyEvent } from "./reduce.js";

const RETRY_MS = [1000, 60_000];
const QUIET_MS = 60_000; // nothing told for so long: it is asked for, in case the teller is late
const MOST_HELD = 200; // a snapshot replaces them; the newest are enough

export class WallSource {
  #snapshotUrl;
  #handlers;
  #socket;
  #held = null;
  #timer = 0;
  #wait = RETRY_MS[0];
  #heardAt = Date.now();
  #quiet = 0;

  /**
   * @param {object} handlers
   * @param {(state: object) => void} handlers.state  the state may be another one
   * @param {(lit: Object<string, number>) => void} handlers.lit  orders paid in this second
   * @param {(connection: string) => void} handlers.connection
   */
  constructor({ ws, snapshotUrl, state, handlers }) {
    this.state = state;
    this.#snapshotUrl = snapshotUrl;
    this.#handlers = handlers;
    this.#socket = new RoomSocket(ws, {
      hello: (hello) => this.#greeted(hello),
      events: (events) => this.#take(events),
      counters: () => {},
      measured,
      connection: (connection) => handlers.connection(connection),
    });
    if (state.ep) this.#socket.position = { s: state.s, ep: state.ep };
  }

  open() {
    this.#socket.open();
    this.#quiet = setInterval(() => this.#ask(), QUIET_MS / 4);
  }

  close() {
    clearInterval(this.#quiet);
    clearTimeout(this.#timer);
    this.#socket.close();
  }

  #greeted(hello) {
    if (!hello.resync) return;
    this.#held ??= [];
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#fetch(), Math.random() * (hello.in ?? 0) * 1000);
  }

  #ask() {
    if (this.#held || document.hidden || Date.now() - this.#heardAt < QUIET_MS) return;
    this.#heardAt = Date.now();
    this.#held = [];
    this.#fetch();
  }

  async #fetch() {
    try {
      const answer = await fetch(this.#snapshotUrl, { cache: "no-store" });
      if (!answer.ok) throw new Error(String(answer.status));
      this.state = await answer.json();
      const held = this.#held ?? [];
      this.#held = null;
      this.#wait = RETRY_MS[0];
      this.#take(held);
      this.#handlers.state(this.state);
    } catch {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#fetch(), this.#wait * (0.5 + Math.random()));
      this.#wait = Math.min(this.#wait * 2, RETRY_MS[1]);
    }
  }

  #take(events) {
    if (this.#held) {
      this.#held = [...this.#held, ...events].slice(-MOST_HELD);
      return;
    }
    if (!events.length) return;
    this.#heardAt = Date.now();
    for (const event of events) {
      this.state = applyEvent(this.state, event);
      if (event.lit) this.#handlers.lit(event.lit);
    }
    this.#handlers.state(this.state);
  }
}
