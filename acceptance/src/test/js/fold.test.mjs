// The fold of a conversation: whatever way its events come, the state is the server's.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Conversation } from '../../../../app/src/main/resources/static/walcast.js';
import { Log, random, state } from './log.mjs';

const SEEDS = Array.from({ length: 40 }, (_, seed) => seed);

function fold(conversation, events) {
  for (const { event, data } of events) assert.notEqual(conversation.apply(event, data), 'hole', `${event} at ${data.pos}`);
  return conversation;
}

/** Of each subject the version that the state has. */
function versions(conversation) {
  const { titleVersion, messages, earlier, members, former, reactionVersions } = conversation.toJSON();
  return new Map([
    ['title', titleVersion],
    ...[...messages, ...earlier.map(([, message]) => message)].map(({ id, version }) => [id, version]),
    ...members.map(([user, { version }]) => [user, version]),
    ...former,
    ...reactionVersions.map(([id, version]) => [`reactions to ${id}`, version]),
  ]);
}

function logOf(seed) {
  const dice = random(seed);
  return { dice, log: new Log('c1').happen(60 + dice(120), dice) };
}

for (const seed of SEEDS) {
  test(`log ${seed}: every event, and a replay without what was superseded, make the same state`, () => {
    const { log } = logOf(seed);
    const full = fold(new Conversation('c1'), log.live);
    assert.deepEqual(state(full), log.truth);
    assert.deepEqual(full.position, { seq: log.lastSeq, pos: log.lastPos, epoch: undefined });

    const compact = fold(new Conversation('c1'), log.replay(0));
    assert.deepEqual(state(compact), log.truth);
    assert.deepEqual(compact.position, full.position);
  });

  test(`log ${seed}: a client that was away from any place on becomes the same`, () => {
    const { log, dice } = logOf(seed);
    for (let time = 0; time < 10; time++) {
      const away = dice(log.lastPos + 1);
      const kept = fold(new Conversation('c1'), log.live.slice(0, away));
      const stored = JSON.parse(JSON.stringify(kept));
      for (const conversation of [kept, Conversation.from(stored)]) {
        fold(conversation, log.replay(conversation.pos, conversation.seq));
        assert.deepEqual(state(conversation), log.truth, `away from ${away}`);
        assert.equal(conversation.pos, log.lastPos);
      }
    }
  });

  test(`log ${seed}: a table that is ahead of the stream, and repeats, change nothing`, () => {
    const { log, dice } = logOf(seed);
    const conversation = fold(new Conversation('c1'), log.live.slice(0, dice(log.lastPos)));
    const { pos } = conversation;
    const replay = log.replay(pos);
    if (dice(2) === 0) conversation.addPage(log.page(1, log.lastSeq));
    const events = [...replay.slice(0, dice(replay.length + 1)), ...log.live.slice(pos), ...replay, ...log.live];
    let before = versions(conversation);
    for (const event of events) {
      fold(conversation, [event]);
      const now = versions(conversation);
      for (const [subject, version] of before) assert.ok(now.get(subject) >= version, `${subject} went back`);
      before = now;
    }
    assert.deepEqual(state(conversation), log.truth);
  });

  test(`log ${seed}: pages of history complete a client that began late`, () => {
    const { log, dice } = logOf(seed);
    const after = dice(log.lastSeq);
    const conversation = Object.assign(new Conversation('c1'), { seq: after, pos: undefined });
    const resumed = log.posOf(after);
    const replay = log.replay(resumed, after);
    const early = log.page(1, dice(after + 1));
    fold(conversation, replay);
    assert.deepEqual(
      conversation.messages.map(({ seq }) => seq),
      log.messages.slice(after).map(({ seq }) => seq),
    );
    conversation.addPage(early);
    log.happen(20, dice);
    fold(conversation, log.live.slice(conversation.pos));
    conversation.addPage(early);
    conversation.addPage(log.page(1, after));
    const { messages, reactions } = log.truth;
    assert.deepEqual(state(conversation).messages, messages);
    assert.deepEqual(state(conversation).reactions, reactions);
  });

  test(`log ${seed}: an event that is lost is a hole, and is asked for`, () => {
    const { log, dice } = logOf(seed);
    const lost = dice(log.lastPos - 1);
    const conversation = fold(new Conversation('c1'), log.live.slice(0, lost));
    const before = JSON.stringify(conversation);
    for (const { event, data } of log.live.slice(lost + 1)) assert.equal(conversation.apply(event, data), 'hole');
    assert.equal(JSON.stringify(conversation), before);
    fold(conversation, log.replay(conversation.pos, conversation.seq));
    assert.deepEqual(state(conversation), log.truth);
  });
}

