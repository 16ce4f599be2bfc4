/** Texts and figures for people. All words come from the page: patterns with {places}. */

export const isChinese = document.documentElement.lang.startsWith("zh");

/** `name_zh` or `name_en` of a fact that carries both. */
export const pick = (facts, name) => facts[`${name}_${isChinese ? "zh" : "en"}`];

/** Fill `{n}`-like places of a pattern. */
export const fill = (pattern, places) =>
  (pattern ?? "").replace(/\{(\w+)\}/g, (whole, name) => places[name] ?? whole);

/** 2950 → "29.50", 5000 → "50", as the server's `yuan`. */
export function yuan(fen) {
  const [whole, rest] = [Math.floor(fen / 100), fen % 100];
  return whole.toLocaleString("en-US") + (rest ? `.${String(rest).padStart(2, "0")}` : "");
}

/** 12345 → "1.2万" or "12.3k"; `pattern` and `unit` come from the page. */
export function short(count, pattern, unit) {
  if (count < unit) return count.toLocaleString("en-US");
  return fill(pattern, { n: (Math.floor((count / unit) * 10) / 10).toString() });
}
