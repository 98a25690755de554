// Copyright The Walcast authors. Licensed under Apache-2.0.

// One person's window: a connection of its own, the list of conversations, and the one that is open.

import { connect } from './walcast.js';
import { Composer } from './demo-composer.js';
import { List } from './demo-list.js';
import { Log, announcement } from './demo-log.js';
import { fromTemplate, names, plural } from './demo-page.js';
import * as rest from './demo-rest.js';
import { way } from './demo-way.js';

const REPLAYED = 50;
const ARRIVALS = 500;
const READ_EVERY = 1_000;
const TYPING_FOR = 5_000;
/** The time that the list has to fill before a conversation is chosen from it. */
const CHOICE = 150;
const STATES = { connecting: 'connecting…', connected: 'connected', waiting: 'reconnecting…', closed: 'closed' };

export class Pane {
  /** @type {ReturnType<typeof connect>} */ #client;
  #conversationId = null;
  /** States of conversations that were open before. */
  #kept = new Map();
  /** The position at which the connection was lost. */
  #lost = null;
  /** `pos` up to which events are history, which the first join replays. */
  #historyTo = Infinity;
  /** `pos` up to which events were missed. */
  #missedTo = 0;
  #first = 1;
  #expected = 1;
  #faults = 0;
  #arrivals = new Map();
  #typing = new Map();
  #readTimer = 0;
  #choice = 0;
  #unsaid = [];

