// How loud the microphone is, 0 to 1, ten times a second.

const EVERY_MS = 100;

export class LevelMeter {
  #context = null;
  #timer = 0;

  /** Calls `onLevel` until stop(). A stream without sound is silent. */
  start(stream, onLevel) {
    this.stop();
    if (!stream.getAudioTracks().length || !window.AudioContext) return;
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    analyser.fftSize = 512;
    context.createMediaStreamSource(stream).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    this.#context = context;
    this.#timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      const power = samples.reduce((sum, value) => sum + value * value, 0) / samples.length;
      const decibel = 10 * Math.log10(power + 1e-9); // speech lies between -50 and -10
      onLevel(Math.min(1, Math.max(0, (decibel + 60) / 55)));
    }, EVERY_MS);
  }

  stop() {
    clearInterval(this.#timer);
    this.#context?.close();
    this.#context = null;
  }
}
