// Notices that the media server is gone, seconds before ICE does (about nine).
//
// A server that lives reports on a host's stream every second or so, also while nothing of it
// arrives (RTCP), and answers ICE's checks. When all of that stands still, the line may be the
// cause too, and then a new connection would gain nothing: so the server is asked by HTTP. Any
// quick word, a refusal as well, says that the line is fine and the session dead; a slow word is a
// server that was held up and goes on, and no word at all leaves the matter to ICE.

const LOOK_MS = 500;
const LONGEST_STEP_MS = 1000; // a page in the background looks seldom: not looking is no silence
const QUIET_MS = 2500;
const PATIENCE = 2; // times the longest pause there was: not every server reports each second
const ANSWER_MS = 700;
const SETTLE_MS = 300; // who answers may have been about to report

/** Calls `gone` once, when what answers at `url` no longer keeps this connection; `stop()` ends it. */
export function watchPulse(connection, url, gone) {
  let heard = -1;
  let quiet = 0;
  let longest = 0;
  let looked = performance.now();
  let isAsking = false;
  let isOver = false;

  const look = async () => {
    const now = await packetsHeard(connection);
    const limit = Math.max(QUIET_MS, longest * PATIENCE);
    const step = Math.min(performance.now() - looked, LONGEST_STEP_MS);
    looked = performance.now();
    if (isOver) return;
    if (now !== heard) {
      if (quiet < limit) longest = Math.max(longest, quiet); // else it was an outage
      heard = now;
      quiet = 0;
      return;
    }
    quiet += step;
    if (isAsking || quiet < limit) return;
    isAsking = true;
    const isAnswered = await answers(url);
    if (isAnswered) await new Promise((settled) => setTimeout(settled, SETTLE_MS));
    isAsking = false;
    if (isOver || !isAnswered || (await packetsHeard(connection)) !== heard) return;
    stop();
    gone();
  };
  const timer = setInterval(look, LOOK_MS);
  const stop = () => {
    isOver = true;
    clearInterval(timer);
  };
  return stop;
}

/** What came from the other side, of any kind: RTCP, and ICE's answers and questions. */
async function packetsHeard(connection) {
  let heard = 0;
  for (const entry of (await connection.getStats()).values()) {
    if (entry.type !== "candidate-pair") continue;
    heard += (entry.packetsReceived ?? entry.bytesReceived ?? 0) + (entry.responsesReceived ?? 0);
    heard += entry.requestsReceived ?? 0;
  }
  return heard;
}

/** True if the server says anything in time, or refuses to listen; false if nothing comes back. */
async function answers(url) {
  const patience = new AbortController();
  const { signal } = patience;
  const timer = setTimeout(() => patience.abort(), ANSWER_MS);
  try {
    await fetch(url, { method: "HEAD", mode: "no-cors", credentials: "omit", cache: "no-store", signal });
    return true;
  } catch {
    return !signal.aborted && navigator.onLine;
  } finally {
    clearTimeout(timer);
  }
}