  constructor(userId, page) {
    this.userId = userId;
    this.page = page;
    this.root = fromTemplate('#pane');
    const part = selector => this.root.querySelector(selector);
    Object.assign(this, {
      name: part('.name'), state: part('.state'), cut: part('.cut'), heading: part('.heading'), people: part('.people'),
      others: part('.others'), typists: part('.typists'), proof: part('.proof'), said: part('.said'),
    });
    this.name.value = userId;

    const pane = this;
    this.list = new List(part('.list ul'), id => this.open(id, true));
    this.log = new Log(part('.log'), {
      get userId() {
        return pane.userId;
      },
      earlier: before => page.attempt(() => rest.earlier(pane.userId, pane.#conversationId, before)),
      act: (action, message, emoji) => pane.#act(action, message, emoji),
      onSeen: () => pane.#readSoon(),
    });
    this.composer = new Composer(part('.composer'), {
      send: async text => Boolean(await page.attempt(() => page.send(pane, text))),
      edit: async (message, text) => Boolean(await page.attempt(() => rest.edit(pane.userId, message, text))),
      lastOwn: () => pane.#conversation?.messages.findLast(one => one.senderId === pane.userId && !one.deletedAt),
      typing: typing => pane.#client.request('typing', { conversationId: pane.#conversationId, typing }).catch(() => {}),
    });

    this.cut.addEventListener('click', () => this.#toggle());
    this.name.addEventListener('change', () => page.rename(this, this.name.value.trim()));
    this.heading.addEventListener('change', () => this.#rename());
    for (const input of [this.name, this.heading]) {
      input.addEventListener('keydown', event => event.key === 'Enter' && input.blur());
    }
    part('.back').addEventListener('click', () => this.#look('list'));
    part('.burst').addEventListener('click', event => page.burst(this, event.target));
    part('.create').addEventListener('submit', event => {
      event.preventDefault();
      const title = event.target.querySelector('input').value.trim();
      if (title) page.attempt(() => page.create(this, title)).then(done => done && event.target.reset());
    });
    document.addEventListener('visibilitychange', () => this.#readSoon());
    this.become(userId);
  }

  /** Signs in, again if need be. */
  become(userId) {
    this.#client?.close();
    this.userId = userId;
    this.#kept.clear();
    this.root.setAttribute('aria-label', `Window of ${userId}`);
    this.log.root.setAttribute('aria-label', `Messages as ${userId} sees them`);
    this.composer.draft.setAttribute('aria-label', `Message from ${userId}`);
    this.#close();
    this.#client = connect({ userId });
    this.#client.onState((state, { reason }) => this.#stateChanged(state, reason));
    this.#client.on('typing', data => this.#typed(data));
    this.feed = this.#client.feed({ onChange: change => this.#listChanged(change), onError: error => this.page.fail(error) });
    this.list.follow(this.feed);
  }

  /** @param {boolean} [isAsked] whether the person chose it: it is then shown in place of the list */
  open(conversationId, isAsked = false) {
    if (isAsked) this.#look('chat');
    if (this.#conversationId === conversationId) return;
    this.#leave();
    this.#conversationId = conversationId;
    this.list.select(conversationId);
    this.composer.clear();
    const conversation = this.#kept.get(conversationId);
    const after = Math.max(0, (this.feed.conversation(conversationId)?.lastSeq ?? 0) - REPLAYED);
    this.#client
      .join(conversationId, {
        ...(conversation ? { conversation } : { after }),
        onMessage: message => this.#received(message, performance.now()),
        onChange: change => this.#changed(change),
        onJoined: joined => this.#joined(joined),
        onHistoryChanged: () => this.log.note('the history changed: read again from its beginning'),
        onError: error => this.#refused(error),
      })
      .catch(error => this.#refused(error));
    this.log.show(this.#conversation);
    this.#count(this.#conversation.seq + 1);
    this.#describe();
    this.page.opened(this, conversationId);
  }

  get openId() {
    return this.#conversationId;
  }

  get #conversation() {
    return this.#client.conversation(this.#conversationId);
  }

  #leave() {
    if (this.#readTimer) this.#read();
    if (this.#conversation) this.#kept.set(this.#conversationId, this.#conversation);
    this.#client?.leave(this.#conversationId);
    this.#lost = null;
    this.#historyTo = Infinity;
    this.#missedTo = 0;
    this.#typing.clear();
    this.#showTypists();
  }

  #close() {
    this.#conversationId = null;
    this.log.show(null, 'No conversation yet. The first message starts one.');
    this.#count(1);
    this.heading.value = '';
    this.people.textContent = '';
    this.#look('chat');
  }

  /** Chooses between the list and the conversation, in a narrow window. */
  #look(view) {
    this.root.dataset.view = view;
  }

  // The connection

  #stateChanged(state, reason) {
    this.root.dataset.state = state;
    this.state.textContent = STATES[state] ?? reason ?? 'cut';
    this.cut.textContent = state === 'disconnected' ? 'Reconnect' : 'Cut';
    const { seq, pos } = this.#conversation ?? {};
    if ((state !== 'waiting' && state !== 'disconnected') || this.#lost || seq === undefined) return;
    this.#lost = { seq, pos };
    this.log.note(`${reason ? 'connection lost' : 'cut'} after #${seq}`);
  }

  #toggle() {
    if (this.#client.state === 'disconnected') this.#client.reconnect();
    else this.#client.disconnect();
  }

  #joined({ lastSeq, lastPos }) {
    const conversation = this.#conversation;
    rest.describe(this.userId, this.#conversationId).then(
      described => conversation === this.#conversation && conversation.addMembers(described),
      () => {},
    );
    this.#readSoon();
    if (this.#historyTo === Infinity) this.#historyTo = lastPos ?? 0;
    if (!this.#lost) return;
    const { seq, pos } = this.#lost;
    this.#lost = null;
    this.#missedTo = lastPos ?? 0;
    const messages = lastSeq - seq;
    const changes = pos === undefined || lastPos === undefined ? 0 : lastPos - pos - messages;
    const range = messages === 1 ? `: #${lastSeq}` : messages > 1 ? `: #${seq + 1} to #${lastSeq}` : '';
    const missed = [messages && plural(messages, 'message') + range, changes && plural(changes, 'change')].filter(Boolean);
    this.log.note(missed.length ? `back, ${missed.join(', and ').replace(': #', ' to catch up: #')}` : 'back, nothing missed', 'good');
  }

  #refused({ code, message }) {
    if (code !== 'left') this.log.note(`${code}: ${message}`);
  }

  // Events

  #received(message, arrivedAt) {
    // Counted independently of the client, so that the page can show that nothing is missing.
    if (message.seq !== this.#expected) this.#faults++;
    this.#expected = message.seq + 1;
    this.#prove();

    if (this.#isHistory) return;
    this.#arrivals.set(message.id, { seq: message.seq, arrivedAt });
    if (this.#arrivals.size > ARRIVALS) this.#arrivals.delete(this.#arrivals.keys().next().value);
    if (this.page.posts.has(message.id)) this.timed(message.id, this.page.posts.get(message.id));
    if (message.senderId !== this.userId) this.#say(message);
    else this.log.scrollToEnd();
    if (this.#typing.delete(message.senderId)) this.#showTypists();
  }

  get #isHistory() {
    return (this.#conversation?.pos ?? 0) <= this.#historyTo;
  }

  /** The time from a message's post to its arrival; null before the arrival. */
  timed(id, startedAt) {
    const arrival = this.#arrivals.get(id);
    if (!arrival) return null;
    const latency = arrival.arrivedAt - startedAt;
    this.log.timed(arrival.seq, latency);
    way.arrived(id, this.userId, latency);
    return latency;
  }

  #changed(change) {
    const { pos = 0, seq } = this.#conversation;
    if (change.type === 'reset') {
      this.log.show(this.#conversation);
      this.#count((seq ?? 0) + 1);
    } else if (change.type === 'member') {
      if (change.change !== 'changed' && !this.#isHistory) this.log.note(`${change.userId} was ${change.change}`, 'good');
      if (change.userId === this.userId && change.change === 'removed') this.#gone();
    }
    if (change.type === 'member' || change.type === 'title') this.#describe();
    this.log.changed(change, pos <= this.#missedTo);
  }

  #describe() {
    const conversation = this.#conversation;
    if (!conversation) return;
    const { title } = this.feed.conversation(this.#conversationId) ?? {};
    if (document.activeElement !== this.heading) this.heading.value = conversation.title ?? title ?? '';
    this.heading.readOnly = conversation.members.get(this.userId)?.role !== 'owner';
    const members = [...conversation.members.keys()].sort();
    this.people.textContent = names(members.slice(0, 4), members.length);
  }

  #listChanged(change) {
    if (change.type === 'gone' && change.conversationId === this.#conversationId) this.#gone();
    if (change.type === 'activity' && !this.#conversationId) this.#openNewest();
    const { unread } = this.list;
    this.others.textContent = unread ? `${unread} unread` : '';
    this.#describe();
  }

  #openNewest() {
    this.#choice ||= setTimeout(() => {
      this.#choice = 0;
      const [newest] = this.feed.conversations;
      if (newest && !this.#conversationId) this.open(newest.conversationId);
    }, CHOICE);
  }

  #gone() {
    this.#kept.delete(this.#conversationId);
    this.#client.leave(this.#conversationId);
    this.#close();
    this.list.select(null);
  }

  #typed({ conversationId, userId, typing }) {
    if (conversationId !== this.#conversationId || userId === this.userId) return;
    clearTimeout(this.#typing.get(userId));
    this.#typing.delete(userId);
    if (typing) {
      this.#typing.set(
        userId,
        setTimeout(() => {
          this.#typing.delete(userId);
          this.#showTypists();
        }, TYPING_FOR),
      );
    }
    this.#showTypists();
  }

  #showTypists() {
    const users = [...this.#typing.keys()];
    this.typists.textContent = users.length ? `${names(users.slice(0, 3), users.length)} ${users.length === 1 ? 'is' : 'are'} typing…` : '';
  }

  /** Announces a message to a screen reader, at most once a second. */
  #say(message) {
    if (this.#unsaid.push(message) > 1) return;
    setTimeout(() => (this.said.textContent = announcement(this.#unsaid.splice(0))), 1_000);
  }

  // Actions of the person

  #act(action, message, emoji) {
    const act = {
      edit: () => this.composer.edit(message),
      remove: () => rest.remove(this.userId, message),
      react: () => {
        const { mine } = this.#conversation.reactions.get(message.id)?.find(kind => kind.emoji === emoji) ?? {};
        return rest.react(this.userId, message, emoji, !mine);
      },
    }[action];
    this.page.attempt(act);
  }

  #rename() {
    const title = this.heading.value.trim();
    this.page.attempt(() => rest.rename(this.userId, this.#conversationId, title)).then(done => done || this.#describe());
  }

  /** Sends a read marker within a second. The server takes one marker a second. */
  #readSoon() {
    this.#readTimer ||= setTimeout(() => this.#read(), READ_EVERY);
  }

  #read() {
    clearTimeout(this.#readTimer);
    this.#readTimer = 0;
    const conversation = this.#conversation;
    if (!conversation?.seq || document.visibilityState !== 'visible' || !this.log.isAtEnd) return;
    const known = Math.max(conversation.reads.get(this.userId) ?? 0, this.feed.conversation(conversation.id)?.readSeq ?? 0);
    if (conversation.seq > known) rest.read(this.userId, conversation.id, conversation.seq).catch(() => {});
  }

  // The proof that no message is missing

  #count(first) {
    this.#first = this.#expected = first;
    this.#faults = 0;
    this.#arrivals.clear();
    this.#prove();
  }

  #prove() {
    const last = this.#expected - 1;
    const { proof } = this;
    proof.classList.toggle('broken', this.#faults > 0);
    if (this.#faults) proof.textContent = `${plural(this.#faults, 'message')} out of order`;
    else proof.textContent = last >= this.#first ? `#${this.#first} to #${last}, none missing, none twice` : '';
  }
}
