/* The room page: its elements, and the small things around them. */

import "./sold-out.js";
import "../elements/live-room.js";
import "../elements/live-player.js";
import "../elements/show-state.js";
import "../elements/viewer-count.js";
import "../elements/live-chat.js";
import "../elements/deal-card.js";
import "../elements/flash-sale.js";
import "../elements/shelf-list.js";
import "../elements/order-ticker.js";
import "../elements/like-button.js";
import "../elements/question-board.js";
import "../elements/danmaku-lanes.js";
import "../elements/run-line.js";
import "../elements/stream-ladder.js";
import "../elements/audio-slides.js";
import "../elements/text-board.js";
import "./leaving.js";
import "../elements/lucky-draw.js";
import "../elements/room-poll.js";
import "./moderation.js";
import "./share.js";

const room = document.querySelector("live-room");

// --- The announcement: one line, taken away by a press until another one comes.
const announcement = room.querySelector("#announcement");
let dismissed = null;

function drawAnnouncement({ show }) {
  const place = announcement.querySelector("[data-announcement]");
  if (place.textContent !== show.announcement) place.textContent = show.announcement;
  announcement.hidden = !show.announcement || show.announcement === dismissed;
}

// --- Where the picture comes from, if not from a live camera: as the host declared it.
function drawSource({ show }) {
  for (const label of room.querySelectorAll("[data-source]")) label.hidden = label.dataset.source !== show.source;
}

// --- What few shows have is loaded when one has it; it draws itself from the room's state then.
const RARE = {
  relay: () => import("../elements/relay-card.js"),
  answer: () => import("../elements/answer-card.js"),
};

function bringRare(state) {
  for (const [part, bring] of Object.entries(RARE)) if (state[part]) bring();
}

room.addEventListener("room-state", ({ detail }) => bringRare(detail.state));
room.addEventListener("room-event", ({ detail }) => bringRare(detail.state));

function drawShow(state) {
  drawAnnouncement(state);
  drawSource(state);
}

room.addEventListener("room-state", ({ detail }) => drawShow(detail.state));
room.addEventListener("room-event", ({ detail }) => detail.event.show && drawShow(detail.state));
announcement.querySelector("[data-dismiss]").addEventListener("click", () => {
  dismissed = announcement.querySelector("[data-announcement]").textContent;
  announcement.hidden = true;
});

// --- The replay: a minute or two after the end.
const replayLink = room.querySelector("[data-replay-ready]");
room.addEventListener("room-event", ({ detail }) => {
  if (detail.event.show?.state !== "ready" || !replayLink) return;
  replayLink.hidden = false;
  room.querySelector("[data-replay-soon]")?.setAttribute("hidden", "");
});

// --- The line that says the connection is being mended, only if that takes a moment.
const offline = room.querySelector("[data-offline]");
let offlineTimer = 0;
room.addEventListener("room-connection", ({ detail }) => {
  clearTimeout(offlineTimer);
  if (detail.connection === "open") offline.hidden = true;
  else offlineTimer = setTimeout(() => (offline.hidden = false), 2000);
});

// --- The shelf: a sheet on a phone, a column on a wide screen.
const shelf = document.getElementById("shelf");
const openers = room.querySelectorAll("[data-shelf-open]");

function showShelf(isOpen) {
  shelf.classList.toggle("is-open", isOpen);
  for (const opener of openers) opener.setAttribute("aria-expanded", String(isOpen));
  // It is still on its way up: nothing is to be scrolled to where it comes from.
  if (isOpen) shelf.querySelector("[data-shelf-close]").focus({ preventScroll: true });
}

function leaveShelf() {
  showShelf(false);
  openers[0]?.focus();
}

for (const opener of openers) {
  opener.setAttribute("role", "button");
  opener.addEventListener("click", (event) => {
    event.preventDefault();
    showShelf(!shelf.classList.contains("is-open"));
  });
}
shelf.querySelector("[data-shelf-close]").addEventListener("click", (event) => {
  event.preventDefault();
  leaveShelf();
});
shelf.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && shelf.classList.contains("is-open")) leaveShelf();
});
room.querySelector(".room-stage").addEventListener("click", () => showShelf(false));
document.addEventListener("dialog:opened", () => showShelf(false));

// --- Share.
room.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  document.getElementById("toasts")?.show?.(button.dataset.copied, "success");
});
