// A still picture in the camera's place: the panic key must show something at once.

const WIDTH = 1280;
const HEIGHT = 720;
const FPS = 5; // encoders want pictures even when nothing moves

/** Returns { track, stop() }. Without an image the slate is the page's own background colour. */
export function createSlate(image) {
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  canvas.height = HEIGHT;
  const drawing = canvas.getContext("2d", { alpha: false });
  const draw = () => {
    drawing.fillStyle = getComputedStyle(document.body).backgroundColor || "black";
    drawing.fillRect(0, 0, WIDTH, HEIGHT);
    if (!image?.complete || !image.naturalWidth) return;
    const scale = Math.min(WIDTH / image.naturalWidth, HEIGHT / image.naturalHeight);
    const [width, height] = [image.naturalWidth * scale, image.naturalHeight * scale];
    drawing.drawImage(image, (WIDTH - width) / 2, (HEIGHT - height) / 2, width, height);
  };
  draw();
  const timer = setInterval(draw, 1000 / FPS);
  const [track] = canvas.captureStream(FPS).getVideoTracks();
  return {
    track,
    stop() {
      clearInterval(timer);
      track.stop();
    },
  };
}
