// The bench's two pages in one: a host whose picture carries the time as a barcode, and a viewer
// that reads it back. Both clocks are this machine's.
import { publish } from "/static/js/media/whip.js";
import { senderStats } from "/static/js/media/sender-stats.js";

const BITS = 32;
const WIDTH = 1280;
const HEIGHT = 720;
const BLOCK = WIDTH / 32;

globalThis.host = async (url, token) => {
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  const drawing = canvas.getContext("2d", { alpha: false });
  let count = 0;
  const draw = () => {
    const now = Date.now();
    count++;
    const shade = drawing.createLinearGradient(0, 0, WIDTH, HEIGHT);
    shade.addColorStop(0, `hsl(${(count * 2) % 360},60%,50%)`);
    shade.addColorStop(1, `hsl(${(count * 3 + 90) % 360},60%,40%)`);
    drawing.fillStyle = shade;
    drawing.fillRect(0, 0, WIDTH, HEIGHT);
    for (let index = 0; index < 12; index++) {
      drawing.fillStyle = `hsl(${index * 30},70%,60%)`;
      drawing.beginPath();
      const x = WIDTH * (0.5 + 0.45 * Math.sin(count / 30 + index));
      const y = HEIGHT * (0.6 + 0.35 * Math.cos(count / 25 + index * 2));
      drawing.arc(x, y, BLOCK * 1.5, 0, 7);
      drawing.fill();
    }
    for (let bit = 0; bit < BITS; bit++) {
      drawing.fillStyle = (now / 2 ** bit) & 1 ? "#fff" : "#000";
      drawing.fillRect((bit % 16) * BLOCK, (bit >> 4) * BLOCK, BLOCK, BLOCK);
    }
  };
  setInterval(draw, 1000 / 30);
  draw();
  const audio = new AudioContext({ sampleRate: 48000 });
  const sink = audio.createMediaStreamDestination();
  const tone = audio.createOscillator();
  tone.frequency.value = 330;
  tone.connect(sink);
  tone.start();
  const [picture] = canvas.captureStream(30).getVideoTracks();
  picture.contentHint = "motion";
  const stream = new MediaStream([picture, ...sink.stream.getAudioTracks()]);
  const session = await publish(url, token, stream, { maxBitrate: 2_500_000 });
  const read = senderStats(session.connection);
  await read();
  globalThis.hostStats = read;
  globalThis.hostState = () => session.connection.connectionState;
};

globalThis.watch = (attribute, url) => {
  const template = document.createElement("template");
  template.innerHTML =
    '<live-player class="player"><video class="player-video" muted playsinline autoplay></video></live-player>';
  const player = template.content.firstElementChild;
  player.setAttribute(attribute, url);
  const states = [];
  player.addEventListener("player-state", (event) => states.push([Date.now(), event.detail.state]));
  document.querySelector("main").replaceChildren(player);
  const video = player.querySelector("video");
  const canvas = document.createElement("canvas");
  canvas.width = 320;
  canvas.height = 180;
  const drawing = canvas.getContext("2d", { willReadFrequently: true });
  const delays = [];
  let frames = 0;
  let lastFrame = 0;
  const read = () => {
    drawing.drawImage(video, 0, 0, 320, 180);
    const { data } = drawing.getImageData(0, 0, 160, 20);
    let time = 0;
    for (let bit = 0; bit < BITS; bit++) {
      const x = (bit % 16) * 10 + 5;
      const y = (bit >> 4) * 10 + 5;
      if (data[(y * 160 + x) * 4] > 127) time += 2 ** bit;
    }
    return (Date.now() % 2 ** BITS) - time;
  };
  const tick = () => {
    lastFrame = Date.now();
    if (++frames % 3 === 0) {
      const delay = read();
      if (delay > -100 && delay < 60_000) delays.push([lastFrame, delay]);
    }
    video.requestVideoFrameCallback(tick);
  };
  video.requestVideoFrameCallback(tick);
  globalThis.report = (since) => ({
    delays: delays.filter(([at]) => at >= since).map(([, delay]) => delay),
    frames,
    lastFrame,
    stalls: player.stalls,
    states,
    width: video.videoWidth,
    newest: delays.at(-1) ?? null,
  });
};