test('a thousand edits of one message arrive as one event', () => {
  const log = new Log('c1');
  log.post('first');
  for (let time = 1; time <= 1000; time++) log.edit(log.messages[0], `edit ${time}`);
  const conversation = fold(new Conversation('c1'), log.live.slice(0, 1));
  assert.equal(log.replay(1, 1).length, 1);
  fold(conversation, log.replay(1, 1));
  assert.equal(conversation.messages[0].content, 'edit 1000');
  assert.equal(conversation.pos, 1001);
});

test('an edit of a message that is not listed waits for its page, also for an older one', () => {
  const log = new Log('c1');
  log.post('one');
  log.post('two');
  const stale = log.page(1, 2);
  const conversation = Object.assign(new Conversation('c1'), { seq: 2, pos: 2 });
  log.edit(log.messages[0], 'edited');
  fold(conversation, log.live.slice(2));
  assert.deepEqual(conversation.messages, []);
  conversation.addPage(stale);
  assert.deepEqual(conversation.messages.map(({ content }) => content), ['edited', 'two']);
});

test('a message that is gone from the database is replaced, and stays so', () => {
  const log = new Log('c1');
  log.post('one');
  log.edit(log.messages[0], 'again');
  const conversation = fold(new Conversation('c1'), log.live);
  const gone = { id: 'stand-in', conversationId: 'c1', senderId: null, content: null, seq: 1, deletedAt: 'now', version: 1 };
  conversation.addPage([gone]);
  conversation.addPage(log.page(1, 1));
  assert.deepEqual(conversation.messages, [gone]);
});

test('own reactions stay own where the server does not say whose they are', () => {
  const conversation = new Conversation('c1');
  const react = (version, ...reactions) => conversation.apply('reactions.changed', { messageId: 'm1', from: version - 1, pos: version, version, reactions });
  const many = { emoji: '👍', count: 9, users: ['a', 'b', 'c', 'd', 'e'] };
  react(1, { ...many, mine: true });
  react(2, { ...many, count: 10 }, { emoji: '🎉', count: 1, users: ['a'] });
  assert.deepEqual(conversation.reactions.get('m1').map(({ mine }) => mine), [true, undefined]);
  react(3, { ...many, mine: false });
  assert.equal(conversation.reactions.get('m1')[0].mine, false);

  conversation.userId = 'a';
  react(4, { emoji: '🎉', count: 1, users: ['a'] }, { emoji: '🤔', count: 1, users: ['b'] });
  assert.deepEqual(conversation.reactions.get('m1').map(({ mine }) => mine), [true, false]);
});

test('the copy for the user who reacted counts, though its place is known', () => {
  const conversation = new Conversation('c1');
  const event = { messageId: 'm1', from: 0, pos: 1, version: 1, reactions: [{ emoji: '👍', count: 1, users: [] }] };
  conversation.apply('reactions.changed', event);
  event.reactions[0].mine = true;
  assert.equal(conversation.apply('reactions.changed', event), 'repeat');
  assert.equal(conversation.reactions.get('m1')[0].mine, true);
});

test('read markers never go back', () => {
  const conversation = new Conversation('c1');
  for (const seq of [3, 7, 5]) conversation.apply('conversation.read', { conversationId: 'c1', userId: 'ada', seq });
  assert.equal(conversation.reads.get('ada'), 7);
});

test('members of REST count where no event spoke of them', () => {
  const conversation = new Conversation('c1');
  conversation.apply('member.added', { userId: 'ada', role: 'owner', version: 1, from: 0, pos: 1 });
  conversation.apply('member.removed', { userId: 'eve', version: 2, from: 1, pos: 2 });
  conversation.addMembers({ members: ['ada', 'eve', 'grace'], owners: [], title: 'Cables' });
  assert.deepEqual([...conversation.members], [['ada', { role: 'owner', version: 1 }], ['grace', { role: 'member', version: 0 }]]);
  assert.equal(conversation.title, 'Cables');
});

test('tells every change once, and none that changes nothing', () => {
  const log = new Log('c1');
  log.post('one');
  log.edit(log.messages[0], 'two');
  log.react(log.messages[0], '👍', 'grace');
  log.member('grace', 'member');
  log.member('grace', 'owner');
  log.member('grace', undefined);
  log.rename('Cables');
  log.remove(log.messages[0]);
  const told = [];
  const conversation = new Conversation('c1');
  conversation.onChange(({ type, change, previous }) => told.push(change ? `${type} ${change}` : previous ? `${type} again` : type));
  fold(conversation, log.live);
  assert.deepEqual(told, [
    'message', 'message again', 'reactions', 'member added', 'member changed', 'member removed', 'title', 'reactions',
    'message again',
  ]);
  fold(conversation, [...log.live].filter(({ event }) => event !== 'conversation.changed'));
  assert.equal(told.length, 9);
});
