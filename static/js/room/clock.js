/**
 * The server's clock, on a machine whose own clock may be wrong or be set meanwhile.
 *
 * Time is counted by the page's stopwatch (performance.now). What the server's clock showed when
 * is told by the page itself (`server-now`, written between its request and its answer) and, better,
 * by pings of the room's socket: the middle of a round trip, wrong by half of it at most. The
 * best of the last few measurements counts.
 */

const KEPT = 6;
const JUMP_MS = 2000;

let samples = [];
let wall = Date.now() - performance.now();

/** The server's clock showed `serverMs` at some moment between two readings of the stopwatch. */
export function measured(sent, serverMs, received) {
  const wallNow = Date.now() - performance.now();
  // The machine slept (its stopwatch may have stood still) or its clock was set: begin anew.
  if (Math.abs(wallNow - wall) > JUMP_MS) samples = [];
  wall = wallNow;
  const sample = { error: (received - sent) / 2, base: serverMs - (sent + received) / 2 };
  samples = [...samples, sample].slice(-KEPT);
}

function readPage() {
  const told = Number(document.querySelector("[server-now]")?.getAttribute("server-now"));
  if (!told) return;
  const [page] = performance.getEntriesByType("navigation");
  const isKnown = page?.responseStart > 0;
  measured(isKnown ? page.requestStart : 0, told, isKnown ? page.responseStart : performance.now());
}

readPage();

/** Epoch milliseconds as the server would say. */
export function serverNow() {
  if (!samples.length) return Date.now();
  const best = samples.reduce((a, b) => (b.error <= a.error ? b : a));
  return best.base + performance.now();
}
