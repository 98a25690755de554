// The plot of a slot's WAL over the last half hour.

import uPlot from '/ops/uplot/uPlot.esm.js';
import { $, say } from './dom.js';
import { bytes, clock } from './words.js';

const HEIGHT = 190;
const MOST = 900;
const SHORTEST = 60;
const dark = matchMedia('(prefers-color-scheme: dark)');

let history = {};
let plot = null;
let drawn = null;

dark.addEventListener('change', redraw);
$('plotted').addEventListener('change', redraw);
new ResizeObserver(() => {
  const width = $('plot').clientWidth;
  if (plot && plot.width !== width) plot.setSize({ width, height: HEIGHT });
}).observe($('plot'));

export function begin(known) {
  history = known;
}

/** Adds the newest sample of each slot. */
export function add(at, slots) {
  const second = Math.floor(new Date(at) / 1000);
  const kept = {};
  for (const { slot, unconfirmed, retained } of slots) {
    const points = kept[slot.name] = history[slot.name] ?? [];
    if (!points.length || points.at(-1).at < second) {
      points.push({ at: second, unconfirmedBytes: unconfirmed, retainedBytes: retained });
      if (points.length > MOST) points.shift();
    }
  }
  history = kept;
  offer(slots.map(({ slot }) => slot.name));
  draw();
}

function offer(names) {
  const select = $('plotted');
  if (names.join() !== [...select.options].map(option => option.value).join()) {
    const chosen = select.value;
    select.replaceChildren(...names.map(name => new Option(name, name)));
    if (names.includes(chosen)) select.value = chosen;
  }
}

function redraw() {
  plot?.destroy();
  plot = null;
  draw();
}

function draw() {
  const points = history[$('plotted').value] ?? [];
  const data = [
    points.map(point => point.at),
    points.map(point => point.retainedBytes),
    points.map(point => point.unconfirmedBytes),
  ];
  if (drawn !== $('plotted').value) {
    plot?.destroy();
    plot = null;
    drawn = $('plotted').value;
  }
  if (!plot) plot = make(data);
  else plot.setData(data);
  const now = points.at(-1);
  const most = Math.max(0, ...points.map(point => point.unconfirmedBytes));
  say($('plot-words'), now
    ? `now ${bytes(now.unconfirmedBytes)} unconfirmed of ${bytes(now.retainedBytes)} kept; at most ${bytes(most)} unconfirmed since ${clock(points[0].at * 1000)}`
    : 'no samples yet');
}

function make(data) {
  const style = getComputedStyle(document.documentElement);
  const colour = name => style.getPropertyValue(name).trim();
  const axis = { stroke: colour('--muted'), grid: { stroke: colour('--rule'), width: 1 }, ticks: { stroke: colour('--rule') } };
  return new uPlot({
    width: $('plot').clientWidth,
    height: HEIGHT,
    tzDate: second => uPlot.tzDate(new Date(second * 1000), 'UTC'),
    cursor: { drag: { x: false, y: false } },
    scales: { x: { range: (self, from, to) => [Math.min(from, to - SHORTEST), to] }, y: { range: (self, low, high) => [0, Math.max(high * 1.1, 64 * 1024)] } },
    axes: [
      { ...axis, space: 70, values: (self, ticks, axis, space, step) => ticks.map(second => clock(second * 1000).slice(0, step < 60 ? 8 : 5)) },
      { ...axis, size: 66, values: (self, values) => values.map(value => bytes(value)) },
    ],
    series: [
      { label: 'at', value: (self, second) => second == null ? '–' : clock(second * 1000) },
      { label: 'kept', stroke: colour('--second'), width: 1.5, dash: [5, 4], points: { show: false }, value: (self, value) => bytes(value) },
      { label: 'unconfirmed', stroke: colour('--accent'), width: 2, fill: `${colour('--accent')}22`, points: { show: false }, value: (self, value) => bytes(value) },
    ],
  }, data, $('plot'));
}
