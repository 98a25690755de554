// A server for the tests of the client module: the other end of its sockets, played by hand.

import { afterEach, beforeEach, mock } from 'node:test';

import { connect } from '../../../../app/src/main/resources/static/walcast.js';

export const ROOM = 'c1';
export const GOING_AWAY = { code: 1012, reason: 'going_away' };
export const DROPPED = { code: 1006, reason: '' };

// What a browser has and Node has not.
export const page = new EventTarget();
globalThis.addEventListener = page.addEventListener.bind(page);
globalThis.removeEventListener = page.removeEventListener.bind(page);
globalThis.document = Object.assign(new EventTarget(), { visibilityState: 'visible' });

/** Sockets as a browser makes them; the test plays the server at their other end. */
export class FakeSocket {
  static made = [];
  sent = [];
  open = true;

  get readyState() {
    return this.open ? (this.opened ? 1 : 0) : 3;
  }

  constructor(url) {
    this.url = url;
    FakeSocket.made.push(this);
  }

  static get newest() {
    return FakeSocket.made.at(-1);
  }

  send(frame) {
    this.sent.push(JSON.parse(frame));
  }

  close() {
    this.open = false;
  }

  accept() {
    this.opened = true;
    this.onopen();
    this.answer('authenticate', { ok: true });
    return this;
  }

  end(event) {
    this.open = false;
    this.onclose?.(event);
  }

  push(event, data) {
    this.onmessage?.({ data: JSON.stringify({ event, data }) });
  }

  message(...seqs) {
    for (const seq of seqs) this.push('message.created', { message: { conversationId: ROOM, seq, content: `m${seq}` } });
  }

  requests(event) {
    return this.sent.filter(packet => packet.event === event);
  }

  answer(event, data) {
    const { id } = this.requests(event).at(-1);
    this.onmessage({ data: JSON.stringify({ id, event: 'ack', data }) });
  }

  joined(lastSeq, epoch = 'e1', lastPos = undefined) {
    this.answer('join.conversation', { ok: true, conversationId: ROOM, lastSeq, lastPos, epoch });
  }

  get lastJoin() {
    return this.requests('join.conversation').at(-1).data;
  }

  refuse(event, code) {
    this.answer(event, { ok: false, error: { code, message: `because of ${code}` } });
  }
}

export function open({ url = 'ws://server/ws', ...options } = {}) {
  const client = connect({ url, userId: 'ada', WebSocket: FakeSocket, ...options });
  clients.push(client);
  return client;
}

const clients = [];

beforeEach(() => {
  mock.timers.enable({ apis: ['setTimeout', 'setInterval'] });
  mock.method(Math, 'random', () => 0.5);
});

afterEach(() => {
  for (const client of clients.splice(0)) client.close();
  FakeSocket.made = [];
  mock.restoreAll();
  mock.timers.reset();
});
