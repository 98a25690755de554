// Copyright The Walcast authors. Licensed under Apache-2.0.

/**
 * Walcast's client for the plain JSON WebSocket at `/ws`: one file, no dependencies.
 *
 *     import { connect } from './walcast.js';
 *
 *     const client = connect({ userId: 'ada' });
 *     client.onState(state => console.log(state));
 *     await client.join(conversationId, { after: 0, onMessage: message => console.log(message.seq, message.content) });
 *     console.log(client.conversation(conversationId).messages);
 *
 * Guarantee: per conversation, `onMessage` is called with every message once, in order of `seq`, even if connections end.
 * The state that {@link Client#conversation} gives (messages, edits, deletions, reactions, members, title) becomes the
 * server's. For that the client keeps two numbers, up to which nothing is missing: `seq` of the last message, and `pos` of
 * the last event of any kind:
 *
 * - after a reconnect the client joins again with both numbers, and the server sends what was missed;
 * - an event at or below `pos` is a repeat;
 * - an event whose `from` is above `pos` shows a hole, and the client joins again as after a reconnect;
 * - a state whose `version` is lower than the known one is older, and is ignored.
 *
 * A server of the previous release has messages only. The client then works by `seq` alone.
 *
 * The numbers live as long as the client. A page that stores a conversation stores `JSON.stringify(conversation)`, and
 * joins with `Conversation.from(JSON.parse(stored))` after a reload. The stored epoch tells whether that state belongs
 * to the server's history.
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
 * @property {number} [version] `pos` of the creation, the newest edit, or the deletion
 * @property {string} [editedAt] when the message was last edited
 * @property {string} [deletedAt] when the message was deleted: its content is null. A message that is gone from the
 *   database keeps its `seq` only: another id, type SYSTEM, no sender
 */

/**
 * @typedef {object} Reaction everybody's reactions to a message with one emoji
 * @property {string} emoji
 * @property {number} count
 * @property {string[]} users at most five of the users who reacted
 * @property {boolean} [mine] whether this client's user is among them; left out while that is not known
 */

/**
 * @typedef {object} Member
 * @property {'owner'|'member'} role
 * @property {number} version
 */

/**
 * @typedef {object} Position the point that a client has reached in a conversation
 * @property {number|undefined} seq of the last message up to which nothing is missing
 * @property {number|undefined} pos of the last event up to which nothing is missing; undefined for a server without a log
 * @property {string|undefined} epoch the history that both numbers are from
 */

/**
 * @typedef {{type: 'message', message: Message, previous?: Message}
 *   | {type: 'reactions', messageId: string}
 *   | {type: 'member', change: 'added'|'removed'|'changed', userId: string}
 *   | {type: 'title'}
 *   | {type: 'read', userId: string, seq: number}
 *   | {type: 'reset'}} Change
 *   of a conversation's state. `message`: created, edited, deleted, or read from a page (without `previous` it is new in
 *   the list); `reset`: the history changed, and the state is empty
 */

/**
 * @typedef {object} Activity a conversation as the list of conversations shows it
 * @property {string} conversationId
 * @property {string|null} title
 * @property {number} lastSeq
 * @property {number} lastPos
 * @property {number} readSeq of the newest message that the user has read
 * @property {number} unread messages after that one
 * @property {any} lastMessage a preview of the newest message, or null
 * @property {string} updatedAt when the newest message was posted
 */

/**
 * @typedef {{type: 'activity', activity: Activity} | {type: 'gone', conversationId: string} | {type: 'cursor', cursor: string}
 *   | {type: 'reset'}} FeedChange
 */

/**
 * @typedef {object} FeedOptions
 * @property {string} [cursor] {@link Feed#cursor} of the time when the list was stored: only later changes are
 *   sent. Without it all conversations are sent
 * @property {Activity[]} [conversations] the list that was stored with the cursor
 * @property {(change: FeedChange) => void} [onChange]
 * @property {(error: WalcastError) => void} [onError] the server refused; unless {@link WalcastError#retried} the feed
 *   has ended
 */

/**
 * @typedef {object} Joined the server's answer to a join
 * @property {string} conversationId
 * @property {number} lastSeq the newest `seq` at the time of joining
 * @property {number} [lastPos] `pos` of the newest event; left out by a server without a log
 * @property {string} [epoch] identifies the history to which `seq` belongs; another epoch is another history
 */

