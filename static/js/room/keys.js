// One key each. A key presses the first button on the page that says `data-key-act="…"`, is seen and
// may be pressed; whoever adds such a button needs nothing here. The digits (pins) are <host-console>'s.
//
// Never while typing, with Ctrl, Alt or Meta, on repeat, or behind an open sheet.

const ACTS = {
  N: "next",
  B: "back",
  F: "flash",
  D: "draw",
  S: "slate",
  M: "mute",
  P: "panic",
  T: "prompter",
  "[": "slower",
  "]": "faster",
  "-": "smaller",
  "=": "larger",
  "+": "larger",
  "?": "keys",
};
const CODES = { BracketLeft: "[", BracketRight: "]", Minus: "-", Equal: "=" };
const TYPING = "input:not([type=button], [type=checkbox], [type=radio], [type=range]), textarea, select, [contenteditable]:not([contenteditable=false])";

/** What is printed on the key; where another alphabet is on, what stands there on a Latin keyboard. */
function keyOf(event) {
  if (/^[a-z]$/i.test(event.key)) return event.key.toUpperCase();
  if (event.key in ACTS) return event.key;
  return /^Key([A-Z])$/.exec(event.code)?.[1] ?? CODES[event.code] ?? "";
}

const mayBePressed = (button) =>
  !button.disabled && button.getAttribute("aria-disabled") !== "true" && button.checkVisibility();

function pressed(event) {
  if (event.defaultPrevented || event.isComposing || event.repeat) return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.(TYPING)) return;
  const act = ACTS[keyOf(event)];
  if (!act || (event.shiftKey && act !== "keys" && act !== "larger")) return;
  if (act !== "panic" && document.querySelector("dialog[open]")) return;
  const button = [...document.querySelectorAll(`[data-key-act="${act}"]`)].find(mayBePressed);
  if (button) button.click();
  else if (act === "flash") leadToFlash();
  else return;
  event.preventDefault();
}

/** Nothing to start: one is on, or none is planned. Its key must not stop it. */
function leadToFlash() {
  const panel = document.getElementById("flash-panel");
  (panel?.querySelector("[data-flash-main]") ?? panel?.querySelector("a"))?.focus();
}

document.addEventListener("keydown", pressed);
