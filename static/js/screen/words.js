/** How the wall says times and money; all words come from the page. */

const zone = { timeZone: "Asia/Shanghai" };
const language = document.documentElement.lang;
const clock = new Intl.DateTimeFormat("en-GB", { ...zone, hour: "2-digit", minute: "2-digit" });
const dayOf = new Intl.DateTimeFormat("en-CA", { ...zone, dateStyle: "short" });
const shortDay = new Intl.DateTimeFormat(language, { ...zone, month: "short", day: "numeric" });

export const timeOf = (ms) => clock.format(ms);
export const day = (ms) => dayOf.format(ms);

/** `20:00` of today, else the day and the time. */
export const moment = (ms, now) =>
  day(ms) === day(now) ? timeOf(ms) : `${shortDay.format(ms)} ${timeOf(ms)}`;

/** `20:00` of today, else the day: for a small tile. */
export const brief = (ms, now) => (day(ms) === day(now) ? timeOf(ms) : shortDay.format(ms));

export const count = (number) => Number(number).toLocaleString("en-US");

/** Whole yuan, rounded down: nobody reads fen from ten metres. */
export const wholeYuan = (fen) => Math.floor(fen / 100).toLocaleString("en-US");

const two = (number) => String(number).padStart(2, "0");

export function left(ms, daysPattern, fill) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const days = Math.floor(seconds / 86_400);
  const t = `${two(Math.floor(seconds / 3600) % 24)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return days ? fill(daysPattern, { d: days, t }) : t;
}
