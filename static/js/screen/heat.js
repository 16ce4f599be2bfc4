/**
 * The map lit by orders: each makes its place warmer, and warmth fades. One number and one spark a
 * place, whatever comes.
 */

const FADES = 0.93; // a second: half of it after ten
const LEVELS = [0.15, 1, 3, 8, 20];
const HOTTEST = 40;
const SPARK_MS = 900;
const calm = matchMedia("(prefers-reduced-motion: reduce)");

export class Heat {
  #places = new Map();

  constructor(map) {
    for (const tile of map.querySelectorAll("[data-place]")) {
      const spark = tile.querySelector(".place-spark");
      this.#places.set(tile.dataset.place, { tile, spark, heat: 0, moving: null });
    }
  }

  light(lit) {
    for (const [code, orders] of Object.entries(lit)) {
      const place = this.#places.get(code);
      if (!place) continue;
      place.heat = Math.min(HOTTEST, place.heat + orders);
      this.#show(place);
      this.#spark(place, orders);
    }
  }

  /** Once a second. */
  fade() {
    for (const place of this.#places.values()) {
      if (!place.heat) continue;
      place.heat = place.heat < LEVELS[0] ? 0 : place.heat * FADES;
      this.#show(place);
    }
  }

  #show({ tile, heat }) {
    const level = String(LEVELS.filter((least) => heat >= least).length);
    if (tile.dataset.heat !== level) tile.dataset.heat = level;
  }

  /** One at a time a place: a new one takes the old one's stead. */
  #spark(place, orders) {
    if (calm.matches || document.hidden) return;
    place.moving?.cancel();
    const size = 0.8 + Math.min(orders, 10) / 10;
    place.moving = place.spark.animate(
      [
        { opacity: 0, transform: `translateY(2rem) scale(${size / 2})` },
        { opacity: 0.95, transform: `translateY(0) scale(${size})`, offset: 0.3 },
        { opacity: 0, transform: `translateY(-3rem) scale(${size * 1.4})` },
      ],
      { duration: SPARK_MS, easing: "ease-out" },
    );
  }
}
