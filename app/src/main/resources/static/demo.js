// Copyright The Walcast authors. Licensed under Apache-2.0.

// The demo page: two people in one browser, each with a connection of their own. What people wrote goes to the page as
// text (textContent, value), never as HTML.

import { connect } from './walcast.js';

const PEOPLE = ['ada', 'grace'];
const REPLAYED = 50;
const KEPT = 500;
const BURST = 100;
const STAGE_POLLS = [20, 40, 80, 160, 320, 640, 1280];
const POST_TRIES = 5;
const POST_PAUSE = 1000;
const NEEDS_TOKENS =
  'This server requires tokens (walcast.auth.mode=jwt). This page has none: it works with a server in header mode only.';

const find = selector => document.querySelector(selector);
const sleep = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds));
const millis = value => `${value.toFixed(value < 100 ? 1 : 0)} ms`;
const plural = (count, thing) => `${count} ${thing}${count === 1 ? '' : 's'}`;

function element(tag, className, text) {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

// REST

class Problem extends Error {
  constructor(status, { title, detail }) {
    super([title, detail].filter(Boolean).join(': ') || `The server answered ${status}`);
    this.status = status;
  }
}

async function rest(method, path, { userId, body, headers } = {}) {
  const response = await fetch(path, {
    method,
    headers: {
      ...(userId && { 'X-User-Id': userId }),
      ...(body && { 'Content-Type': 'application/json' }),
      ...headers,
    },
    body: body && JSON.stringify(body),
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Problem(response.status, answer);
  return answer;
}

/** A post that may be tried again without being written twice: that is what the key is for. */
async function postMessage(userId, conversationId, content) {
  const key = Array.from(crypto.getRandomValues(new Uint32Array(4)), word => word.toString(36)).join('-');
  const request = {
    userId,
    body: { conversationId, type: 'TEXT', content },
    headers: { 'Idempotency-Key': key },
  };
  for (let tries = 1; ; tries++) {
    try {
      return await rest('POST', '/messages', request);
    } catch (error) {
      const refused = error instanceof Problem && error.status !== 503;
      if (refused || tries === POST_TRIES) throw error;
      await sleep(POST_PAUSE);
    }
  }
}

// The way of the last message

const way = {
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
      const stages = await rest('GET', `/ops/messages/${id}/stages`).catch(() => null);
      if (this.followed.id !== id || !stages) return;
      this.show(postedAt, stages);
      if (stages.markedAt) return;
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

/** As fine as the browser's clock allows, unless that one drifted from the system's. */
function preciseNow() {
  const precise = performance.timeOrigin + performance.now();
  return Math.abs(precise - Date.now()) < 2 ? precise : Date.now();
}

function timeOfDay(time) {
  const date = new Date(time);
  return `${date.toTimeString().slice(0, 8)}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

// One person's window

class Pane {
  #client;
  #conversationId = null;
  #expected = 1;
  #first = 1;
  #faults = 0;
  #lostAfter = null;
  #lastSender = null;
  #shown = new Map();
  #unpainted = [];
  #frame = 0;

  constructor(userId, actions) {
    this.userId = userId;
    const root = find('#pane').content.cloneNode(true).firstElementChild;
    const part = selector => root.querySelector(selector);
    this.root = root;
    this.name = part('.name');
    this.state = part('.state');
    this.cut = part('.cut');
    this.log = part('.log');
    this.draft = part('.draft');
    this.proof = part('.proof');
    this.name.value = userId;
    this.#label();

    this.cut.addEventListener('click', () => this.#toggle());
    this.name.addEventListener('change', () => actions.rename(this, this.name.value.trim()));
    this.name.addEventListener('keydown', event => event.key === 'Enter' && this.name.blur());
    part('.burst').addEventListener('click', event => actions.burst(this, event.target));
    part('.composer').addEventListener('submit', event => {
      event.preventDefault();
      const text = this.draft.value.trim();
      if (!text) return;
      this.draft.value = '';
      actions.send(this, text).then(sent => {
        if (!sent && !this.draft.value) this.draft.value = text;
      });
    });
    this.#connect();
    this.empty();
  }

  rename(userId) {
    this.userId = userId;
    this.#label();
    this.#client.close();
    this.#connect();
  }

  open(conversationId, after) {
    if (this.#conversationId) this.#client.leave(this.#conversationId);
    this.#conversationId = conversationId;
    this.#restart(after + 1);
    this.#client
      .join(conversationId, {
        after,
        onMessage: message => this.#received(message, performance.now()),
        onJoined: joined => this.#joined(joined),
        onMember: ({ type, userId }) => this.#note(`${userId} was ${type}`, 'good'),
        onHistoryChanged: () => {
          this.#restart(1);
          this.#note('the history changed: read again from its beginning');
        },
        onError: error => this.#note(`${error.code}: ${error.message}`),
      })
      .catch(error => error.code !== 'left' && this.#note(`${error.code}: ${error.message}`));
  }

  empty() {
    this.log.replaceChildren(element('p', 'empty', 'No conversation yet. The first message starts one.'));
  }

  timed(id, startedAt) {
    const shown = this.#shown.get(id);
    if (!shown) return null;
    const latency = shown.arrivedAt - startedAt;
    shown.facts.textContent = `#${shown.seq} · ${millis(latency)}`;
    way.arrived(id, this.userId, latency);
    return latency;
  }

  #label() {
    this.root.setAttribute('aria-label', `Window of ${this.userId}`);
    this.log.setAttribute('aria-label', `Messages as ${this.userId} sees them`);
    this.draft.setAttribute('aria-label', `Message from ${this.userId}`);
  }

  #connect() {
    this.#lostAfter = null;
    this.#client = connect({ userId: this.userId });
    this.#client.onState((state, { reason }) => {
      const words = {
        connecting: 'connecting…',
        connected: 'connected',
        waiting: 'reconnecting…',
        disconnected: reason ?? 'cut',
        closed: 'closed',
      };
      this.root.dataset.state = state;
      this.state.textContent = words[state];
      this.cut.textContent = state === 'disconnected' ? 'Reconnect' : 'Cut';
      if ((state === 'waiting' || state === 'disconnected') && this.#lostAfter === null) this.#lost(reason);
    });
  }

  #toggle() {
    if (this.#client.state === 'disconnected') this.#client.reconnect();
    else this.#client.disconnect();
  }

  #lost(reason) {
    if (!this.#conversationId) return;
    this.#lostAfter = this.#expected - 1;
    this.#note(`${reason ? 'connection lost' : 'cut'} after #${this.#lostAfter}`);
  }

  #joined({ lastSeq }) {
    if (this.#lostAfter === null) return;
    const missed = lastSeq - this.#lostAfter;
    const range = missed === 1 ? `#${lastSeq}` : `#${this.#lostAfter + 1} to #${lastSeq}`;
    this.#note(missed > 0 ? `back, ${plural(missed, 'message')} to catch up: ${range}` : 'back, nothing missed', 'good');
    this.#lostAfter = null;
  }

  #restart(first) {
    this.#lostAfter = null;
    this.#first = this.#expected = first;
    this.#faults = 0;
    this.#lastSender = null;
    this.#shown.clear();
    this.#unpainted = [];
    this.log.replaceChildren();
    this.proof.textContent = '';
  }

  #received(message, arrivedAt) {
    // Counted independently of the client, so that the page can show that nothing is missing.
    if (message.seq !== this.#expected) this.#faults++;
    this.#expected = message.seq + 1;

    const facts = element('p', 'facts', `#${message.seq} · ${timeOfDay(message.createdAt).slice(0, 5)}`);
    this.#shown.set(message.id, { seq: message.seq, arrivedAt, facts });
    this.#append(this.#bubble(message, facts));
    if (app.posts.has(message.id)) this.timed(message.id, app.posts.get(message.id));
  }

  #bubble(message, facts) {
    const mine = message.senderId === this.userId;
    const bubble = element('article', mine ? 'message mine' : 'message', '');
    bubble.dataset.id = message.id;
    const isNewSender = !mine && message.senderId !== null && this.#lastSender !== message.senderId;
    if (isNewSender) bubble.append(element('p', 'sender', message.senderId));
    this.#lastSender = message.senderId;
    const substitute = message.deletedAt ? '(deleted)' : `(${message.type.toLowerCase()})`;
    bubble.append(element('p', 'content', message.content ?? substitute), facts);
    return bubble;
  }

  #note(text, kind = '') {
    this.#lastSender = null;
    this.#append(element('p', `event ${kind}`, text));
  }

  /** Painting waits for the next frame, so that a message is not timed by the layout of the ones before it. */
  #append(child) {
    this.#unpainted.push(child);
    if (this.#unpainted.length > KEPT) this.#paint();
    this.#frame ||= requestAnimationFrame(() => this.#paint());
  }

  #paint() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const { log, proof } = this;
    const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 80;
    log.append(...this.#unpainted);
    this.#unpainted = [];
    while (log.childElementCount > KEPT) {
      this.#shown.delete(log.firstElementChild.dataset.id);
      log.firstElementChild.remove();
    }
    if (atEnd) log.scrollTop = log.scrollHeight;

    const last = this.#expected - 1;
    proof.classList.toggle('broken', this.#faults > 0);
    if (this.#faults) proof.textContent = `${plural(this.#faults, 'message')} out of order`;
    else if (last >= this.#first) proof.textContent = `#${this.#first} to #${last}, none missing, none twice`;
  }
}

// The page

const app = {
  failure: find('#failure'),
  select: find('#conversations'),
  conversations: [],
  /** @type {Promise<string>|null} the id, which the first message may still have to wait for */
  current: null,
  /** When the newest of our own posts started, by message id: an arrival may be ahead of the answer to its post. */
  posts: new Map(),

  async start() {
    this.panes = PEOPLE.map(userId => new Pane(userId, this));
    find('#panes').append(...this.panes.map(pane => pane.root));
    this.select.addEventListener('change', () => this.choose(this.select.value));
    find('#create').addEventListener('submit', event => {
      event.preventDefault();
      const title = find('#title').value.trim();
      if (title) this.attempt(() => this.create(title)).then(done => done && event.target.reset());
    });
    this.showConversations();
    await this.attempt(() => this.load());
  },

  /** @returns {Promise<boolean>} whether it worked; if not, the page says why */
  async attempt(action) {
    try {
      await action();
      this.failure.textContent = '';
      return true;
    } catch (error) {
      if (error.status === 401) this.failure.textContent = NEEDS_TOKENS;
      else this.failure.textContent = error instanceof Problem ? error.message : `The server did not answer (${error.message})`;
      return false;
    }
  },

  async load() {
    const users = this.panes.map(pane => pane.userId);
    const mine = await rest('GET', '/conversations', { userId: users[0] });
    this.conversations = mine.filter(({ members }) => users.every(user => members.includes(user)));
    this.showConversations();
    if (this.conversations.length) this.choose(this.conversations[0].id);
  },

  async create(title) {
    const [first, second] = this.panes.map(pane => pane.userId);
    const made = await rest('POST', '/conversations', { userId: first, body: { title, members: [first, second] } });
    this.conversations.unshift(made);
    this.showConversations();
    this.choose(made.id);
    return made.id;
  },

  choose(id) {
    const { lastSeq } = this.conversations.find(conversation => conversation.id === id);
    this.current = Promise.resolve(id);
    this.select.value = id;
    for (const pane of this.panes) pane.open(id, Math.max(0, lastSeq - REPLAYED));
    this.showCurl(id);
  },

  showConversations() {
    const options = this.conversations.map(({ id, title }) => new Option(title || id, id));
    this.select.replaceChildren(...(options.length ? options : [new Option('none yet')]));
    this.select.disabled = options.length === 0;
    this.showCurl('CONVERSATION');
  },

  showCurl(conversationId) {
    const body = JSON.stringify({ conversationId, type: 'TEXT', content: 'Hello from a terminal' });
    find('#curl').textContent = [
      `curl -s ${location.origin}/messages`,
      `-H 'X-User-Id: ${this.panes[0].userId.replaceAll("'", "'\\''")}'`,
      "-H 'Content-Type: application/json'",
      `-d '${body}'`,
    ].join(' \\\n  ');
  },

  async rename(pane, userId) {
    const before = pane.userId;
    if (userId === before) return;
    const done = /^[\x21-\x7e]{1,64}$/.test(userId) && (await this.attempt(() => this.admit(userId)));
    if (!done) {
      pane.name.value = before;
      return;
    }
    pane.rename(userId);
    if (this.current) pane.open(await this.current, 0);
    else await this.attempt(() => this.load());
  },

  async admit(userId) {
    if (!this.current) return;
    const id = await this.current;
    await rest('PUT', `/conversations/${id}/members/${encodeURIComponent(userId)}`, { userId: this.panes[0].userId });
  },

  send(pane, text) {
    return this.attempt(async () => {
      const { latencies, ...post } = await this.post(pane, text);
      way.follow(post);
      for (const [one, latency] of latencies) if (latency !== null) way.arrived(post.id, one.userId, latency);
    });
  },

  async post(pane, text) {
    this.current ??= this.create('Hello, Walcast');
    const id = await this.current.catch(error => {
      this.current = null;
      throw error;
    });
    const postedAt = preciseNow();
    const startedAt = performance.now();
    const message = await postMessage(pane.userId, id, text);
    this.posts.set(message.id, startedAt);
    if (this.posts.size > KEPT) this.posts.delete(this.posts.keys().next().value);
    const latencies = this.panes.map(one => [one, one.timed(message.id, startedAt)]);
    return { id: message.id, seq: message.seq, postedAt, latencies };
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

app.start();
