/* Something was decided about this person, or waits for this moderator: the server draws what. */

const LOOK_MS = 400; // many lines may be held at once: one look for all of them
const room = document.querySelector("live-room");
const standing = document.getElementById("room-standing");
let timer = 0;

function look() {
  timer = 0;
  window.htmx?.trigger(standing, "standing-look");
  const board = document.querySelector("#moderation dialog[open] #held-title");
  const link = standing.querySelector("[hx-get]");
  if (board && link) window.htmx?.ajax("GET", link.getAttribute("hx-get"), { target: "#moderation-panel" });
}

room.addEventListener("room-event", ({ detail }) => {
  if (detail.event.t === "moderation" && standing) timer ||= setTimeout(look, LOOK_MS);
});
