/**
 * <live-room ws-url="…" snapshot-url="…">: the room's state in the browser, and its one socket.
 *
 * The first state comes with the page, as JSON in a <script type="application/json"> child (the
 * same as the snapshot address answers). Other elements listen for
 *   room-state       detail {state}: everything may have changed (first load, resync)
 *   room-event       detail {event, state}: one thing happened; `state` is the state after it
 *   room-counters    detail {likes, viewers, …}
 *   room-connection  detail {connection}: connecting, open, away or refused
 * and call `send(command)`, `state`, `counters`, `connection` of this element.
 */

import { applyEvent } from "../realtime/reduce.js";
import { measured } from "../room/clock.js";
import { RoomSocket } from "../realtime/socket.js";

const SNAPSHOT_RETRY_MS = [1000, 5000];

class LiveRoom extends HTMLElement {
  state = { s: null, ep: "" };
  counters = {};
  connection = "connecting";
  #socket = null;
  #held = null; // events that arrive while a snapshot is on its way
  #timer = null;

  connectedCallback() {
    const embedded = this.querySelector('script[type="application/json"]');
    this.#socket = new RoomSocket(this.getAttribute("ws-url"), {
      hello: (hello) => this.#greeted(hello),
      events: (events) => this.#apply(events),
      counters: (counters) => {
        this.counters = { ...this.counters, ...counters };
        this.#tell("room-counters", this.counters);
      },
      measured,
      connection: (connection) => {
        this.connection = connection;
        this.#tell("room-connection", { connection });
      },
    });
    if (embedded) this.#stand(JSON.parse(embedded.textContent));
    this.sleep = () => this.#socket.close();
    this.wake = () => this.#socket.open();
    addEventListener("pagehide", this.sleep); // a page kept for "back" holds no socket
    addEventListener("pageshow", this.wake);
    this.#socket.open();
  }

  disconnectedCallback() {
    removeEventListener("pagehide", this.sleep);
    removeEventListener("pageshow", this.wake);
    clearTimeout(this.#timer);
    this.#held = null;
    this.#socket.close();
  }

  /** Send a command; resolves with the server's answer, rejects with a Refusal. */
  send(command) {
    return this.#socket.send(command);
  }

  #greeted(hello) {
    if (!hello.resync) return;
    this.#held ??= [];
    clearTimeout(this.#timer);
    // A whole crowd is told at once; spread its requests over the seconds the server says.
    this.#timer = setTimeout(() => this.#fetchSnapshot(), Math.random() * (hello.in ?? 0) * 1000);
  }

  async #fetchSnapshot() {
    try {
      const answer = await fetch(this.getAttribute("snapshot-url"), {
        cache: "no-store",
        headers: { Accept: "application/json" },
      });
      if (!answer.ok) throw new Error(String(answer.status));
      const snapshot = await answer.json();
      const held = this.#held ?? [];
      this.#held = null;
      if (!this.isConnected) return;
      this.#stand(snapshot);
      this.#apply(held);
    } catch {
      const [low, high] = SNAPSHOT_RETRY_MS;
      const wait = low + Math.random() * (high - low);
      if (this.isConnected) this.#timer = setTimeout(() => this.#fetchSnapshot(), wait);
    }
  }

  #stand(snapshot) {
    this.state = snapshot;
    if (this.#socket.position.s === null && snapshot.ep) {
      this.#socket.position = { s: snapshot.s, ep: snapshot.ep };
    }
    this.#tell("room-state", { state: this.state });
  }

  #apply(events) {
    if (this.#held) {
      this.#held.push(...events);
      return;
    }
    for (const event of events) {
      this.state = applyEvent(this.state, event);
      this.#tell("room-event", { event, state: this.state });
    }
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
  }
}

customElements.define("live-room", LiveRoom);
