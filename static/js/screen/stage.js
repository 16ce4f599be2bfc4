/** What the browser lends a wall: the whole screen, a lamp that does not go out, a hidden cursor. */

const IDLE_MS = 5000;

export function useWholeScreen(button) {
  if (!document.fullscreenEnabled) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen().catch(() => {});
    stayAwake();
  });
  document.addEventListener("fullscreenchange", () => {
    button.setAttribute("aria-pressed", String(Boolean(document.fullscreenElement)));
  });
}

let lock = null;

/** Asked again whenever the page comes to the front: the browser takes it back when it is hidden. */
async function stayAwake() {
  if (!navigator.wakeLock || document.hidden || (lock && !lock.released)) return;
  try {
    lock = await navigator.wakeLock.request("screen");
  } catch {
    lock = null; // a low battery, or a browser that wants a press first
  }
}

export function keepAwake() {
  document.addEventListener("visibilitychange", stayAwake);
  stayAwake();
}

/** Buttons and cursor go when nobody has moved anything for a moment. */
export function hideWhenIdle(wall) {
  let timer = 0;
  const stir = () => {
    wall.classList.remove("is-idle");
    clearTimeout(timer);
    timer = setTimeout(() => wall.classList.add("is-idle"), IDLE_MS);
  };
  for (const kind of ["pointermove", "pointerdown", "keydown"]) addEventListener(kind, stir);
  stir();
}
