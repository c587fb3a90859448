// The monitor's page: takes updates as the websocket brings them, draws once a frame, and asks for the next one then.
// A hidden tab does not draw, so it does not ask, and gets all that is kept when it is looked at again.
import { Lanes, Raster } from "./traces.js";
import { Histogram, waveforms } from "./panels.js";

const $ = (id) => document.getElementById(id);
const STALE_MS = 2000;
const TYPES = { float32: Float32Array, float64: Float64Array, int32: Int32Array };
const LATE_MS = 200;

let about, columns, spikes, lanes, raster, histogram;
let waves = [];
let heard = 0, over = false, closed = false;

/** An update's head, and its arrays by name: see picture.py. */
function unpack(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  const parts = {};
  let at = 4 + length;
  for (const { name, type, shape } of head.parts) {
    at += -at & 7;
    const size = shape.reduce((a, b) => a * b, 1);
    parts[name] = Object.assign(new TYPES[type](buffer, at, size), { rows: shape[0], width: shape[1] });
    at += parts[name].byteLength;
  }
  return { head, parts };
}

/** The last columns of [channels, smallest and largest], by number; a gap is not-a-number. */
class Columns {
  constructor(most, channels) {
    Object.assign(this, { most, channels, made: 0, data: new Float32Array(most * channels * 2).fill(NaN) });
  }

  add(first, values, count) {
    const width = this.channels * 2;
    for (let k = Math.max(this.made, first - this.most); k < first; k++) {
      this.data.fill(NaN, (k % this.most) * width, (k % this.most + 1) * width);
    }
    for (let k = 0; k < count; k++) {
      this.data.set(values.subarray(k * width, (k + 1) * width), ((first + k) % this.most) * width);
    }
    this.made = first + count;
  }
}

/** What does not change, with the first update. */
function begin(told) {
  about = told;
  columns = new Columns(about.columns, about.channels);
  spikes = { peaks: [], units: [], received: 0 };
  $("model").textContent = about.model;
  document.title = `${about.model} · edgesort monitor`;
  $("filtered").textContent = about.highpass_hz ? `high-passed at ${about.highpass_hz} Hz for the eye` : "as recorded";
  lanes = new Lanes($("traces"), about);
  raster = new Raster($("raster"), about);
  histogram = new Histogram($("latency"), about.edges_ms);
  $("units").replaceChildren(...about.units.map(card));
}

function card(unit) {
  const made = document.createElement("div");
  made.className = "unit";
  made.title = unit.name;
  made.innerHTML = "<b></b><canvas></canvas><p><span class=rate></span><span class=count></span></p><i></i>";
  made.querySelector("b").textContent = unit.name;
  return made;
}

function remember(head, parts) {
  columns.add(head.first, parts.columns, parts.columns.rows);
  const oldest = (columns.made - columns.most) * about.column_frames;
  const { peaks, units } = spikes;
  for (let k = 0; k < parts.peaks.length; k++) {
    peaks.push(parts.peaks[k]);
    units.push(parts.units[k]);
  }
  spikes.received += parts.peaks.length;
  let gone = 0;
  while (gone < peaks.length && peaks[gone] < oldest) gone++;
  peaks.splice(0, gone);
  units.splice(0, gone);
  if (parts.waves) waves = waveLines(head.waves, parts.waves);
}

/** Of each unit its channels, its mean and its single waveforms. */
function waveLines(heads, values) {
  let row = 0;
  return heads.map(({ channels, lines }) => {
    const all = Array.from({ length: lines }, (_, k) => values.subarray((row + k) * values.width, (row + k + 1) * values.width));
    row += lines;
    return { channels, mean: all[0], single: all.slice(1) };
  });
}

function draw(head, fresh) {
  const seconds = Number($("window").value);
  const end = (columns.made * about.column_frames) / about.frequency;
  lanes.draw(columns, spikes, waves, end - seconds, end);
  const drawn = raster.draw(spikes, end - seconds, end);
  $("raster").dataset.drawn = drawn;
  $("raster").dataset.received = spikes.received;
  $("drawn").textContent = `${drawn.toLocaleString("en")} spikes in ${seconds} s`;
  if (fresh) waves.forEach((wave, k) => waveforms($("units").children[k].querySelector("canvas"), wave, colour(k)));
  histogram.draw(head.histogram);
  words(head);
}

function colour(unit) {
  return lanes.theme.units[unit];
}

