// Copyright The Walcast authors. Licensed under Apache-2.0.

// The demo page: two people in one browser, each with a connection and a window of their own.

import { Pane } from './demo-pane.js';
import { find } from './demo-page.js';
import * as rest from './demo-rest.js';
import { preciseNow, way } from './demo-way.js';

const PEOPLE = ['ada', 'grace'];
const REMEMBERED = 500;
const BURST = 100;
const NEEDS_TOKENS =
  'This server requires tokens (walcast.auth.mode=jwt). This page has none: it works with a server in header mode only.';

const page = {
  failure: find('#failure'),
  panes: [],
  /** Start times of the page's newest posts, by message id: a message may arrive before the answer to its post. */
  posts: new Map(),
  /** The promise of the conversation that the first message creates. */
  beginning: null,

  start() {
    for (const userId of PEOPLE) {
      const pane = new Pane(userId, this);
      this.panes.push(pane);
      find('#panes').append(pane.root);
    }
    this.showCurl(this.panes[0], 'CONVERSATION');
  },

  /** @returns {Promise<any>} the action's result, or true; undefined if it fails, and the page shows the reason */
  async attempt(action) {
    try {
      const result = await action();
      this.failure.textContent = '';
      return result ?? true;
    } catch (error) {
      this.fail(error);
      return undefined;
    }
  },

  fail(error) {
    if (error.status === 401 || error.code === 'unauthorized') this.failure.textContent = NEEDS_TOKENS;
    else this.failure.textContent = error.status || error.code ? error.message : `The server did not answer (${error.message})`;
  },

  async create(pane, title) {
    const { id } = await rest.create(pane.userId, title, this.panes.map(({ userId }) => userId));
    pane.open(id, true);
    for (const one of this.panes) if (!one.openId) one.open(id);
    return id;
  },

  opened(pane, id) {
    if (pane === this.panes[0]) this.showCurl(pane, id);
  },

  showCurl({ userId }, conversationId) {
    const body = JSON.stringify({ conversationId, type: 'TEXT', content: 'Hello from a terminal' });
    find('#curl').textContent = [
      `curl -s ${location.origin}/messages`,
      `-H 'X-User-Id: ${userId.replaceAll("'", "'\\''")}'`,
      "-H 'Content-Type: application/json'",
      `-d '${body}'`,
    ].join(' \\\n  ');
  },

  /** A window that gets another name adds the new person to its open conversation. */
  async rename(pane, userId) {
    const before = pane.userId;
    if (userId === before) return;
    if (!/^[\x21-\x7e]{1,64}$/.test(userId)) {
      pane.name.value = before;
      return;
    }
    const id = pane.openId;
    for (const owner of id ? new Set([before, ...this.panes.map(one => one.userId)]) : []) {
      if (await rest.admit(owner, id, userId).then(() => true, () => false)) break;
    }
    pane.become(userId);
    if (id) pane.open(id);
  },

  async send(pane, text) {
    const { latencies, ...post } = await this.post(pane, text);
    way.follow(post);
    for (const [one, latency] of latencies) if (latency !== null) way.arrived(post.id, one.userId, latency);
  },

  async post(pane, text) {
    const id = pane.openId ?? (await this.begin(pane));
    const postedAt = preciseNow();
    const startedAt = performance.now();
    const message = await rest.post(pane.userId, id, text);
    this.posts.set(message.id, startedAt);
    if (this.posts.size > REMEMBERED) this.posts.delete(this.posts.keys().next().value);
    const latencies = this.panes.map(one => [one, one.timed(message.id, startedAt)]);
    return { id: message.id, seq: message.seq, postedAt, latencies };
  },

  async begin(pane) {
    this.beginning ??= this.create(pane, 'Hello, Walcast');
    try {
      return await this.beginning;
    } finally {
      this.beginning = null;
    }
  },

  async burst(pane, button) {
    button.disabled = true;
    await this.attempt(async () => {
      const began = performance.now();
      let newest = null;
      // One after the other: two concurrent posts may be stored in either order.
      for (let number = 1; number <= BURST; number++) newest = await this.post(pane, `${number} of ${BURST}`);
      const seconds = (performance.now() - began) / 1000;
      way.follow(newest);
      way.summary.textContent = `${BURST} posts, one after the other: ${Math.round(BURST / seconds)} a second.`;
    });
    button.disabled = false;
  },
};

page.start();
