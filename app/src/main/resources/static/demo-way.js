// Copyright The Walcast authors. Licensed under Apache-2.0.

// The stages of the last message: the time of each one, and of its arrival in each window.

import { find, millis, sleep, timeOfDay } from './demo-page.js';
import { stages } from './demo-rest.js';

const STAGE_POLLS = [20, 40, 80, 160, 320, 640, 1280];
const ARRIVAL = 640;

export const way = {
  steps: ['posted', 'committed', 'read', 'delivered', 'marked'].map(stage => find(`[data-stage=${stage}]`)),
  summary: find('#summary'),
  followed: null,

  /** The steps of one message, until it is marked, or another one is followed, or it takes too long. */
  async follow({ id, seq, postedAt }) {
    this.followed = { id, seq, arrivals: new Map() };
    this.show(postedAt, {});
    for (const pause of STAGE_POLLS) {
      await sleep(pause);
      if (this.followed.id !== id) return;
      // The server knows the stages of a row once it has read it: ask when the message has arrived, or should have.
      if (this.followed.arrivals.size === 0 && pause < ARRIVAL) continue;
      const times = await stages(id).catch(() => null);
      if (this.followed.id !== id) return;
      if (times) this.show(postedAt, times);
      if (times?.markedAt) return;
    }
  },

  show(postedAt, { committedAt, readAt, deliveredAt, markedAt }) {
    const times = [postedAt, ...[committedAt, readAt, deliveredAt, markedAt].map(instant)];
    const comparable = times[1] === null || times[1] >= postedAt;
    const start = comparable ? postedAt : times[1];
    this.steps.forEach((step, index) => {
      const known = times[index] !== null;
      step.classList.toggle('known', known);
      step.classList.toggle('passed', known && index + 1 < times.length && times[index + 1] !== null);
      step.querySelector('data').textContent = known ? `+${millis(times[index] - start)}` : '–';
    });
    this.steps[0].querySelector('data').textContent = comparable ? timeOfDay(postedAt) : 'by another clock';
  },

  arrived(id, userId, latency) {
    if (this.followed?.id !== id) return;
    const { seq, arrivals } = this.followed;
    arrivals.set(userId, latency);
    const reached = [...arrivals].map(([name, after]) => `${name} after ${millis(after)}`);
    this.summary.textContent = `#${seq} reached ${reached.join(' and ')}.`;
  },
};

/** Milliseconds since 1970 with the microseconds as a fraction, which `Date` would cut off. */
function instant(iso) {
  if (!iso) return null;
  const [, seconds, fraction = '0'] = iso.match(/^([^.Z]+)(\.\d+)?/);
  return Date.parse(`${seconds}Z`) + Number(`0${fraction}`) * 1000;
}

/** The time with the precision of the browser's fine clock, unless that has drifted from the system's. */
export function preciseNow() {
  const precise = performance.timeOrigin + performance.now();
  return Math.abs(precise - Date.now()) < 2 ? precise : Date.now();
}
