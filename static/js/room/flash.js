/** What a room's flash sale is doing, by the server's clock. */

const LINGER_MS = 60_000;

/**
 * "soon", "on", "over", "off" (called off), or "" when there is nothing to say (any more).
 * The same rule as `phase_at` in streams/domain/flash_facts.py.
 */
export function phaseAt(sale, now) {
  if (!sale || sale.item === null) return "";
  const closed = sale.closed_at ?? sale.ends_at;
  if (sale.state === "cancelled" || sale.state === "withdrawn") {
    return now < closed + LINGER_MS ? "off" : "";
  }
  if (sale.state === "ended" || now >= sale.ends_at) {
    return now < Math.min(closed, sale.ends_at) + LINGER_MS ? "over" : "";
  }
  return now < sale.starts_at ? "soon" : "on";
}

/** Until when the clock of this phase runs (epoch ms); null when it shows none. */
export const clockUntil = (sale, phase) =>
  ({ soon: sale.starts_at, on: sale.ends_at })[phase] ?? null;

/** The product that the flash card shows with its price; no other card repeats it. */
export function itemOnFlash(sale, now) {
  return ["soon", "on"].includes(phaseAt(sale, now)) ? sale.item : null;
}

/** The flash price as `offerAt` tells prices, before it is on as well. */
export const flashOffer = (sale) => ({
  price: sale.price_fen,
  base: sale.base_fen,
  percent: sale.percent,
  pool: sale.pool,
  endsAt: null, // the flash card's own clock tells it
});

/** 83_000 → "01:23". A second that has begun counts whole, so that zero means now. */
export function minutes(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const two = (number) => String(number).padStart(2, "0");
  return `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`;
}
