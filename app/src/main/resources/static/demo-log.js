// Copyright The Walcast authors. Licensed under Apache-2.0.

// The messages of one conversation as one person sees them: painted from the conversation's state, once a frame.

import { element, fromTemplate, millis, moveByArrows, names, plural, timeOfDay } from './demo-page.js';

const KEPT = 400;
const SHOWN_AT_FIRST = 100;
const SHOWN_MORE = 50;
const NEAR = 80;

export class Log {
  #conversation = null;
  #articles = new Map();
  #dirty = new Set();
  #notes = [];
  #missed = new Set();
  #readers = new Map();
  #latencies = new Map();
  #frame = 0;
  /** Messages with a lower seq are not shown. */
  #top = 0;
  #loading = false;
  #isComplete = false;
  #toEnd = false;
  #wasAtEnd = true;
  #actions = fromTemplate('#actions');

  /**
   * @param {HTMLElement} root
   * @param {object} person the person that the log is for
   * @param {string} person.userId
   * @param {(before: number) => Promise<any[]>} person.earlier gets a page of history
   * @param {(action: string, message: any, emoji?: string) => void} person.act
   * @param {() => void} person.onSeen the newest message is on the screen
   */
  constructor(root, person) {
    this.root = root;
    this.person = person;
    root.addEventListener('scroll', () => this.#scrolled());
    root.addEventListener('pointerover', event => this.#offer(event.target.closest('.message')));
    root.addEventListener('pointerleave', () => this.#offer(document.activeElement?.closest('.message')));
    root.addEventListener('focusin', event => this.#offer(event.target.closest('.message')));
    root.addEventListener('focusout', ({ relatedTarget }) => {
      if (!root.matches(':hover') && !root.contains(relatedTarget)) this.#actions.remove();
    });
    new ResizeObserver(() => this.#wasAtEnd && this.scrollToEnd()).observe(root);
    root.addEventListener('keydown', event => this.#pressed(event));
    root.addEventListener('click', event => this.#clicked(event.target.closest('button')));
    moveByArrows(root, '.message');
  }

  /** Shows a conversation, or the words if there is none. */
  show(conversation, words = '') {
    this.#conversation = conversation;
    for (const kept of [this.#articles, this.#dirty, this.#missed, this.#readers, this.#latencies]) kept.clear();
    this.#notes = [];
    this.#isComplete = false;
    this.#top = conversation?.messages.at(-SHOWN_AT_FIRST)?.seq ?? 0;
    this.root.replaceChildren(...(words ? [element('p', 'empty', words)] : []));
    for (const { seq } of this.#shown()) this.#dirty.add(seq);
    this.#paintSoon();
  }

  /** @param {boolean} isMissed whether this happened while the person was away */
  changed({ type, message, messageId }, isMissed) {
    const changed = type === 'reactions' ? this.#conversation.messages.findLast(({ id }) => id === messageId) : message;
    if (changed) {
      this.#dirty.add(changed.seq);
      if (isMissed) this.#missed.add(changed.seq);
    }
    this.#paintSoon();
  }

  /** Adds a note about the connection or the members. It is placed before the next message. */
  note(text, kind = '') {
    this.#notes.push({ note: element('p', `event ${kind}`, text), after: this.#conversation?.seq ?? 0 });
    this.#paintSoon();
  }

  /** Shows the end, since the person has written something. */
  scrollToEnd() {
    this.#toEnd = true;
    this.#paintSoon();
  }

  timed(seq, latency) {
    this.#latencies.set(seq, latency);
    this.#dirty.add(seq);
    this.#paintSoon();
  }

  get isAtEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.root;
    return scrollHeight - scrollTop - clientHeight < NEAR;
  }

  #shown() {
    return this.#conversation?.messages.slice(this.#indexOf(this.#top)) ?? [];
  }

  #indexOf(seq) {
    const { messages } = this.#conversation;
    let index = messages.length;
    while (index > 0 && messages[index - 1].seq >= seq) index--;
    return index;
  }

  /** Painting waits for the next frame, so that a message is not timed by the layout of the ones before it. */
  #paintSoon() {
    this.#frame ||= requestAnimationFrame(() => this.#paint());
  }

  #paint() {
    this.#frame = 0;
    if (!this.#conversation) return;
    const { root } = this;
    const { messages } = this.#conversation;
    const wasAtEnd = this.isAtEnd || this.#toEnd;
    this.#toEnd = false;
    const anchor = wasAtEnd ? null : [...root.children].find(child => child.offsetTop + child.offsetHeight > root.scrollTop);
    const anchorTop = anchor?.offsetTop;
    this.#placeReaders();
    for (const seq of [...this.#dirty].sort((one, other) => other - one)) {
      const index = this.#indexOf(seq);
      if (seq < this.#top || messages[index]?.seq !== seq) continue;
      this.#fill(this.#articles.get(seq) ?? this.#insert(messages[index], messages[index + 1]), messages[index], messages[index - 1]);
    }
    this.#dirty.clear();
    this.#missed.clear();
    for (const { note, after } of this.#notes.splice(0)) {
      root.insertBefore(note, this.#articles.get(messages[this.#indexOf(after + 1)]?.seq) ?? null);
    }
    if (wasAtEnd) {
      this.#trim();
      root.scrollTop = root.scrollHeight;
    } else if (anchor) {
      root.scrollTop += anchor.offsetTop - anchorTop;
    }
    this.#atEndNow();
  }

  /** Remembers whether the end is visible: it stays visible when the window becomes lower. */
  #atEndNow() {
    this.#wasAtEnd = this.isAtEnd;
    if (this.#wasAtEnd) this.person.onSeen();
  }

  #insert(message, next) {
    this.root.querySelector('.empty')?.remove();
    const article = fromTemplate('#message');
    article.dataset.seq = message.seq;
    article.dataset.id = message.id;
    this.#articles.set(message.seq, article);
    this.root.insertBefore(article, next ? this.#articles.get(next.seq) : null);
    if (next) this.#fillLater(next);
    return article;
  }

  /** The message after a new one may have to lose its sender's name. */
  #fillLater(next) {
    const article = this.#articles.get(next.seq);
    const before = this.#conversation.messages[this.#indexOf(next.seq) - 1];
    if (article) article.querySelector('.sender').hidden = !this.#isNewSender(next, before);
  }

  #isNewSender({ senderId }, before) {
    return senderId !== null && senderId !== this.person.userId && senderId !== before?.senderId;
  }

  #fill(article, message, before) {
    const { seq, senderId, type, content, createdAt, editedAt, deletedAt } = message;
    const part = name => article.querySelector(`.${name}`);
    article.classList.toggle('mine', senderId === this.person.userId);
    article.classList.toggle('deleted', Boolean(deletedAt));
    part('sender').textContent = senderId;
    part('sender').hidden = !this.#isNewSender(message, before);
    part('content').textContent = content ?? (deletedAt ? 'deleted' : type.toLowerCase());
    const latency = this.#latencies.get(seq);
    part('facts').textContent = [
      `#${seq}`,
      latency === undefined ? timeOfDay(createdAt).slice(0, 5) : millis(latency),
      ...(editedAt && !deletedAt ? ['edited'] : []),
    ].join(' · ');
    this.#fillReactions(part('reactions'), message);
    const readers = this.#readers.get(seq)?.split(' ').filter(user => user !== senderId) ?? [];
    part('readers').textContent = readers.length ? `Read by ${names(readers.slice(0, 3), readers.length)}` : '';
    article.setAttribute('aria-label', `${senderId ?? 'nobody'}: ${part('content').textContent}, ${part('facts').textContent}`);
    if (this.#missed.has(seq)) {
      article.classList.remove('missed');
      void article.offsetWidth; // begins the animation again
      article.classList.add('missed');
    }
    if (this.#actions.parentElement === article) this.#offer(article);
  }

  /** Keeps the existing buttons, so that the focused one keeps the focus. */
  #fillReactions(place, { id }) {
    const kinds = this.#conversation.reactions.get(id) ?? [];
    for (const button of [...place.children]) {
      if (!kinds.some(({ emoji }) => emoji === button.dataset.emoji)) button.remove();
    }
    for (const { emoji, count, users, mine } of kinds) {
      let button = [...place.children].find(({ dataset }) => dataset.emoji === emoji);
      if (!button) {
        button = element('button', 'reaction');
        button.type = 'button';
        button.dataset.emoji = emoji;
        button.dataset.act = 'react';
        place.append(button);
      }
      button.textContent = `${emoji} ${count}`;
      button.title = names(users, count);
      button.setAttribute('aria-pressed', Boolean(mine));
      button.setAttribute('aria-label', `${emoji} from ${names(users, count)}`);
    }
  }

  /** Shows each other member under the newest message that the member has read. */
  #placeReaders() {
    const places = new Map();
    const { messages, reads, members } = this.#conversation;
    for (const [user, seq] of reads) {
      if (user === this.person.userId || (members.size > 0 && !members.has(user))) continue;
      let index = messages.length - 1;
      while (index >= 0 && messages[index].seq > Math.max(seq, this.#top - 1)) index--;
      const place = messages[index]?.seq;
      if (place >= this.#top) places.set(place, places.has(place) ? `${places.get(place)} ${user}` : user);
    }
    for (const seq of [...this.#readers.keys(), ...places.keys()]) {
      if (this.#readers.get(seq) !== places.get(seq)) this.#dirty.add(seq);
    }
    this.#readers = places;
  }

  #trim() {
    if (this.#articles.size <= KEPT + SHOWN_MORE) return;
    const seqs = [...this.#articles.keys()].sort((one, other) => one - other);
    this.#top = seqs.at(-KEPT);
    const first = this.#articles.get(this.#top);
    for (const seq of seqs.slice(0, -KEPT)) this.#articles.delete(seq);
    while (this.root.firstElementChild !== first) this.root.firstElementChild.remove();
  }

  #scrolled() {
    if (this.root.scrollTop < NEAR * 2) this.#showEarlier();
    this.#atEndNow();
  }

  async #showEarlier() {
    const conversation = this.#conversation;
    const first = conversation?.messages[0]?.seq;
    if (first === undefined || this.#loading) return;
    if (this.#top > first) {
      this.#top = conversation.messages[Math.max(0, this.#indexOf(this.#top) - SHOWN_MORE)].seq;
      for (const { seq } of this.#shown()) if (!this.#articles.has(seq)) this.#dirty.add(seq);
      this.#paintSoon();
    } else if (first > 1 && !this.#isComplete) {
      this.#loading = true;
      const page = await this.person.earlier(first).finally(() => (this.#loading = false));
      if (this.#conversation !== conversation) return;
      this.#isComplete = page?.length === 0;
      this.#top = 0;
      if (page) conversation.addPage(page);
    }
  }

  /** Shows the actions for a message. There is one row of buttons, which moves from message to message. */
  #offer(article) {
    const message = article && this.#messageOf(article);
    if (!message || message.deletedAt) {
      if (!this.#actions.contains(document.activeElement)) this.#actions.remove();
      return;
    }
    const isMine = message.senderId === this.person.userId;
    const isOwner = this.#conversation.members.get(this.person.userId)?.role === 'owner';
    const [edit, remove] = ['edit', 'remove'].map(act => this.#actions.querySelector(`[data-act=${act}]`));
    edit.hidden = !isMine;
    remove.hidden = !isMine && !isOwner;
    if (this.#actions.parentElement === article) return;
    this.#disarm();
    article.append(this.#actions);
  }

  #messageOf(article) {
    const message = this.#conversation?.messages[this.#indexOf(Number(article.dataset.seq))];
    return message?.seq === Number(article.dataset.seq) ? message : undefined;
  }

  #clicked(button) {
    const message = button && this.#messageOf(button.closest('.message'));
    if (!message) return;
    const { act, emoji } = button.dataset;
    if (act === 'remove' && !button.classList.contains('armed')) {
      button.classList.add('armed');
      button.textContent = 'Delete it?';
      return;
    }
    this.#disarm();
    this.person.act(act, message, emoji);
  }

  #disarm() {
    const remove = this.#actions.querySelector('[data-act=remove]');
    remove.classList.remove('armed');
    remove.textContent = 'Delete';
  }

  #pressed(event) {
    const article = event.target.closest('.message');
    const act = { e: 'edit', Delete: 'remove' }[event.key];
    if (!article || !act || event.ctrlKey || event.metaKey || event.altKey) return;
    const button = this.#actions.parentElement === article && this.#actions.querySelector(`[data-act=${act}]`);
    if (!button || button.hidden) return;
    event.preventDefault();
    button.focus();
    button.click();
  }
}

/** The announcement of one new message, or of many, for a screen reader. */
export function announcement(messages) {
  const [{ senderId, content }] = messages;
  return messages.length === 1 ? `${senderId}: ${content}` : plural(messages.length, 'new message');
}