/**
 * @typedef {object} JoinOptions
 * @property {number} [after] first deliver the messages after this `seq` (0: all); if left out: new messages only
 * @property {string} [epoch] the history that `after` is from: {@link Client#epoch} of the time when it was stored
 * @property {Position} [position] in place of `after` and `epoch`: {@link Conversation#position} of the time when it was
 *   stored. Changes to earlier messages are sent too
 * @property {Conversation} [conversation] in place of `position`: the state of an earlier time, to be continued
 * @property {(message: Message) => void} [onMessage] every message once, in order
 * @property {(change: Change, conversation: Conversation) => void} [onChange] every change of the state
 * @property {(joined: Joined) => void} [onJoined] after every join and re-join, before the events that it replays
 * @property {(change: {type: 'added'|'removed', userId: string}) => void} [onMember] a member was added or removed; after
 *   the removal of this client's own user the conversation is left
 * @property {() => void} [onHistoryChanged] the server has another history than before (a restored database, or a
 *   failover that lost commits): discard what was received. The replay starts from 0, or with new messages if the
 *   join gave no position
 * @property {(error: WalcastError) => void} [onError] a re-join was refused; unless {@link WalcastError#retried} the
 *   conversation is left
 */

/**
 * @typedef {'connecting'|'connected'|'waiting'|'disconnected'|'closed'} State
 *   `waiting`: for the next attempt to connect; `disconnected`: until {@link Client#reconnect}; `closed`: permanently
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
/** The time within which a connection has to answer after the page was asleep. */
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

