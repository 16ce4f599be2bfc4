// Cameras and microphones: asking for them, listing them, and what can go wrong.

const SIZE = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 30 } };
const SOUND = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

/** A word for the page: denied, missing, busy, insecure or broken. */
export function problemOf(error) {
  if (!navigator.mediaDevices) return "insecure";
  if (error.name === "NotAllowedError" || error.name === "SecurityError") return "denied";
  if (error.name === "NotFoundError" || error.name === "OverconstrainedError") return "missing";
  if (error.name === "NotReadableError" || error.name === "AbortError") return "busy";
  return "broken";
}

/** Throws what getUserMedia throws; problemOf puts it into a word. */
export async function openDevices({ camera, microphone }) {
  if (!navigator.mediaDevices) throw new TypeError("no media devices on an insecure page");
  return navigator.mediaDevices.getUserMedia({
    video: { ...SIZE, ...(camera ? { deviceId: { exact: camera } } : {}) },
    audio: { ...SOUND, ...(microphone ? { deviceId: { exact: microphone } } : {}) },
  });
}

/** Fills a <select> with the devices of one kind; names are known once permission was given. */
export async function listDevices(select, kind, chosen) {
  if (!select) return;
  const devices = await navigator.mediaDevices.enumerateDevices();
  const options = devices
    .filter((device) => device.kind === kind && device.deviceId)
    .map((device) => {
      const option = document.createElement("option");
      option.value = device.deviceId;
      option.textContent = device.label || device.deviceId.slice(0, 8);
      option.selected = device.deviceId === chosen;
      return option;
    });
  select.replaceChildren(...options);
  select.disabled = options.length < 2;
}
