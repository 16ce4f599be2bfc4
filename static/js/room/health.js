/** How the picture goes out, judged from its figures: the code of the words that say it. */

export const MARKS = { slowKbps: 400, lostPerMille: 30, smallHeight: 480, farMs: 500 };

/** @param {{kbps: number, width: number, height: number, rtt: number, lost: number, limited: string}} figures */
export function judge({ kbps, height, rtt, lost, limited }) {
  if (!kbps) return "none";
  if (lost >= MARKS.lostPerMille) return "lossy";
  if (limited === "bandwidth") return "slow";
  if (limited === "cpu") return "cpu";
  if (height && height < MARKS.smallHeight) return "small";
  return rtt >= MARKS.farMs ? "far" : "good";
}

/** What <live-broadcaster> measures, as the room is told it: whole numbers, lost in per mille. */
export function figuresOf({ kbps, width, height, fps, rttMs, lostPercent, limitedBy, lineKbps }) {
  // A still picture needs few bits: only a line that could not carry more is slow.
  const isSlow = lineKbps !== undefined && lineKbps < MARKS.slowKbps;
  const whole = (value) => Math.max(0, Math.round(value ?? 0));
  return {
    kbps: whole(kbps),
    width: whole(width),
    height: whole(height),
    fps: whole(fps),
    rtt: whole(rttMs),
    lost: Math.min(1000, whole((lostPercent ?? 0) * 10)),
    limited: isSlow ? "bandwidth" : (limitedBy ?? "none"),
  };
}
