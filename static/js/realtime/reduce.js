/**
 * A room's state as a pure function: snapshot + events = fresh snapshot.
 *
 * The state, as the snapshot address renders it:
 *   s, ep    the position it stands at (the server's numbering)
 *   show     { version, state, host_online, source, … }, replaced whole by a newer version; source
 *            is camera, recorded or ai
 *   shelf    { version, cards: [card] }; card.item names it, with offers in both languages
 *   pins     { version, open: [{ id, item, at }] }
 *   run      { version, now, next }: the segment of the show that is on and the one after it, each
 *            { id, kind, title_zh, title_en, at } or null
 *   flash    the flash sale that was started last, or null: { id, run, version, state, item,
 *            starts_at, ends_at, pool, price_fen, … }; `run` (epoch ms) is when it was started
 *   relay    the hand-over to another show that was made last, or null: { id, version, state, to,
 *            goes_at, … }
 *   stock    { [pool]: { left, total, version } }
 *   chat     [{ id, … } | { id, hidden: true }], the newest CHAT_LENGTH lines, oldest first
 *   questions [{ id, version, state, votes, … }] open and on air, and the newest ANSWERED_LENGTH
 *            answered ones; by id
 *   draw     the lucky draw that was opened last, or null: { id, run, version, state, opens_at,
 *            closes_at, entries, seed_hash, won, … }
 *   poll     the poll that was opened last, or null: { id, run, version, state, choices, votes, … }
 *   answer   the office's answer to the public that was begun to be read last, or null: { id, demand,
 *            state, title_zh, answer_zh, office_zh, … }; state is on_air, read or gone
 *   counters { likes, viewers } as the page was made; later ones come beside the events
 *
 * Each kind of event has one reducer here, by its wire name. A reducer returns the new state and
 * never changes the old one. An event that comes twice, or late, or before the snapshot it
 * belongs to, does no harm: versions and ids decide what still counts.
 */

export const CHAT_LENGTH = 50;
export const ANSWERED_LENGTH = 20;

const withShow = (state, event) =>
  event.show.version > state.show.version ? { ...state, show: event.show } : state;

function mergeStock(known, told) {
  let merged = known;
  for (const [pool, level] of Object.entries(told)) {
    if (pool in merged && merged[pool].version >= level.version) continue;
    merged = { ...merged, [pool]: level };
  }
  return merged;
}

/** An older shelf may name pools that nothing is sold from any more: they stay away. */
function mergeKnownStock(known, told) {
  return mergeStock(known, Object.fromEntries(Object.entries(told).filter(([pool]) => pool in known)));
}

function withPins(state, event) {
  const isOld = event.shelf_version < state.shelf.version;
  const stock = (isOld ? mergeKnownStock : mergeStock)(state.stock, event.stock);
  if (event.version <= state.pins.version) return { ...state, stock };
  let shelf = state.shelf;
  if (event.shelf_version >= shelf.version) {
    const news = new Map(event.cards.map((card) => [card.item, card]));
    shelf = { ...shelf, cards: shelf.cards.map((card) => news.get(card.item) ?? card) };
  }
  return { ...state, shelf, stock, pins: { version: event.version, open: event.pins } };
}

function withShelf(state, event) {
  if (event.version <= state.shelf.version) {
    return { ...state, stock: mergeKnownStock(state.stock, event.stock) };
  }
  const merged = mergeStock(state.stock, event.stock);
  const stock = Object.fromEntries(Object.keys(event.stock).map((pool) => [pool, merged[pool]]));
  return { ...state, stock, shelf: { version: event.version, cards: event.cards } };
}

const withRun = (state, { run }) =>
  run.version > (state.run?.version ?? -1) ? { ...state, run } : state;

function withStock(state, event) {
  if (!(event.pool in state.stock)) return state;
  const { left, total, version } = event;
  const stock = mergeStock(state.stock, { [event.pool]: { left, total, version } });
  return stock === state.stock ? state : { ...state, stock };
}

/** The one started last counts; of the same start, the newer version. */
const isNews = (known, told) =>
  !known || told.run > known.run || (told.run === known.run && told.version > known.version);

const withFlash = (state, { sale }) => (isNews(state.flash, sale) ? { ...state, flash: sale } : state);
const withDraw = (state, { draw }) => (isNews(state.draw, draw) ? { ...state, draw } : state);
const withPoll = (state, { poll }) => (isNews(state.poll, poll) ? { ...state, poll } : state);

/** One reading after the other, each on air at first and then read or gone. */
const withAnswer = (state, { answer }) => {
  const known = state.answer;
  const isNewer = !known || answer.id > known.id || (answer.id === known.id && known.state === "on_air");
  return isNewer ? { ...state, answer } : state;
};

const withRelay = (state, { relay }) => {
  const known = state.relay;
  const isNewer = !known || relay.id > known.id || (relay.id === known.id && relay.version > known.version);
  return isNewer ? { ...state, relay } : state;
};

function withChat(state, event) {
  const { t: _, ...line } = event;
  if (state.chat.some((other) => other.id === line.id)) return state;
  const chat = [...state.chat, line].sort((a, b) => a.id - b.id).slice(-CHAT_LENGTH);
  return { ...state, chat };
}

function withoutChat(state, event) {
  const gone = new Set(event.ids);
  const chat = state.chat.map((line) => {
    if (gone.has(line.id)) return { id: line.id, hidden: true };
    return gone.has(line.reply?.id) ? { ...line, reply: null } : line;
  });
  return { ...state, chat };
}

function withQuestion(state, { question }) {
  const known = state.questions.find((one) => one.id === question.id);
  if (known && known.version >= question.version) return state;
  const others = state.questions.filter((one) => one.id !== question.id);
  if (question.state === "removed") return { ...state, questions: others };
  const all = [...others, question];
  const answered = all.filter((one) => one.state === "answered");
  answered.sort((a, b) => a.answered_at - b.answered_at || a.id - b.id);
  const old = new Set(answered.slice(0, -ANSWERED_LENGTH).map((one) => one.id));
  return { ...state, questions: all.filter((one) => !old.has(one.id)).sort((a, b) => a.id - b.id) };
}

/** News that passes by (ticker) and private words (chat_kept, moderation) have no reducer: they
 * are no part of the state. */
export const reducers = {
  show: withShow,
  host: withShow,
  announcement: withShow,
  pins: withPins,
  run: withRun,
  shelf: withShelf,
  stock: withStock,
  flash: withFlash,
  relay: withRelay,
  chat: withChat,
  chat_hidden: withoutChat,
  question: withQuestion,
  draw: withDraw,
  poll: withPoll,
  answer: withAnswer,
};

/** The state after one event. A kind that is not known here changes nothing. */
export function applyEvent(state, event) {
  const reducer = Object.hasOwn(reducers, event.t) ? reducers[event.t] : null;
  return reducer ? reducer(state, event) : state;
}

/**
 * What a card is sold for at `now` (epoch ms by the server's clock).
 * Returns { price, base, percent, pool, endsAt, deal }; base is null without a deal. A flash
 * sale stands in front of the ordinary deal.
 */
export function offerAt(card, now) {
  const deal = [card.flash, card.deal].find((one) => one && one.starts_at <= now && now < one.ends_at);
  if (deal) {
    return {
      price: deal.price_fen,
      base: deal.base_fen,
      percent: deal.percent,
      pool: deal.pool,
      endsAt: deal.ends_at,
      deal: deal.id,
    };
  }
  return { price: card.list_fen, base: null, percent: 0, pool: card.pool, endsAt: null, deal: null };
}
