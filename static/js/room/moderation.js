/* Something was decided about this person, or waits for this moderator: the server draws what. */

const LOOK_MS = 400; // many lines may be held at once: one look for all of them
const room = document.querySelector("live-room");
const standing = document.getElementById("room-standing");
const panel = document.getElementById("moderation-panel");
let timer = 0;

function look() {
  timer = 0;
  window.htmx?.trigger(standing, "standing-look");
  const link = standing.querySelector("[hx-get]");
  if (!link || !panel?.closest("dialog[open]") || !panel.querySelector("#held-title")) return;
  window.htmx?.ajax("GET", link.getAttribute("hx-get"), { target: panel, source: panel });
}

room.addEventListener("room-event", ({ detail }) => {
  if (detail.event.t === "moderation" && standing) timer ||= setTimeout(look, LOOK_MS);
});

// What was asked for from inside the sheet must not open it again if it was closed meanwhile.
panel?.addEventListener("htmx:beforeRequest", ({ detail }) => (detail.requestConfig.isFromInside = true));
panel?.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.requestConfig.isFromInside) event.stopPropagation();
});
