// How many bytes of picture, sound and product pictures this page has really fetched.
//
// The browser's own books: each finished request with its size on the wire, headers and packing
// included. Another origin's sizes are told only with its leave (Timing-Allow-Origin), which the
// media engine gives. A request answered from the cache counts nothing.

export class DataMeter {
  bytes = 0;
  #isMedia;
  #watch = null;
  #markBytes = 0;
  #markAt = performance.now();

  /** isMedia(address): whether a request is part of the show. */
  constructor(isMedia) {
    this.#isMedia = isMedia;
    if (!("PerformanceObserver" in window)) return;
    this.#watch = new PerformanceObserver((list) => this.#add(list.getEntries()));
    this.#watch.observe({ type: "resource", buffered: true });
  }

  /** Begin anew to measure what an hour would cost: another rung, another price. */
  mark() {
    this.#markBytes = this.bytes;
    this.#markAt = performance.now();
  }

  /** Bytes an hour at the pace since `mark`; null before there is enough to go by. */
  get perHour() {
    const seconds = (performance.now() - this.#markAt) / 1000;
    return seconds < 20 ? null : ((this.bytes - this.#markBytes) / seconds) * 3600;
  }

  stop() {
    this.#watch?.disconnect();
  }

  #add(entries) {
    for (const entry of entries) {
      if (entry.initiatorType === "img" || this.#isMedia(entry.name)) this.bytes += entry.transferSize;
    }
  }
}

/** 12.3, 640: one decimal only where it says something. */
export function megabytes(bytes) {
  const amount = bytes / 1_000_000;
  return amount < 10 ? amount.toFixed(1) : Math.round(amount).toString();
}
