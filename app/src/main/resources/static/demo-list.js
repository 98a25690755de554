// Copyright The Walcast authors. Licensed under Apache-2.0.

// One person's list of conversations: it follows the feed, and the newest moves to the top by itself.

import { element, moveByArrows } from './demo-page.js';

const calm = matchMedia('(prefers-reduced-motion: reduce)');

export class List {
  #items = new Map();
  #frame = 0;

  constructor(root, open) {
    this.root = root;
    this.open = open;
    moveByArrows(root, '.conversation');
  }

  /** Follows another feed. */
  follow(feed) {
    this.feed = feed;
    this.#items.clear();
    this.root.replaceChildren();
    feed.onChange(() => this.#paintSoon());
  }

  select(conversationId) {
    this.selected = conversationId;
    this.#paintSoon();
  }

  get unread() {
    return this.feed.conversations.reduce((sum, { unread }) => sum + unread, 0);
  }

  #paintSoon() {
    this.#frame ||= requestAnimationFrame(() => this.#paint());
  }

  #paint() {
    this.#frame = 0;
    const all = this.feed.conversations;
    const before = new Map([...this.#items.values()].map(item => [item, item.offsetTop]));
    const focused = document.activeElement;
    const known = new Set(all.map(({ conversationId }) => conversationId));
    for (const [id, item] of this.#items) {
      if (known.has(id)) continue;
      item.remove();
      this.#items.delete(id);
    }
    all.forEach((activity, place) => {
      const item = this.#items.get(activity.conversationId) ?? this.#make(activity.conversationId);
      this.#fill(item.firstElementChild, activity);
      if (this.root.children[place] !== item) this.root.insertBefore(item, this.root.children[place] ?? null);
    });
    if (this.root.contains(focused)) focused.focus({ preventScroll: true });
    if (calm.matches) return;
    for (const [item, top] of before) {
      const moved = top - item.offsetTop;
      if (moved) item.animate([{ transform: `translateY(${moved}px)` }, { transform: 'none' }], { duration: 180, easing: 'ease-out' });
    }
  }

  #make(conversationId) {
    const item = element('li');
    const button = element('button', 'conversation');
    button.type = 'button';
    button.dataset.id = conversationId;
    button.append(element('span', 'title'), element('span', 'unread'), element('span', 'preview'));
    button.addEventListener('click', () => this.open(conversationId));
    item.append(button);
    this.#items.set(conversationId, item);
    return item;
  }

  #fill(button, { conversationId, title, unread, lastMessage }) {
    const [name, count, preview] = button.children;
    name.textContent = title || 'without a title';
    count.textContent = unread || '';
    preview.textContent = lastMessage ? describe(lastMessage) : 'no messages yet';
    button.setAttribute('aria-label', `${name.textContent}${unread ? `, ${unread} unread` : ''}`);
    if (conversationId === this.selected) button.setAttribute('aria-current', 'true');
    else button.removeAttribute('aria-current');
  }
}

function describe({ senderId, content, type, deletedAt }) {
  const said = deletedAt ? 'deleted' : (content ?? type?.toLowerCase() ?? '');
  return senderId ? `${senderId}: ${said}` : said;
}
