import "../elements/live-room.js";

/** An element inside <live-room> that draws a part of its state. */
export class RoomElement extends HTMLElement {
  connectedCallback() {
    this.room = this.closest("live-room");
    if (!this.room) return;
    this.listeners = new AbortController();
    const options = { signal: this.listeners.signal };
    const on = (name, act) => this.room.addEventListener(name, ({ detail }) => act(detail), options);
    on("room-state", ({ state }) => this.draw(state));
    on("room-event", ({ event, state }) => this.happened(event, state));
    on("room-counters", (counters) => this.counted(counters));
    this.ready(options);
    if (this.room.state?.show) this.draw(this.room.state);
  }

  disconnectedCallback() {
    this.listeners?.abort();
  }

  /** Once, before the first drawing; listeners with `options` end with the element. */
  ready() {}

  /** The whole state may be new. */
  draw() {}

  /** One thing happened. */
  happened(event, state) {
    this.draw(state);
  }

  /** Likes and people watching. */
  counted() {}
}
