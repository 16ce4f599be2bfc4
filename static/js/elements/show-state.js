// <show-state>: what the show is doing (before, live, away, ended, cancelled), in words and for
// the player. Children with data-when="before …" are shown in those states.

import { RoomElement } from "../room/room-element.js";

/** The same rule as streams/views/room.py show_state. */
export function stateOf(show) {
  if (show.state === "cancelled") return "cancelled";
  if (show.state === "ended" || show.state === "ready") return "ended";
  if (!["live", "rehearsing"].includes(show.state)) return "before";
  return show.host_online ? "live" : "away";
}

class ShowState extends RoomElement {
  draw({ show }) {
    const now = stateOf(show);
    this.room.dataset.state = now;
    for (const words of this.querySelectorAll("[data-when]")) {
      words.hidden = !words.dataset.when.split(" ").includes(now);
    }
    const player = this.room.querySelector("live-player");
    if (player && player.getAttribute("state") !== now) player.setAttribute("state", now);
    const say = this.room.querySelector("[data-say]");
    if (say) say.inert = now === "ended" || now === "cancelled";
  }

  happened(event, state) {
    if (event.show) this.draw(state);
    // A media server that was started again changes no state: the host is there as before.
    if (event.t !== "host" || this.room.dataset.state !== "live") return;
    this.room.querySelector("live-player")?.wake();
  }
}

customElements.define("show-state", ShowState);
