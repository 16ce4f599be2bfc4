/* The wall of a festival: one state, drawn at most once a frame; a clock that ticks once a second. */

import { serverNow } from "../room/clock.js";
import { fill } from "../room/words.js";
import { Heat } from "./heat.js";
import { phaseAt } from "./reduce.js";
import { drawGoods, drawNext, drawOrders, drawPlaces, say } from "./rows.js";
import { Shots } from "./shots.js";
import { WallSource } from "./source.js";
import { hideWhenIdle, keepAwake, useWholeScreen } from "./stage.js";
import { count, day, left, moment, timeOf, wholeYuan } from "./words.js";

const DAY_MS = 86_400_000;
const LONG_NUMBER = 11;
const AWAY_MS = 8000;

const wall = document.getElementById("wall");
const part = (name) => wall.querySelector(`[data-${name}]`);
const heat = new Heat(part("map"));
const shots = new Shots(part("shots"), "video" in wall.dataset ? wall.dataset.playback : "");

let isDue = false;
let minute = "";

function draw() {
  isDue = false;
  const { figures, orders } = source.state;
  const now = serverNow();
  drawPlaces(part("map"), figures, now);
  drawGoods(part("goods"), figures.goods);
  say(part("goods-title"), part("goods-title").dataset[figures.goods_of]);
  part("goods-part").hidden = !figures.goods.length;
  part("next-part").hidden = !figures.shows.next.length;
  drawOrders(part("ticker"), orders);
  part("no-orders").hidden = orders.length > 0;
  drawNext(part("next"), figures.shows.next, now);
  shots.draw(figures.shows.pictures, now);
  const settled = `¥${wholeYuan(figures.settled_fen)}`;
  say(part("settled"), settled);
  part("settled").toggleAttribute("data-long", settled.length > LONG_NUMBER);
  const coming = part("on-the-way");
  say(coming, fill(coming.dataset.pattern, { yuan: wholeYuan(figures.coming_fen) }));
  const all = part("orders");
  const told = {
    settled: count(figures.settled_orders),
    n: count(figures.orders),
    today: count(figures.orders_today),
  };
  say(all, fill(all.dataset.pattern, told));
}

function drawSoon() {
  if (isDue) return;
  isDue = true;
  requestAnimationFrame(draw);
}

function tick() {
  const { festival } = source.state;
  const now = serverNow();
  const phase = phaseAt(festival, now);
  if (wall.dataset.phase !== phase) wall.dataset.phase = phase;
  if (phase === "before") {
    const clock = part("countdown");
    say(clock, left(festival.starts_at - now, clock.dataset.days, fill));
    clock.toggleAttribute("data-long", clock.textContent.length > LONG_NUMBER);
  }
  const said = part("said");
  say(said, fill(said.dataset[phase], dates(festival, now)));
  say(part("clock"), timeOf(now));
  heat.fade();
  if (minute !== timeOf(now)) drawSoon(); // "today" may have become yesterday
  minute = timeOf(now);
}

function dates({ starts_at: starts, ends_at: ends }, now) {
  const dayNumber = (ms) => Date.parse(day(ms)) / DAY_MS;
  const first = dayNumber(starts);
  return { at: moment(starts, now), n: dayNumber(now) - first + 1, of: dayNumber(ends - 1) - first + 1 };
}

const offline = part("offline");
let offlineTimer = 0;

function connected(connection) {
  if (connection === "open" || connection === "refused") {
    clearTimeout(offlineTimer);
    offlineTimer = 0;
    offline.hidden = true;
  }
  if (connection === "refused") tellOffline("refused");
  else if (connection !== "open") offlineTimer ||= setTimeout(tellOffline, AWAY_MS, "away");
}

function tellOffline(why) {
  say(offline, offline.dataset[why]);
  offline.hidden = false;
}

const source = new WallSource({
  ws: wall.dataset.ws,
  snapshotUrl: wall.dataset.snapshot,
  state: JSON.parse(document.getElementById("wall-state").textContent),
  handlers: { state: drawSoon, lit: (lit) => heat.light(lit), connection: connected },
});

useWholeScreen(part("fullscreen"));
keepAwake();
hideWhenIdle(wall);
tick();
draw();
setInterval(tick, 1000);
source.open();