/** All that is text. */
function words(head) {
  const late = head.lag_ms > LATE_MS;
  $("device").textContent = [head.target, about.link, `${about.channels} channel${about.channels > 1 ? "s" : ""}`,
    `${(about.frequency / 1000).toLocaleString("en")} kHz`, `graph ${about.digest.slice(0, 16)}`].filter(Boolean).join("  ·  ");
  $("time").textContent = clock(head.frames / about.frequency);
  $("checked").textContent = head.checked.toLocaleString("en");
  $("events").textContent = head.events.toLocaleString("en");
  $("lag").textContent = `${head.lag_ms.toFixed(head.lag_ms < 10 ? 1 : 0)} ms`;
  $("lag").classList.toggle("late", late);
  const most = Math.max(...head.rates, 1e-9);
  $("waves").textContent = `last waveforms and mean, ${about.microvolts ? "µV" : "ADC counts"}`;
  about.units.forEach((_, k) => {
    const made = $("units").children[k];
    made.style.setProperty("--c", colour(k));
    made.style.setProperty("--share", head.rates[k] / most);
    made.querySelector(".rate").textContent = `${head.rates[k].toFixed(1)} Hz`;
    made.querySelector(".count").textContent = head.counts[k].toLocaleString("en");
  });
  const [half, high, worst] = head.latency_ms;
  $("percentiles").textContent = head.latency_ms.length ? `half within ${ms(half)}, 99 % ${ms(high)}, most ${ms(worst)} ms` : "";
  health(head);
  judge(head);
}

function health(head) {
  const rows = [
    ["frames not checked", head.unchecked, head.unchecked > 0], ["faults", head.faulted, head.faulted > 0],
    ["sessions", head.sessions], ["frames/s", head.frames_per_second],
    ["updates drawn", head.sent], ["updates dropped", head.dropped],
    ["frames not drawn", head.undrawn], ["build", about.build],
  ];
  $("health").replaceChildren(...rows.map(([name, value, bad]) => pair(name, typeof value === "number" ? value.toLocaleString("en") : value, bad)));
  $("faults").replaceChildren(...[...head.faults].reverse().map(({ frame, what }) => {
    const made = document.createElement("li");
    const at = document.createElement("b");
    at.textContent = `frame ${frame.toLocaleString("en")}`;
    made.append(at, what);
    return made;
  }));
}

/** The verdict so far; the banner at the first mismatch. */
function judge({ mismatch, cause, over: ended, checked, unchecked, faulted }) {
  over = Boolean(ended);
  const verdict = $("verdict");
  const state = mismatch ? "differs" : (ended ? ended.equal : !unchecked && checked) ? "equal" : "";
  verdict.className = `verdict ${state}`;
  verdict.textContent = verdictText(mismatch, ended, checked, unchecked);
  $("banner").hidden = !mismatch;
  if (!mismatch) return;
  const at = `${mismatch.frame} (${(mismatch.frame / about.frequency).toFixed(4)} s)`;
  const rows = [["node", mismatch.node], ["frame", at], ["element", mismatch.index], ["expected", mismatch.expected], ["found", mismatch.found]];
  $("mismatch").replaceChildren(...rows.map(([name, value]) => pair(name, String(value))));
  $("cause").textContent = cause ? `It begins in ${cause.text}` : ended ? "" : "Looking for the node in which it begins …";
}

function verdictText(mismatch, ended, checked, unchecked) {
  if (mismatch) return "NOT EQUAL";
  if (ended) return ended.verdict;
  if (!checked) return "waiting for the device";
  return unchecked ? `equal on what was checked; ${unchecked.toLocaleString("en")} frames were not` : "EQUAL so far, every event";
}

function pair(name, value, bad) {
  const row = document.createElement("div"), dt = document.createElement("dt"), dd = document.createElement("dd");
  dt.textContent = name;
  dd.textContent = value;
  row.classList.toggle("bad", Boolean(bad));
  row.append(dt, dd);
  return row;
}

function ms(value) {
  return value.toPrecision(value < 1 ? 2 : 3).replace(/e.*/, "");
}

function clock(seconds) {
  const whole = Math.floor(seconds), two = (n) => String(n).padStart(2, "0");
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${whole >= 3600 ? `${Math.floor(whole / 3600)}:` : ""}${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}

const socket = new WebSocket(new URL("live", location.href.replace(/^http/, "ws")));
socket.binaryType = "arraybuffer";
socket.onmessage = ({ data }) => {
  heard = performance.now();
  const { head, parts } = unpack(data);
  if (head.about) begin(head.about);
  remember(head, parts);
  requestAnimationFrame(() => {
    draw(head, Boolean(parts.waves));
    if (socket.readyState === WebSocket.OPEN) socket.send("drawn");
  });
};
socket.onclose = () => {
  closed = true;
};
setInterval(() => {
  if (!closed && (over || performance.now() - heard < STALE_MS || document.hidden)) return;
  const verdict = $("verdict");
  if (!verdict.textContent.endsWith("ended")) verdict.textContent += closed ? " · the monitor has ended" : " · no word from the monitor";
}, STALE_MS);
