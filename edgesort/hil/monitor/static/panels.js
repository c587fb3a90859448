// The smaller pictures: a unit's waveforms, and the histogram of latencies.
import { size } from "./traces.js";

const FONT = '11px "Helvetica Neue", Helvetica, Arial, "Liberation Sans", sans-serif';

/** Single waveforms, and over them their mean. */
export function waveforms(canvas, { mean, single }, colour) {
  const ratio = devicePixelRatio, width = Math.round(canvas.clientWidth * ratio), height = Math.round(canvas.clientHeight * ratio);
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d");
  context.clearRect(0, 0, width, height);
  if (!single.length) return;
  const most = Math.max(...[mean, ...single].map((line) => line.reduce((a, b) => Math.max(a, Math.abs(b)), 0)), 1e-9);
  const stroke = (line) => {
    context.beginPath();
    line.forEach((value, k) => context.lineTo((k / (line.length - 1)) * width, height / 2 - (value / most) * 0.47 * height));
    context.stroke();
  };
  Object.assign(context, { strokeStyle: colour, lineWidth: ratio, globalAlpha: 0.22, lineJoin: "round" });
  single.forEach(stroke);
  Object.assign(context, { lineWidth: 2.2 * ratio, globalAlpha: 1 });
  stroke(mean);
}

/** Counts in bins that grow by a constant factor. */
export class Histogram {
  constructor(place, edges) {
    this.edges = edges;
    const style = (name) => () => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    const axis = { stroke: style("--grey"), ticks: { show: false }, font: FONT };
    const decades = edges.map((ms, k) => k).filter((k) => Math.abs(Math.log10(edges[k]) % 1) < 1e-6);
    this.plot = new uPlot({
      ...size(place), legend: { show: false }, padding: [4, 20, 0, 0], cursor: { show: false },
      scales: { x: { time: false, range: () => [-0.5, edges.length + 0.5] }, y: { range: (_, low, high) => [0, Math.max(high, 1) * 1.05] } },
      axes: [
        { ...axis, grid: { show: false }, size: 20, gap: 2, splits: () => decades, values: (_, splits) => splits.map((k) => `${+edges[k].toPrecision(1)} ms`) },
        { ...axis, grid: { stroke: style("--line"), width: 1 }, size: 48, gap: 2, space: 30 },
      ],
      series: [{}, { fill: style("--trace"), stroke: style("--trace"), width: 0, points: { show: false }, paths: uPlot.paths.bars({ size: [0.85, 40], align: 1 }) }],
    }, [[0], [0]], place);
    new ResizeObserver(() => this.plot.setSize(size(place))).observe(place);
  }

  /** counts: below the first edge, between two, above the last. */
  draw(counts) {
    this.plot.setData([counts.map((_, k) => k - 1), counts]);
  }
}
