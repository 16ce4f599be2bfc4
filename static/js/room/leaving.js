/* Leaving the room by a link while the show goes on: a note for the next page, whose small player
   (elements/mini-player.js) takes the show up where this page lets go of it. */

import { stateOf } from "../elements/show-state.js";
import { forgetNote, leaveNote } from "./note.js";

const room = document.querySelector("live-room");
const player = room.querySelector("live-player");

addEventListener("pagehide", () => {
  const isOn = player && room.state.show && ["live", "away"].includes(stateOf(room.state.show));
  if (!isOn || player.state === "paused") {
    forgetNote();
    return;
  }
  leaveNote({
    room: location.pathname,
    renew: player.getAttribute("renew"),
    title: room.querySelector(".room-title")?.textContent ?? "",
    rung: room.dataset.rung,
  });
});
addEventListener("pageshow", forgetNote);

// The goods open in a tab of their own where there is no script; with one, the show comes along.
room.addEventListener("click", (event) => {
  const link = event.target.closest('a[data-f="product"]');
  const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
  if (!link || !isPlain || event.defaultPrevented) return;
  event.preventDefault();
  location.assign(link.href);
});