/** The refusal after which only another token helps. */
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
  /** The user's id; with a token, once a token was given. @type {string|undefined} */ #userId;
  /** @type {Map<string, Room>} */ #rooms = new Map();
  /** @type {Feed|null} */ #feed = null;
  /** @type {FeedOptions} */ #feedOptions = {};
  /** @type {ReturnType<typeof setTimeout>|undefined} */ #feedTimer;
  #feedAttempts = 0;
  /** @type {Map<string, Set<(data: any) => void>>} */ #events = new Map();
  /** @type {Set<(error: WalcastError) => void>} */ #unanswered = new Set();
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
    this.#userId = options.userId;
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
   * Listens to an event of the protocol (`typing`, `presence`, `message.edited`), or to one of your own. The listener gets
   * neither repeats nor events after a hole.
   *
   * @param {string} event
   * @param {(data: any) => void} listener
   * @returns {() => void} stops it
   */
  on(event, listener) {
    const listeners = this.#events.get(event) ?? new Set();
    this.#events.set(event, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  /**
   * Sends one request of the protocol (`typing`, `presence`), once.
   *
   * @param {string} event
   * @param {object} [data]
   * @returns {Promise<any>} the answer; rejected with a {@link WalcastError} if the request is refused, or the connection
   *   ends before the answer
   */
  request(event, data) {
    return new Promise((resolve, reject) => {
      if (this.#state !== 'connected' || !this.#connection) {
        reject(new WalcastError('unavailable', 'not connected'));
        return;
      }
      this.#unanswered.add(reject);
      this.#connection.request(event, data, answer => {
        this.#unanswered.delete(reject);
        if (answer.ok) resolve(answer);
        else reject(refusal(answer));
      });
    });
  }

  /**
   * Joins a conversation until {@link Client#leave}, across reconnects.
   *
   * @param {string} conversationId
   * @param {JoinOptions} options
   * @returns {Promise<Joined>} of the first join; rejected with a {@link WalcastError} if that is refused permanently
   */
  join(conversationId, options) {
    if (this.#state === 'closed') throw new Error('the client is closed');
    if (this.#rooms.has(conversationId)) throw new Error(`already joined: ${conversationId}`);
    return new Promise((resolve, reject) => {
      const room = new Room(conversationId, options, { resolve, reject });
      room.conversation.userId = this.#userId;
      room.stop = room.conversation.onChange(change => this.#changed(room, change));
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
   * @returns {Conversation|undefined} the state of a joined conversation
   */
  conversation(conversationId) {
    return this.#rooms.get(conversationId)?.conversation;
  }

  /**
   * @param {string} conversationId
   * @returns {number|undefined} the last `seq` up to which nothing is missing, once that is known
   */
  position(conversationId) {
    return this.conversation(conversationId)?.seq;
  }

  /**
   * @param {string} conversationId
   * @returns {string|undefined} names the history that the position is from, once that is known
   */
  epoch(conversationId) {
    return this.conversation(conversationId)?.epoch;
  }

  /**
   * Follows all conversations of the user, without joining them, until {@link Client#close}.
   *
   * @param {FeedOptions} [options]
   * @returns {Feed} the list, which keeps itself up to date
   */
  feed(options = {}) {
    if (this.#state === 'closed') throw new Error('the client is closed');
    if (this.#feed) throw new Error('the feed is open already');
    this.#feedOptions = options;
    this.#feed = new Feed({ ...options, userId: this.#userId });
    if (options.onChange) this.#feed.onChange(options.onChange);
    if (this.#state === 'connected') this.#openFeed();
    return this.#feed;
  }

  /** Ends the connection but keeps the joined conversations, until {@link Client#reconnect}. */
  disconnect() {
    if (this.#state !== 'closed') this.#end('disconnected', {});
  }

  /** Connects now: after a {@link Client#disconnect}, or instead of waiting for the next attempt. */
  reconnect() {
    if (this.#state !== 'waiting' && this.#state !== 'disconnected') return;
    this.#attempts = 0;
    this.#open();
  }

  /** Ends the connection, all conversations and the feed, permanently. */
  close() {
    if (this.#state === 'closed') return;
    globalThis.removeEventListener?.('online', this.#awake);
    globalThis.removeEventListener?.('pageshow', this.#awake);
    globalThis.document?.removeEventListener('visibilitychange', this.#visible);
    for (const room of [...this.#rooms.values()]) {
      this.#forget(room, new WalcastError('left', 'closed before the server answered'));
    }
    this.#feed = null;
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
      this.#userId ??= subject(data.token);
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
    if (this.#feed) this.#openFeed();
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
    clearTimeout(this.#feedTimer);
    for (const room of this.#rooms.values()) room.interrupted();
    this.#connection?.end();
    this.#connection = null;
    const unanswered = [...this.#unanswered];
    this.#unanswered.clear();
    for (const reject of unanswered) reject(new WalcastError('unavailable', 'the connection ended before the answer'));
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
      else this.#notJoined(room, answer.ok ? new WalcastError('history_changed', 'another epoch') : refusal(answer));
    });
  }

  /**
   * @param {Room} room
   * @param {WalcastError} error
   */
  #notJoined(room, error) {
    if (!error.retried) {
      this.#forget(room, error);
      return;
    }
    this.#enterLater(room);
    if (error.code === 'history_changed') room.historyChanged();
    else room.options.onError?.(error);
  }

  /**
   * Joins again: at once the first time, then after growing pauses until an event shows progress.
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
   * @param {WalcastError} error rejects the first join, if that is not answered yet
   */
  #forget(room, error) {
    room.interrupted();
    room.stop();
    this.#rooms.delete(room.id);
    room.refused(error);
  }

  #openFeed() {
    const feed = /** @type {Feed} */ (this.#feed);
    const { cursor } = feed;
    this.#connection?.request('feed.open', { cursor }, answer => {
      if (this.#feed !== feed) return;
      if (answer.ok) {
        this.#feedAttempts = 0;
        if (cursor === undefined) feed.reset();
        return;
      }
      const error = refusal(answer);
      if (error.code === 'history_changed') feed.reset();
      if (error.retried) {
        this.#feedTimer = setTimeout(() => this.#openFeed(), backoff(this.#feedAttempts++));
      } else {
        this.#feed = null;
      }
      if (error.code !== 'history_changed') this.#feedOptions.onError?.(error);
    });
  }

  /**
   * Applies an event. Unknown events change the position only, so that servers may get new ones.
   *
   * @param {string} event
   * @param {any} data
   */
  #pushed(event, data) {
    if (event === 'auth.renew' && this.#connection) this.#identify(this.#connection, event);
    const room = this.#rooms.get(data?.conversationId ?? data?.message?.conversationId);
    if (room && event === 'conversation.left') this.#left(room);
    else if (room && event === 'resync') this.#resynced(room, data.pos);
    // The server has another history, and says so when the feed is opened with a cursor of the former one.
    if (event === 'feed.closed' && this.#feed) this.#openFeed();
    this.#feed?.apply(event, data);
    if (room && !this.#received(room, event, data)) return;
    for (const listener of [...(this.#events.get(event) ?? [])]) listener(data);
  }

  /**
   * The server took this client out of a room. The client joins again, and gets `not_found` if its user was removed.
   *
   * @param {Room} room
   */
  #left(room) {
    if (!room.joining) this.#enterLater(room);
  }

  /**
   * The server itself sends the events that this client was too slow to take. It continues from the position up to which
   * it has sent. That is the client's position, unless something was lost.
   *
   * @param {Room} room
   * @param {number|undefined} pos
   */
  #resynced(room, pos) {
    const { conversation } = room;
    if (conversation.logged && pos !== undefined && pos > (conversation.pos ?? pos)) this.#heal(room);
  }

  /**
   * @param {Room} room
   * @param {string} event
   * @param {any} data
   * @returns {boolean} whether the event was the next one
   */
  #received(room, event, data) {
    const { conversation } = room;
    const { seq, pos } = conversation;
    if (seq === undefined) return false;
    const step = conversation.apply(event, data);
    if (step === 'hole') this.#heal(room);
    if (step !== 'next') return false;
    if (conversation.seq !== seq || conversation.pos !== pos) room.attempts = 0;
    if (event === 'message.created' && data.message.seq > seq) room.options.onMessage?.(data.message);
    return true;
  }

  /** @param {Room} room */
  #heal(room) {
    if (room.joining || room.healing) return;
    room.healing = true;
    this.#enterLater(room);
  }

  /**
   * @param {Room} room
   * @param {Change} change
   */
  #changed(room, change) {
    room.options.onChange?.(change, room.conversation);
    if (change.type !== 'member' || change.change === 'changed') return;
    room.options.onMember?.({ type: change.change, userId: change.userId });
    if (change.change === 'removed' && change.userId === this.#userId) {
      this.#forget(room, new WalcastError('left', 'removed from the conversation'));
    }
  }
}

/** A joined conversation: its state, and the data that its joins need. */
class Room {
  /** Whether a join is sent and not answered. */
  joining = false;
  /** Whether a re-join is due because of a hole. */
  healing = false;
  /** Re-joins since the last event. */
  attempts = 0;
  /** @type {ReturnType<typeof setTimeout>|undefined} */ timer;
  /** Removes the room's listener from its conversation. */
  stop = () => {};

  /**
   * @param {string} id
   * @param {JoinOptions} options
   * @param {{resolve: (joined: Joined) => void, reject: (error: WalcastError) => void}} first
   */
  constructor(id, options, first) {
    const { seq, pos, epoch } = options.position ?? { seq: options.after, pos: undefined, epoch: options.epoch };
    this.id = id;
    this.options = options;
    /** @type {typeof first|null} */
    this.first = first;
    this.conversation = options.conversation ?? new Conversation(id);
    if (!options.conversation) Object.assign(this.conversation, { seq, pos, epoch });
    /** Whether a changed history is read from its beginning. */
    this.fromBeginning = this.conversation.seq !== undefined;
  }

  request() {
    const { seq, pos, epoch } = this.conversation;
    return { conversationId: this.id, after: seq, pos, epoch };
  }

  /** @param {Joined} answer */
  sameHistory({ epoch }) {
    const known = this.conversation.epoch;
    return known === undefined || epoch === undefined || epoch === known;
  }

  /** @param {Joined} answer */
  joined(answer) {
    this.healing = false;
    const { conversation } = this;
    conversation.joined(answer);
    if (Number(conversation.seq) >= answer.lastSeq && !(Number(conversation.pos) < Number(answer.lastPos))) this.attempts = 0;
    this.first?.resolve(answer);
    this.first = null;
    this.options.onJoined?.(answer);
  }

  historyChanged() {
    this.conversation.reset(this.fromBeginning ? 0 : undefined);
    this.options.onHistoryChanged?.();
  }

  /** @param {WalcastError} error */
  refused(error) {
    if (this.first) this.first.reject(error);
    else if (error.code !== 'left') this.options.onError?.(error);
    this.first = null;
  }

  /** The connection has ended, and a join that was sent on it will not be answered. */
  interrupted() {
    clearTimeout(this.timer);
    this.joining = false;
    this.healing = false;
  }
}

/**
 * The state of a conversation, folded from its events. {@link Client#join} makes one and keeps it up to date. Without a
 * client it folds the events of `GET /conversations/{id}/events`, or another client's, from the conversation's beginning.
 */
export class Conversation {
  /** In order of `seq`. Do not change it. @type {Message[]} */ messages = [];
  /** By user id. @type {Map<string, Member>} */ members = new Map();
  /** By id of the message; a message without reactions has no entry. @type {Map<string, Reaction[]>} */ reactions = new Map();
  /** `seq` of the newest message that a user has read, by user id. @type {Map<string, number>} */ reads = new Map();
  /** @type {string|null} */ title = null;
  /** The last `seq` up to which nothing is missing. @type {number|undefined} */ seq = 0;
  /** The last `pos` up to which nothing is missing. @type {number|undefined} */ pos = 0;
  /** Names the history that both are from. @type {string|undefined} */ epoch;
  /** Whether the server has a log: only then `pos` counts. */
  logged = true;
  /** The user whose reactions are `mine`, if that is known. @type {string|undefined} */ userId;

  #titleVersion = -1;
  /** Versions of memberships that ended. @type {Map<string, number>} */ #former = new Map();
  /** By id of the message. @type {Map<string, number>} */ #reactionVersions = new Map();
  /** Messages that changed, and that are earlier than those of the list; by `seq`. @type {Map<number, Message>} */
  #earlier = new Map();
  /** @type {Set<(change: Change) => void>} */ #listeners = new Set();

  /** @param {string} id */
  constructor(id) {
    this.id = id;
  }

  /**
   * @param {any} stored a stored conversation, as `JSON.parse` returned it
   * @returns {Conversation}
   */
  static from(stored) {
    const conversation = new Conversation(stored.id);
    const { id, seq, pos, epoch, title, titleVersion, messages, earlier, members, former, reactions, reactionVersions, reads } =
      stored;
    Object.assign(conversation, { seq, pos, epoch, title, messages });
    conversation.members = new Map(members);
    conversation.reactions = new Map(reactions);
    conversation.reads = new Map(reads);
    conversation.#titleVersion = titleVersion;
    conversation.#former = new Map(former);
    conversation.#reactionVersions = new Map(reactionVersions);
    conversation.#earlier = new Map(earlier);
    return conversation;
  }

  /** The state with its position, as `JSON.stringify` stores it. */
  toJSON() {
    const { id, seq, pos, epoch, title, messages } = this;
    return {
      id, seq, pos, epoch, title, messages,
      titleVersion: this.#titleVersion,
      earlier: [...this.#earlier],
      members: [...this.members],
      former: [...this.#former],
      reactions: [...this.reactions],
      reactionVersions: [...this.#reactionVersions],
      reads: [...this.reads],
    };
  }

  /** @returns {Position} */
  get position() {
    const { seq, pos, epoch } = this;
    return { seq, pos, epoch };
  }

  /**
   * @param {(change: Change) => void} listener called after every change
   * @returns {() => void} stops it
   */
  onChange(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Applies an event if it is the next one.
   *
   * @param {string} event
   * @param {any} data
   * @returns {'next'|'repeat'|'hole'} `hole`: earlier events are missing, and this one was not applied
   */
  apply(event, data) {
    const step = this.#step(event, data);
    // A repeat may know more: the event for the user who reacted has `mine`.
    if (step === 'next' || (step === 'repeat' && event !== 'message.created')) this.#fold(event, data);
    return step;
  }

  /**
   * Adds a page of history: `GET /conversations/{id}/messages` with `before`, `around` or `after`. Read it after the join
   * was answered: a page that was read before may lack changes that the join does not bring.
   *
   * @param {any[]} messages
   */
  addPage(messages) {
    for (const { reactions, reactionsVersion, ...message } of messages) {
      this.#put(message, true);
      if (reactions) this.#react({ messageId: message.id, version: reactionsVersion ?? 0, reactions });
    }
  }

  /**
   * Adds the members and the title of `GET /conversations/{id}`, unless an event has told them already. Read it after the
   * join was answered.
   *
   * @param {{members?: string[], owners?: string[], title?: string|null}} conversation
   */
  addMembers({ members = [], owners = [], title }) {
    for (const userId of members) {
      if (this.members.has(userId) || this.#former.has(userId)) continue;
      this.members.set(userId, { role: owners.includes(userId) ? 'owner' : 'member', version: 0 });
      this.#tell({ type: 'member', change: 'changed', userId });
    }
    if (title !== undefined) this.#rename({ title, version: 0 });
  }

  /**
   * @param {Joined} answer
   * @internal
   */
  joined({ lastSeq, lastPos, epoch }) {
    this.epoch = epoch;
    this.logged = lastPos !== undefined;
    if (this.seq !== undefined) return;
    this.seq = lastSeq;
    this.pos = lastPos;
  }

  /**
   * Forgets everything, because the history is another one.
   *
   * @param {number|undefined} seq where to begin
   * @internal
   */
  reset(seq) {
    this.seq = seq;
    this.pos = undefined;
    this.epoch = undefined;
    this.title = null;
    this.messages = [];
    this.#titleVersion = -1;
    for (const map of [this.members, this.reactions, this.reads, this.#former, this.#reactionVersions, this.#earlier]) {
      map.clear();
    }
    this.#tell({ type: 'reset' });
  }

  /**
   * Moves the position.
   *
   * @param {string} event
   * @param {any} data
   * @returns {'next'|'repeat'|'hole'}
   */
  #step(event, { from, pos, message }) {
    const seq = event === 'message.created' ? message.seq : undefined;
    const last = this.seq ?? 0;
    if (this.logged && pos !== undefined) {
      // After a join with `seq` alone the first event tells where the log was resumed.
      if (this.pos === undefined ? seq > last + 1 : from > this.pos) return 'hole';
      if (pos <= (this.pos ?? -1)) return 'repeat';
      this.pos = pos;
    } else if (seq !== undefined) {
      if (seq <= last) return 'repeat';
      if (seq > last + 1) return 'hole';
    }
    if (seq > last) this.seq = seq;
    return 'next';
  }

  /**
   * @param {string} event
   * @param {any} data
   */
  #fold(event, data) {
    if (event === 'message.created') this.#put(data.message, true);
    else if (event === 'message.edited' || event === 'message.deleted') this.#put(data.message, false);
    else if (event === 'reactions.changed') this.#react(data);
    else if (event === 'conversation.changed') this.#rename({ ...data.conversation, version: data.version });
    else if (event === 'conversation.read') this.#read(data);
    else if (event.startsWith('member.')) this.#member(event, data);
  }

  /**
   * @param {Message} message
   * @param {boolean} isListed whether it belongs in the list; a change of an unlisted message is kept until its page is read
   */
  #put(message, isListed) {
    const index = this.#indexOf(message.seq);
    const listed = this.messages[index]?.seq === message.seq ? this.messages[index] : undefined;
    const known = listed ?? this.#earlier.get(message.seq);
    const newest = known && isOlder(message, known) ? known : message;
    if (newest.deletedAt) this.#unreact(newest, known);
    if (listed ? newest === listed : !isListed) {
      if (!listed) this.#earlier.set(message.seq, newest);
      return;
    }
    this.messages.splice(index, listed ? 1 : 0, newest);
    this.#earlier.delete(message.seq);
    this.#tell({ type: 'message', message: newest, previous: listed });
  }

  /**
   * @param {number} seq
   * @returns {number} the message's index in the list, or the index at which to insert it
   */
  #indexOf(seq) {
    let low = 0;
    let high = this.messages.length;
    if (high === 0 || this.messages[high - 1].seq < seq) return high;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.messages[middle].seq < seq) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /**
   * A deleted message has no reactions, whatever older events say.
   *
   * @param {(Message|undefined)[]} messages
   */
  #unreact(...messages) {
    for (const message of messages) {
      if (!message) continue;
      this.#reactionVersions.set(message.id, Number.MAX_SAFE_INTEGER);
      if (this.reactions.delete(message.id)) this.#tell({ type: 'reactions', messageId: message.id });
    }
  }

  /** @param {{messageId: string, version: number, reactions: Reaction[]}} data */
  #react({ messageId, version, reactions }) {
    if (version < (this.#reactionVersions.get(messageId) ?? -1)) return;
    const before = this.reactions.get(messageId);
    const kinds = reactions.map(kind => {
      const mine = this.#isMine(kind) ?? before?.find(({ emoji }) => emoji === kind.emoji)?.mine;
      return mine === undefined ? kind : { ...kind, mine };
    });
    this.#reactionVersions.set(messageId, version);
    if (kinds.length) this.reactions.set(messageId, kinds);
    else this.reactions.delete(messageId);
    this.#tell({ type: 'reactions', messageId });
  }

  /** @param {Reaction} kind */
  #isMine({ mine, count, users }) {
    if (mine !== undefined || this.userId === undefined) return mine;
    if (users.includes(this.userId)) return true;
    return users.length === count ? false : undefined;
  }

  /**
   * @param {string} event its name counts only if the server has no log, and so no versions
   * @param {{userId: string, role?: 'owner'|'member', version?: number}} data without `role` the user is no member
   */
  #member(event, { userId, role, version }) {
    const former = this.#former.get(userId);
    const known = this.members.get(userId)?.version ?? former ?? -1;
    if (version === undefined && event === 'member.added') role = 'member';
    if ((version ?? known) < known) return;
    const wasMember = this.members.has(userId);
    if (!role) {
      this.members.delete(userId);
      this.#former.set(userId, version ?? 0);
      if (former === undefined) this.#tell({ type: 'member', change: 'removed', userId });
      return;
    }
    this.#former.delete(userId);
    this.members.set(userId, { role, version: version ?? 0 });
    // For a user who was added and promoted, a replay has the promotion only.
    const isNew = !wasMember && (event === 'member.added' || former !== undefined);
    this.#tell({ type: 'member', change: isNew ? 'added' : 'changed', userId });
  }

  /** @param {{title: string|null, version: number}} conversation */
  #rename({ title, version }) {
    if (version < this.#titleVersion) return;
    this.#titleVersion = version;
    this.title = title ?? null;
    this.#tell({ type: 'title' });
  }

  /** @param {{userId: string, seq: number}} data */
  #read({ userId, seq }) {
    if (seq <= (this.reads.get(userId) ?? -1)) return;
    this.reads.set(userId, seq);
    this.#tell({ type: 'read', userId, seq });
  }

  /** @param {Change} change */
  #tell(change) {
    for (const listener of [...this.#listeners]) listener(change);
  }
}

/** The list of a user's conversations, folded from the events of the feed. Made by {@link Client#feed}. */
export class Feed {
  /**
   * The cursor to give to {@link Client#feed} after a reload, with {@link Feed#conversations}. It is undefined until
   * everything before it has arrived.
   *
   * @type {string|undefined}
   */
  cursor;
  /** @type {Map<string, Omit<Activity, 'unread'> & {titleVersion: number}>} */ #activities = new Map();
  /** @type {string|undefined} */ #userId;
  /** @type {Set<(change: FeedChange) => void>} */ #listeners = new Set();

  /** @param {{cursor?: string, conversations?: Activity[], userId?: string}} [options] */
  constructor({ cursor, conversations = [], userId } = {}) {
    this.cursor = cursor;
    this.#userId = userId;
    for (const { unread, ...activity } of conversations) {
      this.#activities.set(activity.conversationId, { ...activity, titleVersion: activity.lastPos });
    }
  }

  /** @returns {Activity[]} the last updated first */
  get conversations() {
    const all = [...this.#activities.values()].map(withUnread);
    return all.sort((one, other) => compare(other.updatedAt, one.updatedAt) || compare(one.conversationId, other.conversationId));
  }

  /**
   * @param {string} conversationId
   * @returns {Activity|undefined}
   */
  conversation(conversationId) {
    const activity = this.#activities.get(conversationId);
    return activity && withUnread(activity);
  }

  /**
   * @param {(change: FeedChange) => void} listener called after every change
   * @returns {() => void} stops it
   */
  onChange(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Applies an event of the feed. Other events change nothing.
   *
   * @param {string} event
   * @param {any} data
   */
  apply(event, data) {
    if (event === 'feed.cursor') {
      this.cursor = data.cursor;
      this.#tell({ type: 'cursor', cursor: data.cursor });
    } else if (event === 'conversation.gone') {
      if (this.#activities.delete(data.conversationId)) this.#tell({ type: 'gone', conversationId: data.conversationId });
    } else if (event === 'conversation.activity') {
      this.#active(data);
    } else if (event === 'conversation.read') {
      // Rooms also send the markers of other users.
      if (this.#userId === undefined || data.userId === this.#userId) this.#update(data, known => this.#hasRead(known, data));
    } else if (event === 'conversation.changed') {
      this.#update(data, known => this.#hasChanged(known, data));
    }
  }

  /**
   * Forgets everything: the server sends all conversations.
   *
   * @internal
   */
  reset() {
    this.cursor = undefined;
    if (this.#activities.size === 0) return;
    this.#activities.clear();
    this.#tell({ type: 'reset' });
  }

  /**
   * Takes an activity. One that is the same for many users has no `title` and no `readSeq`. It has a message only if
   * that changed.
   *
   * @param {any} data
   */
  #active({ conversationId, title, readSeq, lastSeq, lastPos, lastMessage, updatedAt }) {
    const nothing = { title: null, titleVersion: -1, readSeq: 0, lastSeq: 0, lastPos: 0, lastMessage: null, updatedAt: '' };
    const activity = { ...nothing, ...this.#activities.get(conversationId), conversationId };
    if (lastPos < activity.lastPos) return;
    activity.lastPos = lastPos;
    if (lastSeq >= activity.lastSeq) Object.assign(activity, { lastSeq, lastMessage: lastMessage ?? null, updatedAt });
    if (title !== undefined && lastPos >= activity.titleVersion) Object.assign(activity, { title, titleVersion: lastPos });
    activity.readSeq = Math.max(activity.readSeq, readSeq ?? 0);
    this.#set(activity);
  }

  /**
   * @param {any} known
   * @param {{seq: number}} data
   */
  #hasRead(known, { seq }) {
    if (seq > known.readSeq) this.#set({ ...known, readSeq: seq });
  }

  /**
   * @param {any} known
   * @param {{version: number, conversation: {title: string|null}}} data
   */
  #hasChanged(known, { version, conversation }) {
    if (version >= known.titleVersion) this.#set({ ...known, title: conversation.title ?? null, titleVersion: version });
  }

  /**
   * @param {{conversationId: string}} data
   * @param {(known: any) => void} change
   */
  #update({ conversationId }, change) {
    const known = this.#activities.get(conversationId);
    if (known) change(known);
  }

  /** @param {any} activity */
  #set(activity) {
    this.#activities.set(activity.conversationId, activity);
    this.#tell({ type: 'activity', activity: withUnread(activity) });
  }

  /** @param {FeedChange} change */
  #tell(change) {
    for (const listener of [...this.#listeners]) listener(change);
  }
}

/**
 * @param {any} activity
 * @returns {Activity}
 */
function withUnread({ titleVersion, ...activity }) {
  return { ...activity, unread: Math.max(0, activity.lastSeq - activity.readSeq) };
}

/**
 * @param {string} one
 * @param {string} other
 */
function compare(one, other) {
  return one < other ? -1 : one > other ? 1 : 0;
}

/**
 * @param {Message} message
 * @param {Message} known with the same `seq`; if the ids differ, one of the two stands for a message that is gone
 */
function isOlder(message, known) {
  if (message.id !== known.id) return known.deletedAt !== undefined;
  return (message.version ?? 0) <= (known.version ?? 0);
}

/** @param {any} answer a refusal */
function refusal({ error }) {
  return new WalcastError(error?.code ?? 'unavailable', error?.message ?? 'refused without a reason');
}

/**
 * @param {string|undefined} token
 * @returns {string|undefined} the user of a JSON Web Token
 */
function subject(token) {
  try {
    return JSON.parse(atob(String(token).split('.')[1].replaceAll('-', '+').replaceAll('_', '/'))).sub;
  } catch {
    return undefined;
  }
}

/** One socket from its opening to its end: requests with their answers, pushed events, and proof that the server is alive. */
class Connection {
  /** @type {WebSocket} */ #socket;
  /** @type {Map<number, {onAnswer: (answer: any) => void, timer: ReturnType<typeof setTimeout>|undefined}>} */ #pending = new Map();
  /** The time-out for opening, later the interval of the pings: `clearTimeout` clears both. */
  /** @type {ReturnType<typeof setTimeout>|undefined} */ #timer;
  /** @type {{onOpen: () => void, onPush: (event: string, data: any) => void, onEnd: (code: number, reason: string) => void}} */
  #handler;
  #lastId = 0;
  #heard = false;
  /** The ping that must be answered within {@link WAKE_TIMEOUT}, if there is one. */
  /** @type {{timer: ReturnType<typeof setTimeout>|undefined}|undefined} */ #proof;
  /** The time at which the interval of the pings fires next. */
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
   * Sends a request. If no answer comes in time, the connection ends.
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
   * Starts the time-out of a request. A timer that fires late proves nothing: the page slept, and a browser handles
   * timers before the frames that arrived meanwhile. The answer then gets a little more time, once.
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

  /** Sends a ping that must be answered within {@link WAKE_TIMEOUT}. */
  prove() {
    if (this.#proof || this.#socket.readyState === CONNECTING) return;
    if (this.#socket.readyState > OPEN) {
      this.#fail('the socket had ended');
      return;
    }
    this.#proof = this.request('ping', undefined, () => (this.#proof = undefined), WAKE_TIMEOUT);
  }

  /** Closes the socket, without a call of the handler. */
  end() {
    this.#release();
    this.#socket.close(NORMAL_CLOSURE);
  }

  /** @param {string} frame */
  #received(frame) {
    this.#heard = true;
    if (this.#proof) {
      // The answer may come after a long replay: each frame before it is a proof as well.
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

  /** Pages never see the ping frames of the server: only an answer shows that a silent connection is alive. */
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
 * A pause with jitter, so that the clients of a server that stopped do not reconnect all at once.
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
