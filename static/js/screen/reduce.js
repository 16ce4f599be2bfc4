/**
 * The wall's state as a pure function: snapshot + events = fresh snapshot.
 *
 *   s, ep     the position it stands at
 *   festival  { slug, name_zh, name_en, starts_at, ends_at, places }, as the page was made
 *   figures   { version, … }, replaced whole by a newer version
 *   orders    the newest LINES lines { id, name, code, product_zh, product_en, quantity, at },
 *             oldest first; by id
 *
 * What an event says was lit is passing news and no part of the state.
 */

export const LINES = 8;

const byTime = (a, b) => a.at - b.at || a.id - b.id;

function withOrders(known, told) {
  const ids = new Set(known.map((line) => line.id));
  const fresh = told.filter((line) => !ids.has(line.id));
  return fresh.length ? [...known, ...fresh].sort(byTime).slice(-LINES) : known;
}

/** The state after one event. A kind that is not known here changes nothing. */
export function applyEvent(state, event) {
  if (event.t !== "festival") return state;
  const isNewer = event.figures && event.figures.version > state.figures.version;
  return {
    ...state,
    figures: isNewer ? event.figures : state.figures,
    orders: withOrders(state.orders, event.orders),
  };
}

/** before, during or after, at `now` (epoch ms by the server's clock). */
export function phaseAt({ starts_at: starts, ends_at: ends }, now) {
  if (now < starts) return "before";
  return now < ends ? "during" : "after";
}
