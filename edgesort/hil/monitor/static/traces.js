// Traces and raster: uPlot makes the axes, the cursor and the frame; what is in it is painted here, whole pixels at a time.
const GUTTER = 84;
const SPIKE_S = 0.0006; // either side of a peak, drawn in the unit's colour
const LANE_RANGE = 0.9; // of the channels' ranges, the one that fills a lane
const FONT = '11px "Helvetica Neue", Helvetica, Arial, "Liberation Sans", sans-serif';
const DARK = matchMedia("(prefers-color-scheme: dark)");

/** The page's colours as they are now; units a little lighter on black. */
function theme(about) {
  const style = getComputedStyle(document.documentElement);
  const [ink, grey, line, trace] = ["--ink", "--grey", "--line", "--trace"].map((name) => style.getPropertyValue(name).trim());
  return { ink, grey, line, trace, units: about.units.map(({ colour }) => (DARK.matches ? lighter(colour) : colour)) };
}

function lighter(colour) {
  return "#" + rgb(colour).map((part) => Math.round(part + (255 - part) * 0.3).toString(16).padStart(2, "0")).join("");
}

function rgb(colour) {
  return [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
}

/** As an ImageData's 32 bits. */
function packed(colour) {
  const [r, g, b] = rgb(colour);
  return (255 << 24 | b << 16 | g << 8 | r) >>> 0;
}

/** A uPlot of the place's size with time below it; `paint(u)` fills it. */
function timed(place, rows, paint, colours) {
  const axis = { stroke: () => colours().grey, grid: { stroke: () => colours().line, width: 1 }, ticks: { show: false }, font: FONT };
  const options = {
    ...size(place), legend: { show: false }, padding: [4, 20, 0, 0], pxAlign: 1,
    cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
    scales: { x: { time: false, auto: false, range: (_, min, max) => [min, max] }, y: { auto: false, range: () => [0, rows] } },
    axes: [
      { ...axis, size: 18, gap: 2, space: 70, values: (_, splits) => splits.map((s) => (s < 0 ? "" : `${+s.toFixed(3)} s`)) },
      { ...axis, size: GUTTER, grid: { show: false }, values: (_, splits) => splits.map(() => "") },
    ],
    series: [{}, { show: true, points: { show: false }, paths: () => null }], hooks: { draw: [paint] },
  };
  const made = new uPlot(options, [[0, 1], [null, null]], place);
  new ResizeObserver(() => made.setSize(size(place))).observe(place);
  return made;
}

export function size(place) {
  return { width: Math.max(place.clientWidth, 60), height: Math.max(place.clientHeight, 60) };
}

function show(plot, start, end) {
  plot.setScale("x", { min: start, max: end });
}

/** A name right of the frame's left edge, at a height in the frame's pixels; as many as there is room for. */
function names(u, texts, fills, height) {
  const { left, top } = u.bbox, ratio = devicePixelRatio, every = Math.ceil((11 * ratio) / height);
  u.ctx.save();
  Object.assign(u.ctx, { font: FONT.replace(/^\d+/, String(11 * ratio)), textAlign: "right", textBaseline: "middle" });
  for (let k = 0; k < texts.length; k += every) {
    u.ctx.fillStyle = fills[k];
    u.ctx.fillText(texts[k], left - 6 * ratio, top + (k + 0.5) * height, (GUTTER - 8) * ratio);
  }
  u.ctx.restore();
}

/** The channels' traces, one below the other, with spikes in their unit's colour. */
export class Lanes {
  constructor(place, about) {
    this.about = about;
    this.theme = theme(about);
    DARK.addEventListener("change", () => (this.theme = theme(about)));
    this.buffer = document.createElement("canvas");
    this.plot = timed(place, about.channels, (u) => this.paint(u), () => this.theme);
  }

  draw(columns, spikes, waves, start, end) {
    Object.assign(this, { columns, spikes, waves, start, end });
    show(this.plot, start, end);
  }

  paint(u) {
    if (!this.columns) return;
    const { left, top, width, height } = u.bbox;
    const context = this.buffer.getContext("2d");
    if (this.buffer.width !== width || this.buffer.height !== height) Object.assign(this.buffer, { width, height });
    this.image = context.createImageData(width, height);
    this.pixels = new Uint32Array(this.image.data.buffer);
    const lane = height / this.about.channels, span = this.scale() || 1, ink = packed(this.theme.trace);
    const owners = this.owners(width);
    for (let c = 0; c < this.about.channels; c++) {
      this.channel(c, (c + 0.5) * lane, lane / span, ink, owners[c], width, height);
    }
    context.putImageData(this.image, 0, 0);
    u.ctx.drawImage(this.buffer, left, top);
    const texts = Array.from({ length: this.about.channels }, (_, c) => `ch ${c}`);
    names(u, texts, texts.map(() => this.theme.grey), lane);
    this.bar(u, lane, span);
  }

  /** A lane's height in samples: of most channels the range fits. */
  scale() {
    const { data, channels, most } = this.columns;
    const ranges = Array.from({ length: channels }, (_, c) => {
      let low = Infinity, high = -Infinity;
      for (let k = 0; k < most; k++) {
        const at = (k * channels + c) * 2;
        if (data[at] < low) low = data[at];
        if (data[at + 1] > high) high = data[at + 1];
      }
      return 2 * Math.max(high, -low);
    }).filter(Number.isFinite).sort((a, b) => a - b);
    const wanted = 1.04 * ranges[Math.floor(LANE_RANGE * (ranges.length - 1))];
    this.span = !this.span || wanted > this.span || wanted < 0.6 * this.span ? wanted : this.span;
    return this.span;
  }

  /** For each channel the unit whose spike is at each pixel, or -1. */
  owners(width) {
    const owners = Array.from({ length: this.about.channels }, () => new Int16Array(width).fill(-1));
    const rate = this.about.frequency, perPixel = (this.end - this.start) / width;
    const reach = Math.max(SPIKE_S / perPixel, 1);
    const sorted = this.about.units.some(({ unsorted }) => !unsorted);
    this.spikes.peaks.forEach((peak, k) => {
      const unit = this.spikes.units[k], x = (peak / rate - this.start) / perPixel;
      if ((sorted && this.about.units[unit].unsorted) || x < -reach || x > width + reach) return;
      for (const channel of this.waves[unit]?.channels ?? []) {
        owners[channel].fill(unit, Math.max(0, Math.floor(x - reach)), Math.max(0, Math.ceil(x + reach)));
      }
    });
    return owners;
  }

  channel(c, middle, gain, ink, owners, width, height) {
    const { data, channels, most, made } = this.columns;
    const seconds = this.about.column_frames / this.about.frequency;
    const perPixel = (this.end - this.start) / width / seconds, first = this.start / seconds;
    const colours = this.theme.units.map(packed);
    let lastLow = NaN, lastHigh = NaN;
    for (let x = 0; x < width; x++) {
      const from = Math.floor(first + x * perPixel), to = Math.max(from + 1, Math.floor(first + (x + 1) * perPixel));
      let low = Infinity, high = -Infinity;
      for (let k = Math.max(from, made - most, 0); k < Math.min(to, made); k++) {
        const at = ((k % most) * channels + c) * 2;
        if (data[at] < low) low = data[at];
        if (data[at + 1] > high) high = data[at + 1];
      }
      if (low <= high) {
        const top = Math.round(middle - (lastLow > high ? lastLow : high) * gain); // meets the last one
        const bottom = Math.round(middle - (lastHigh < low ? lastHigh : low) * gain);
        const value = owners[x] < 0 ? ink : colours[owners[x]];
        for (let y = Math.max(0, top); y <= Math.min(height - 1, bottom); y++) this.pixels[y * width + x] = value;
      }
      [lastLow, lastHigh] = low <= high ? [low, high] : [NaN, NaN];
    }
  }

  /** A round amplitude at the right edge. */
  bar(u, lane, span) {
    const step = this.about.microvolts ?? 1, wanted = Math.min(span, (60 * devicePixelRatio * span) / lane) * step * 0.7;
    const power = 10 ** Math.floor(Math.log10(wanted));
    const round = power * [5, 2, 1].find((k) => k * power <= wanted);
    const { left, top, width, height } = u.bbox, ratio = devicePixelRatio;
    const tall = ((round / step) / span) * lane, x = left + width - 10 * ratio, y = top + height - 6 * ratio;
    const text = `${round.toLocaleString("en")} ${this.about.microvolts ? "µV" : "counts"}`;
    u.ctx.save();
    Object.assign(u.ctx, { font: FONT.replace(/^\d+/, String(11 * ratio)), textAlign: "right", textBaseline: "bottom" });
    const back = getComputedStyle(document.documentElement).getPropertyValue("--back").trim();
    const wide = u.ctx.measureText(text).width;
    Object.assign(u.ctx, { fillStyle: back, globalAlpha: 0.85 });
    u.ctx.fillRect(x - wide - 12 * ratio, y - Math.max(tall, 14 * ratio) - 3 * ratio, wide + 20 * ratio, Math.max(tall, 14 * ratio) + 6 * ratio);
    Object.assign(u.ctx, { fillStyle: this.theme.ink, globalAlpha: 1 });
    u.ctx.fillRect(x, y - tall, 2 * ratio, tall);
    u.ctx.fillText(text, x - 5 * ratio, y);
    u.ctx.restore();
  }
}

/** A row a unit, a tick a spike. */
export class Raster {
  constructor(place, about) {
    this.about = about;
    this.theme = theme(about);
    DARK.addEventListener("change", () => (this.theme = theme(about)));
    this.plot = timed(place, about.units.length, (u) => this.paint(u), () => this.theme);
  }

  /** Returns how many ticks there are. */
  draw(spikes, start, end) {
    Object.assign(this, { spikes, start, end });
    show(this.plot, start, end);
    const { peaks } = spikes, rate = this.about.frequency;
    return peaks.reduce((sum, peak) => sum + (peak / rate >= start && peak / rate < end), 0);
  }

  paint(u) {
    if (!this.spikes) return;
    const { left, top, width, height } = u.bbox, row = height / this.about.units.length;
    const tick = Math.max(1, Math.round(1.5 * devicePixelRatio));
    u.ctx.save();
    this.spikes.peaks.forEach((peak, k) => {
      const x = ((peak / this.about.frequency - this.start) / (this.end - this.start)) * width;
      if (x < 0 || x >= width) return;
      u.ctx.fillStyle = this.theme.units[this.spikes.units[k]];
      u.ctx.fillRect(Math.round(left + x), Math.round(top + (this.spikes.units[k] + 0.12) * row), tick, Math.max(2, Math.round(0.76 * row)));
    });
    u.ctx.restore();
    names(u, this.about.units.map(({ name }) => name), this.theme.units, row);
  }
}
