// Copyright The Walcast authors. Licensed under Apache-2.0.

/**
 * Walcast's client for the plain JSON WebSocket at `/ws`: one file, no dependencies.
 *
 *     import { connect } from './walcast.js';
 *
 *     const client = connect({ userId: 'ada' });
 *     client.onState(state => console.log(state));
 *     await client.join(conversationId, { after: 0, onMessage: message => console.log(message.seq, message.content) });
 *
 * Guarantee: per conversation, `onMessage` is called with every message once, in order of `seq`, whatever happens to the
 * connection. The client keeps one number for it, the last `seq` up to which nothing is missing:
 *
 * - after a reconnect it joins again with `after` = that number, and the server replays what was missed;
 * - a message at or below it is a repeat, and is dropped;
 * - a message more than one above it shows a gap, and the conversation is joined again as after a reconnect.
 *
 * The number lives as long as the client. A page that stores messages stores `position` and `epoch` with them, and passes
 * both when it joins after a reload: the epoch tells whether the stored messages belong to the server's history.
 *
 * @module walcast
 */

/**
 * @typedef {object} Message
 * @property {string} id
 * @property {string} conversationId
 * @property {string|null} senderId null for a deleted message
 * @property {'TEXT'|'IMAGE'|'FILE'|'SYSTEM'} type
 * @property {string|null} content
 * @property {string|null} parentId
 * @property {number} seq 1, 2, 3... per conversation, without gaps
 * @property {string} createdAt ISO 8601 with microseconds, UTC
 * @property {string} [deletedAt] only of the placeholder for a deleted message, which keeps its `seq` only: type SYSTEM,
 *   content null
 */

/**
 * @typedef {object} Joined the server's answer to a join
 * @property {string} conversationId
 * @property {number} lastSeq the newest `seq` at the time of joining
 * @property {string} [epoch] identifies the history to which `seq` belongs; another epoch is another history
 */

/**
 * @typedef {object} JoinOptions
 * @property {number} [after] first deliver the messages after this `seq` (0: all); if left out: new messages only
 * @property {string} [epoch] the history that `after` is from: {@link Client#epoch} of the time when it was stored
 * @property {(message: Message) => void} onMessage
 * @property {(joined: Joined) => void} [onJoined] after every join and re-join, ahead of the messages it replays
 * @property {(change: {type: 'added'|'removed', userId: string}) => void} [onMember] who was added or removed; after
 *   the removal of this client's own user the conversation is left
 * @property {() => void} [onHistoryChanged] the server has another history than before (a restored database, or a
 *   failover that lost commits): discard what was received. The replay starts from 0, or with new messages if
 *   `after` was left out
 * @property {(error: WalcastError) => void} [onError] a re-join was refused; unless {@link WalcastError#retried} the
 *   conversation is left
 */

/**
 * @typedef {'connecting'|'connected'|'waiting'|'disconnected'|'closed'} State
 *   `waiting`: for the next attempt to connect; `disconnected`: until {@link Client#reconnect}; `closed`: for ever
 */

/**
 * @typedef {object} StateDetail
 * @property {string} [reason] why the last connection ended: a code of the protocol where the server gave one
 * @property {number} [retryIn] milliseconds until the next attempt, with `waiting`
 */

/**
 * @typedef {object} ConnectOptions
 * @property {string} [userId] the user, for a server in header mode
 * @property {string|(() => string|Promise<string>)} [token] for a server in jwt mode; a function is called for a
 *   fresh token at each connect, and whenever the server asks to renew it
 * @property {string|URL|(string|URL)[]} [url] of the WebSocket, or several that are tried in turn until one answers;
 *   default: `/ws` of the server that this module was loaded from
 * @property {typeof globalThis.WebSocket} [WebSocket] for environments without a global one
 */

const MIN_BACKOFF = 100;
const MAX_BACKOFF = 5_000;
const ACK_TIMEOUT = 10_000;
const PING_INTERVAL = 15_000;
/** How long a connection has to answer after the page was asleep. */
const WAKE_TIMEOUT = 5_000;
/** A timer that is this late means that the page or the machine slept. */
const OVERDUE = 2_000;
/** Values of `readyState` of a WebSocket. */
const CONNECTING = 0;
const OPEN = 1;
const NORMAL_CLOSURE = 1000;
const SERVICE_RESTART = 1012;

/** Refusals that another attempt cannot change. */
const FINAL = new Set(['unauthorized', 'bad_request', 'not_found']);

/** Refusals after which only another token helps. */
const EXPIRED = 'token_expired';

