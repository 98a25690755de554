// A conversation as the server keeps it, in memory: what happened to it, and the replays that follow from that.

/** Random numbers that are the same each time. */
export function random(seed) {
  return most => {
    seed = (seed + 0x6d2b79f5) | 0;
    let word = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    word = (word + Math.imul(word ^ (word >>> 7), 61 | word)) ^ word;
    return Math.floor((((word ^ (word >>> 14)) >>> 0) / 2 ** 32) * most);
  };
}

export class Log {
  messages = [];
  reactions = new Map();
  members = new Map();
  former = new Map();
  title = null;
  titleVersion = 0;
  /** Every event as it was sent when it happened. */
  live = [];

  constructor(id) {
    this.id = id;
  }

  get lastPos() {
    return this.live.length;
  }

  get lastSeq() {
    return this.messages.length;
  }

  /** So much of everything that can happen, in any order that can be. */
  happen(times, random) {
    for (let time = 0; time < times; time++) {
      const roll = random(100);
      const message = this.messages[random(this.messages.length || 1)];
      if (roll < 40 || !message) this.post(`text ${random(1000)}`);
      else if (roll < 55) this.edit(message, `edit ${random(1000)}`);
      else if (roll < 60) this.remove(message);
      else if (roll < 80) this.react(message, ['👍', '🎉', '🤔'][random(3)], `user ${random(8)}`);
      else if (roll < 95) this.member(`user ${random(4)}`, [undefined, 'member', 'owner'][random(3)]);
      else this.rename(`title ${random(1000)}`);
    }
    return this;
  }

  post(content) {
    const pos = this.lastPos + 1;
    const seq = this.lastSeq + 1;
    const message = { id: `m${seq}`, conversationId: this.id, senderId: 'ada', content, seq, version: pos };
    this.messages.push(message);
    this.#log('message.created', `m${seq} created`, { messageId: message.id, message });
  }

  edit(message, content) {
    if (message.deletedAt) return;
    Object.assign(message, { content, editedAt: 'now', version: this.lastPos + 1 });
    this.#log('message.edited', message.id, { messageId: message.id, message });
  }

  remove(message) {
    if (message.deletedAt) return;
    Object.assign(message, { content: null, deletedAt: 'now', version: this.lastPos + 1 });
    this.reactions.delete(message.id);
    this.#log('message.deleted', message.id, { messageId: message.id, message });
  }

  react(message, emoji, user) {
    if (message.deletedAt) return;
    const { kinds } = this.reactions.get(message.id) ?? { kinds: [] };
    const kind = kinds.find(one => one.emoji === emoji) ?? { emoji, count: 0, users: [] };
    const users = kind.users.includes(user) ? kind.users.filter(one => one !== user) : [...kind.users, user];
    const others = kinds.filter(one => one.emoji !== emoji);
    const version = this.lastPos + 1;
    const reactions = users.length ? [...others, { emoji, count: users.length, users }] : others;
    this.reactions.set(message.id, { version, kinds: reactions });
    this.#log('reactions.changed', `${message.id} reactions`, { messageId: message.id, version, reactions });
  }

  member(userId, role) {
    const known = this.members.get(userId)?.role;
    if (known === role) return;
    const version = this.lastPos + 1;
    if (role) this.members.set(userId, { role, version });
    else this.members.delete(userId);
    if (role) this.former.delete(userId);
    else this.former.set(userId, version);
    const event = !role ? 'member.removed' : known ? 'member.changed' : 'member.added';
    this.#log(event, userId, { userId, version, ...(role && { role }) });
  }

  rename(title) {
    this.title = title;
    this.titleVersion = this.lastPos + 1;
    const { id, titleVersion: version } = this;
    this.#log('conversation.changed', 'title', { version, conversation: { id, title, version } });
  }

  #log(event, subject, data) {
    const pos = this.lastPos + 1;
    this.live.push({ event, subject, data: structuredClone({ conversationId: this.id, from: pos - 1, pos, ...data }) });
  }

  /**
   * What a client gets that resumes the log: superseded events left out, the others with the present state of their
   * subject, of messages only those with a higher seq.
   */
  replay(pos, after = 0) {
    const newest = new Map(this.live.map(({ subject, data }) => [subject, data.pos]));
    const events = [];
    let from = pos;
    for (const { event, subject, data } of this.live.slice(pos)) {
      if (newest.get(subject) !== data.pos) continue;
      if (event === 'message.created' && data.message.seq <= after) continue;
      const now = this.#now(event, data);
      if (!now) continue;
      events.push({ event, data: structuredClone({ ...data, ...now, from }) });
      from = data.pos;
    }
    if (from < this.lastPos) {
      events.push({ event: 'log.position', data: { conversationId: this.id, from, pos: this.lastPos } });
    }
    return events;
  }

  #now(event, { messageId }) {
    if (event.startsWith('message.')) return { message: this.messages.find(({ id }) => id === messageId) };
    if (event !== 'reactions.changed') return {};
    const state = this.reactions.get(messageId);
    return state && { version: state.version, reactions: state.kinds };
  }

  /** `pos` at which a join with `after` resumes. */
  posOf(seq) {
    return seq === 0 ? 0 : this.live.find(({ event, data }) => event === 'message.created' && data.message.seq === seq).data.pos;
  }

  /** A page of REST. */
  page(from, to) {
    return structuredClone(
      this.messages
        .filter(({ seq }) => seq >= from && seq <= to)
        .map(message => {
          const state = this.reactions.get(message.id);
          return state ? { ...message, reactions: state.kinds, reactionsVersion: state.version } : message;
        }),
    );
  }

  /** What the state of every client has to be in the end. */
  get truth() {
    return state({
      title: this.title,
      messages: this.messages,
      members: this.members,
      reactions: new Map([...this.reactions].map(([id, { kinds }]) => [id, kinds]).filter(([, kinds]) => kinds.length)),
    });
  }
}

/** The state of a conversation, to be compared. */
export function state({ title, messages, members, reactions }) {
  const sorted = map => [...map].sort(([one], [other]) => (one < other ? -1 : 1));
  const anybodys = sorted(reactions).map(([id, kinds]) => [id, kinds.map(({ mine, ...kind }) => kind)]);
  return structuredClone({ title, messages, members: sorted(members), reactions: anybodys });
}