/** A refusal of the server, with a code of the protocol's closed enum. */
export class WalcastError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   */
  constructor(code, message) {
    super(message);
    this.name = 'WalcastError';
    this.code = code;
    /** Whether the client tries again by itself. */
    this.retried = !FINAL.has(code) && code !== 'left';
  }
}

/**
 * Connects, and reconnects until {@link Client#disconnect} or {@link Client#close}.
 *
 * @param {ConnectOptions} options
 * @returns {Client}
 */
export function connect(options) {
  return new Client(options);
}

/** A connection that outlives its sockets. Made by {@link connect}. */
class Client {
  /** @type {ConnectOptions} */ #options;
  /** @type {Map<string, Room>} */ #rooms = new Map();
  /** @type {Set<(state: State, detail: StateDetail) => void>} */ #listeners = new Set();
  /** @type {State} */ #state = 'disconnected';
  /** @type {StateDetail} */ #detail = {};
  /** @type {Connection|null} */ #connection = null;
  /** @type {ReturnType<typeof setTimeout>|undefined} */ #timer;
  #attempts = 0;
  #opened = 0;

  /** @param {ConnectOptions} options */
  constructor(options) {
    this.#options = options;
    globalThis.addEventListener?.('online', this.#awake);
    globalThis.addEventListener?.('pageshow', this.#awake);
    globalThis.document?.addEventListener('visibilitychange', this.#visible);
    this.#open();
  }

  /** @returns {State} */
  get state() {
    return this.#state;
  }

  /**
   * @param {(state: State, detail: StateDetail) => void} listener called now, and at every change
   * @returns {() => void} stops it
   */
  onState(listener) {
    this.#listeners.add(listener);
    listener(this.#state, this.#detail);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Joins a conversation until {@link Client#leave}, over as many connections as that takes.
   *
   * @param {string} conversationId
   * @param {JoinOptions} options
   * @returns {Promise<Joined>} of the first join; rejected with a {@link WalcastError} if that is refused for good
   */
  join(conversationId, options) {
    if (this.#state === 'closed') throw new Error('the client is closed');
    if (this.#rooms.has(conversationId)) throw new Error(`already joined: ${conversationId}`);
    return new Promise((resolve, reject) => {
      const room = new Room(conversationId, options, { resolve, reject });
      this.#rooms.set(conversationId, room);
      if (this.#state === 'connected') this.#enter(room);
    });
  }

  /** @param {string} conversationId */
  leave(conversationId) {
    const room = this.#rooms.get(conversationId);
    if (!room) return;
    if (this.#state === 'connected') this.#connection?.request('leave.conversation', { conversationId });
    this.#forget(room, new WalcastError('left', 'left before the server answered'));
  }

  /**
   * @param {string} conversationId
   * @returns {number|undefined} the last `seq` up to which nothing is missing, once that is known
   */
  position(conversationId) {
    return this.#rooms.get(conversationId)?.last;
  }

  /**
   * @param {string} conversationId
   * @returns {string|undefined} names the history that the position is from, once that is known
   */
  epoch(conversationId) {
    return this.#rooms.get(conversationId)?.epoch;
  }

  /** Ends the connection but keeps what is joined, until {@link Client#reconnect}. */
  disconnect() {
    if (this.#state !== 'closed') this.#end('disconnected', {});
  }

  /** Connects now: after a {@link Client#disconnect}, or instead of waiting for the next attempt. */
  reconnect() {
    if (this.#state !== 'waiting' && this.#state !== 'disconnected') return;
    this.#attempts = 0;
    this.#open();
  }

  /** Ends everything for good. */
  close() {
    if (this.#state === 'closed') return;
    globalThis.removeEventListener?.('online', this.#awake);
    globalThis.removeEventListener?.('pageshow', this.#awake);
    globalThis.document?.removeEventListener('visibilitychange', this.#visible);
    for (const room of [...this.#rooms.values()]) {
      this.#forget(room, new WalcastError('left', 'closed before the server answered'));
    }
    this.#end('closed', {});
  }

  /** While a page or its machine sleeps, timers stop and connections end without notice. */
  #awake = () => {
    if (this.#state === 'waiting') this.reconnect();
    else this.#connection?.prove();
  };

  #visible = () => {
    if (globalThis.document.visibilityState === 'visible') this.#awake();
  };

  #open() {
    clearTimeout(this.#timer);
    const { WebSocket = globalThis.WebSocket } = this.#options;
    const connection = new Connection(new WebSocket(this.#nextUrl()), {
      onOpen: () => this.#identify(connection, 'authenticate', answer => this.#authenticated(answer)),
      onPush: (event, data) => this.#pushed(event, data),
      onEnd: (code, reason) => this.#lost(code, reason),
    });
    this.#connection = connection;
    this.#become('connecting');
  }

  #nextUrl() {
    const { url = defaultUrl() } = this.#options;
    return Array.isArray(url) ? url[this.#opened++ % url.length] : url;
  }

  /**
   * Authenticates, with a fresh token if `token` is a function.
   *
   * @param {Connection} connection
   * @param {'authenticate'|'auth.renew'} event
   * @param {(answer: any) => void} [onAnswer]
   */
  async #identify(connection, event, onAnswer) {
    const { userId, token } = this.#options;
    try {
      const data = { userId, token: typeof token === 'function' ? await token() : token };
      if (this.#connection === connection) connection.request(event, data, onAnswer);
    } catch {
      if (this.#connection === connection && event === 'authenticate') {
        this.#retry(backoff(this.#attempts++), 'no token');
      }
    }
  }

  /** @param {string} code */
  #isFinal(code) {
    return FINAL.has(code) || (code === EXPIRED && typeof this.#options.token !== 'function');
  }

  /** @param {any} answer */
  #authenticated(answer) {
    if (!answer.ok) {
      const code = answer.error?.code;
      if (this.#isFinal(code)) this.#end('disconnected', { reason: code });
      else this.#retry(backoff(this.#attempts++), code);
      return;
    }
    // Only a connection that lasts resets the back-off: one that is closed at once must not be retried at full speed.
    this.#timer = setTimeout(() => (this.#attempts = 0), MAX_BACKOFF);
    this.#become('connected');
    for (const room of [...this.#rooms.values()]) this.#enter(room);
  }

  /**
   * @param {number} code
   * @param {string} reason
   */
  #lost(code, reason) {
    if (reason === 'unauthorized' || this.#isFinal(reason)) this.#end('disconnected', { reason });
    else if (code === SERVICE_RESTART) this.#retry(Math.random() * MIN_BACKOFF, reason || 'going_away');
    else this.#retry(backoff(this.#attempts++), reason || `closed with ${code}`);
  }

  /**
   * @param {number} retryIn
   * @param {string} reason
   */
  #retry(retryIn, reason) {
    this.#end('waiting', { reason, retryIn: Math.round(retryIn) });
    if (this.#state === 'waiting') this.#timer = setTimeout(() => this.#open(), retryIn);
  }

  /**
   * @param {State} state
   * @param {StateDetail} detail
   */
  #end(state, detail) {
    clearTimeout(this.#timer);
    for (const room of this.#rooms.values()) room.interrupted();
    this.#connection?.end();
    this.#connection = null;
    this.#become(state, detail);
  }

  /**
   * @param {State} state
   * @param {StateDetail} [detail]
   */
  #become(state, detail = {}) {
    this.#state = state;
    this.#detail = detail;
    for (const listener of [...this.#listeners]) listener(state, detail);
  }

  /** @param {Room} room */
  #enter(room) {
    if (this.#state !== 'connected' || room.joining || this.#rooms.get(room.id) !== room) return;
    room.joining = true;
    const connection = this.#connection;
    connection?.request('join.conversation', room.request(), answer => {
      if (this.#rooms.get(room.id) !== room) return;
      room.joining = false;
      if (answer.ok && room.sameHistory(answer)) room.joined(answer);
      else this.#notJoined(room, answer.error?.code ?? 'history_changed', answer.error?.message ?? 'another epoch');
    });
  }

  /**
   * @param {Room} room
   * @param {string} code
   * @param {string} message
   */
  #notJoined(room, code, message) {
    const error = new WalcastError(code, message);
    if (!error.retried) {
      this.#forget(room, error);
      return;
    }
    this.#enterLater(room);
    if (code === 'history_changed') room.historyChanged();
    else room.options.onError?.(error);
  }

  /**
   * At once the first time, then ever slower until a message proves that it helped.
   *
   * @param {Room} room
   */
  #enterLater(room) {
    clearTimeout(room.timer);
    const delay = room.attempts === 0 ? 0 : backoff(room.attempts);
    room.attempts++;
    room.timer = setTimeout(() => this.#enter(room), delay);
  }

  /**
   * @param {Room} room
   * @param {WalcastError} error why, for who still waits for the first join
   */
  #forget(room, error) {
    room.interrupted();
    this.#rooms.delete(room.id);
    room.refused(error);
  }

  /**
   * Events that are not known here are ignored, so that the server may get new ones; so is `resync`, which tells that
   * the server replays by itself what this client was too slow to take.
   *
   * @param {string} event
   * @param {any} data
   */
  #pushed(event, data) {
    if (event === 'message.created') this.#received(data.message);
    else if (event === 'member.added') this.#member('added', data);
    else if (event === 'member.removed') this.#member('removed', data);
    else if (event === 'conversation.left') this.#left(data.conversationId);
    else if (event === 'auth.renew' && this.#connection) this.#identify(this.#connection, event);
  }

  /**
   * The server took this client out of a room: it asks to come back, and hears `not_found` if its user was removed.
   *
   * @param {string} conversationId
   */
  #left(conversationId) {
    const room = this.#rooms.get(conversationId);
    if (room && !room.joining) this.#enterLater(room);
  }

  /** @param {Message} message */
  #received(message) {
    const room = this.#rooms.get(message.conversationId);
    if (room?.last === undefined || message.seq <= room.last) return;
    if (message.seq === room.last + 1) room.received(message);
    else if (!room.joining && !room.healing) {
      room.healing = true;
      this.#enterLater(room);
    }
  }

  /**
   * @param {'added'|'removed'} type
   * @param {{conversationId: string, userId: string}} data
   */
  #member(type, { conversationId, userId }) {
    const room = this.#rooms.get(conversationId);
    if (!room) return;
    room.options.onMember?.({ type, userId });
    if (type === 'removed' && userId === this.#options.userId) {
      this.#forget(room, new WalcastError('left', 'removed from the conversation'));
    }
  }
}

/** A joined conversation and how far it came. */
class Room {
  /** Whether a join is sent and not answered. */
  joining = false;
  /** Whether a re-join is due because of a hole. */
  healing = false;
  /** Re-joins since the last message. */
  attempts = 0;
  /** @type {ReturnType<typeof setTimeout>|undefined} */ timer;
  /** @type {string|undefined} */ epoch;

  /**
   * @param {string} id
   * @param {JoinOptions} options
   * @param {{resolve: (joined: Joined) => void, reject: (error: WalcastError) => void}} first
   */
  constructor(id, options, first) {
    this.id = id;
    this.options = options;
    /** @type {typeof first|null} */
    this.first = first;
    /** The last seq up to which nothing is missing. */
    this.last = options.after;
    this.epoch = options.epoch;
  }

  request() {
    return { conversationId: this.id, after: this.last, epoch: this.epoch };
  }

  /** @param {Joined} answer */
  sameHistory(answer) {
    return this.epoch === undefined || answer.epoch === undefined || answer.epoch === this.epoch;
  }

  /** @param {Joined} answer */
  joined(answer) {
    this.healing = false;
    this.epoch = answer.epoch;
    this.last ??= answer.lastSeq;
    if (this.last >= answer.lastSeq) this.attempts = 0;
    this.first?.resolve(answer);
    this.first = null;
    this.options.onJoined?.(answer);
  }

  /** @param {Message} message */
  received(message) {
    this.last = message.seq;
    this.attempts = 0;
    this.options.onMessage(message);
  }

  historyChanged() {
    this.last = this.options.after === undefined ? undefined : 0;
    this.epoch = undefined;
    this.options.onHistoryChanged?.();
  }

  /** @param {WalcastError} error */
  refused(error) {
    if (this.first) this.first.reject(error);
    else if (error.code !== 'left') this.options.onError?.(error);
    this.first = null;
  }

  /** The connection is gone, and with it what was asked on it. */
  interrupted() {
    clearTimeout(this.timer);
    this.joining = false;
  }
}

/** One socket from its opening to its end: requests with their answers, pushes, and whether the other side lives. */
class Connection {
  /** @type {WebSocket} */ #socket;
  /** @type {Map<number, {onAnswer: (answer: any) => void, timer: ReturnType<typeof setTimeout>|undefined}>} */ #pending = new Map();
  /** The limit for opening, later the clock of the pings: what clears one kind of timer clears the other. */
  /** @type {ReturnType<typeof setTimeout>|undefined} */ #timer;
  /** @type {{onOpen: () => void, onPush: (event: string, data: any) => void, onEnd: (code: number, reason: string) => void}} */
  #handler;
  #lastId = 0;
  #heard = false;
  /** A ping that must be answered soon. */
  /** @type {{timer: ReturnType<typeof setTimeout>|undefined}|undefined} */ #proof;
  /** When the clock of the pings is to strike next. */
  #pingDue = 0;

  /**
   * @param {WebSocket} socket
   * @param {object} handler
   * @param {() => void} handler.onOpen
   * @param {(event: string, data: any) => void} handler.onPush
   * @param {(code: number, reason: string) => void} handler.onEnd once, unless {@link Connection#end} was called
   */
  constructor(socket, handler) {
    this.#socket = socket;
    this.#handler = handler;
    this.#timer = setTimeout(() => this.#fail('no connection in time'), ACK_TIMEOUT);
    socket.onopen = () => {
      clearTimeout(this.#timer);
      this.#timer = setInterval(() => this.#ping(), PING_INTERVAL);
      this.#pingDue = Date.now() + PING_INTERVAL;
      handler.onOpen();
    };
    socket.onmessage = event => this.#received(event.data);
    socket.onclose = event => {
      this.#release();
      handler.onEnd(event.code, event.reason);
    };
  }

  /**
   * An answer that does not come ends the connection.
   *
   * @param {string} event
   * @param {object} [data]
   * @param {(answer: any) => void} [onAnswer]
   * @param {number} [timeout] in milliseconds
   * @returns {{timer: ReturnType<typeof setTimeout>|undefined}} the request, as long as it is not answered
   */
  request(event, data, onAnswer = () => {}, timeout = ACK_TIMEOUT) {
    const id = ++this.#lastId;
    const request = { onAnswer, timer: undefined };
    this.#pending.set(id, request);
    this.#expect(request, event, timeout);
    this.#socket.send(JSON.stringify({ id, event, data }));
    return request;
  }

  /**
   * Gives the connection up without an answer in time. A timer that is overdue proves nothing: the page slept, and what
   * came meanwhile is handled after the timers. The answer then gets a little more time, once.
   *
   * @param {{timer: ReturnType<typeof setTimeout>|undefined}} request
   * @param {string} event
   * @param {number} timeout
   * @param {boolean} [last]
   */
  #expect(request, event, timeout, last = false) {
    const due = Date.now() + timeout;
    request.timer = setTimeout(() => {
      if (!last && Date.now() - due > OVERDUE) this.#expect(request, event, WAKE_TIMEOUT, true);
      else this.#fail(`no answer to ${event}`);
    }, timeout);
  }

  /** Has the connection show soon that it lives. */
  prove() {
    if (this.#proof || this.#socket.readyState === CONNECTING) return;
    if (this.#socket.readyState > OPEN) {
      this.#fail('the socket had ended');
      return;
    }
    this.#proof = this.request('ping', undefined, () => (this.#proof = undefined), WAKE_TIMEOUT);
  }

  /** Ends it from this side, without a word to the handler. */
  end() {
    this.#release();
    this.#socket.close(NORMAL_CLOSURE);
  }

  /** @param {string} frame */
  #received(frame) {
    this.#heard = true;
    if (this.#proof) {
      // The answer may be queued after much that was missed: what arrives before it is proof as well.
      clearTimeout(this.#proof.timer);
      this.#expect(this.#proof, 'ping', WAKE_TIMEOUT);
    }
    let packet;
    try {
      packet = JSON.parse(frame);
    } catch {
      this.#fail('a frame that is not JSON');
      return;
    }
    if (packet.event !== 'ack') {
      this.#handler.onPush(packet.event, packet.data);
      return;
    }
    const request = this.#pending.get(packet.id);
    if (!request) return;
    this.#pending.delete(packet.id);
    clearTimeout(request.timer);
    request.onAnswer(packet.data ?? {});
  }

  /** Pages never see the server's ping frames: only an answer tells them that a silent connection is not a dead one. */
  #ping() {
    if (Date.now() - this.#pingDue > OVERDUE) this.prove();
    else if (!this.#heard) this.request('ping');
    this.#heard = false;
    this.#pingDue = Date.now() + PING_INTERVAL;
  }

  /** @param {string} reason */
  #fail(reason) {
    this.end();
    this.#handler.onEnd(0, reason);
  }

  #release() {
    clearTimeout(this.#timer);
    for (const { timer } of this.#pending.values()) clearTimeout(timer);
    this.#pending.clear();
    this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = null;
  }
}

/**
 * With jitter, so that the clients of a server that went away don't come back all at once.
 *
 * @param {number} attempt 0 for the first
 * @returns {number} milliseconds between 100 and 5,000
 */
function backoff(attempt) {
  const ceiling = Math.min(MAX_BACKOFF, MIN_BACKOFF * 2 ** (attempt + 1));
  return MIN_BACKOFF + Math.random() * (ceiling - MIN_BACKOFF);
}

function defaultUrl() {
  const url = new URL('/ws', import.meta.url);
  url.protocol = url.protocol.replace('http', 'ws');
  return url;
}
