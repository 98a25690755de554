// The client module with a server that has a log: positions, holes and state over connections.

import assert from 'node:assert/strict';
import { mock, test } from 'node:test';

import { Conversation } from '../../../../app/src/main/resources/static/walcast.js';
import { Log, random, state } from './log.mjs';
import { DROPPED, FakeSocket, GOING_AWAY, ROOM, open } from './server.mjs';

function join(client, options = {}) {
  const seen = [];
  client.join(ROOM, { onMessage: message => seen.push(message.seq), ...options }).catch(() => {});
  return seen;
}

function push(socket, events) {
  for (const { event, data } of events) socket.push(event, data);
}

/** Answers the last join, and sends what follows from it. */
function resume(socket, log) {
  const { after, pos } = socket.lastJoin;
  socket.joined(log.lastSeq, 'e1', log.lastPos);
  push(socket, log.replay(pos ?? log.posOf(after), after));
}

test('resumes by pos after a reconnect, and brings what is no message', () => {
  const log = new Log(ROOM);
  log.post('one');
  log.post('two');
  const client = open();
  const seen = join(client, { after: 0 });
  const first = FakeSocket.newest.accept();
  resume(first, log);
  assert.deepEqual(client.conversation(ROOM).position, { seq: 2, pos: 2, epoch: 'e1' });
  first.end(GOING_AWAY);

  log.edit(log.messages[0], 'edited');
  log.react(log.messages[1], '👍', 'grace');
  log.post('three');
  mock.timers.tick(100);
  const second = FakeSocket.newest.accept();
  assert.deepEqual(second.lastJoin, { conversationId: ROOM, after: 2, pos: 2, epoch: 'e1' });
  resume(second, log);
  assert.deepEqual(state(client.conversation(ROOM)), log.truth);
  assert.deepEqual(seen, [1, 2, 3]);
  assert.equal(client.position(ROOM), 3);
});

test('a lost event that is no message is a hole, and is healed once', () => {
  const log = new Log(ROOM);
  log.post('one');
  const client = open();
  join(client, { after: 0 });
  const socket = FakeSocket.newest.accept();
  resume(socket, log);
  log.edit(log.messages[0], 'lost');
  log.member('grace', 'member');
  log.member('eve', 'member');
  push(socket, log.live.slice(2));
  mock.timers.tick(0);
  assert.equal(socket.requests('join.conversation').length, 2);
  assert.equal(socket.lastJoin.pos, 1);
  resume(socket, log);
  assert.deepEqual(state(client.conversation(ROOM)), log.truth);
});

test('a hole after which nothing is missing but a place is closed by log.position', () => {
  const client = open();
  join(client, { position: { seq: 1, pos: 1, epoch: 'e1' } });
  const socket = FakeSocket.newest.accept();
  socket.joined(1, 'e1', 5);
  socket.push('log.position', { conversationId: ROOM, from: 1, pos: 5 });
  socket.push('message.created', { conversationId: ROOM, from: 5, pos: 6, message: { conversationId: ROOM, seq: 2 } });
  mock.timers.tick(0);
  assert.equal(socket.requests('join.conversation').length, 1);
  assert.deepEqual(client.conversation(ROOM).position, { seq: 2, pos: 6, epoch: 'e1' });
});

test('after alone begins where the log is resumed, and a lost message is a hole all the same', () => {
  const client = open();
  const seen = join(client, { after: 4 });
  const socket = FakeSocket.newest.accept();
  socket.joined(6, 'e1', 20);
  const created = seq => ({ conversationId: ROOM, from: seq + 9, pos: seq + 10, message: { conversationId: ROOM, seq } });
  socket.push('message.created', created(6));
  mock.timers.tick(0);
  assert.deepEqual(socket.lastJoin, { conversationId: ROOM, after: 4, epoch: 'e1' });
  socket.joined(6, 'e1', 20);
  socket.push('message.created', created(5));
  socket.push('message.created', created(6));
  assert.deepEqual(seen, [5, 6]);
  assert.deepEqual(client.conversation(ROOM).position, { seq: 6, pos: 16, epoch: 'e1' });
});

test('without a position, what counts is what is newer than the answer', () => {
  const client = open();
  const seen = join(client);
  const socket = FakeSocket.newest.accept();
  assert.deepEqual(socket.lastJoin, { conversationId: ROOM });
  socket.joined(7, 'e1', 9);
  const created = (pos, seq) => ({ conversationId: ROOM, from: pos - 1, pos, message: { conversationId: ROOM, seq } });
  socket.push('message.created', created(9, 7));
  socket.push('message.created', created(10, 8));
  assert.deepEqual(seen, [8]);
});

test('trusts pos only while the server has a log, and is complete again once it has one', () => {
  const log = new Log(ROOM);
  log.post('one');
  const client = open();
  const seen = join(client, { after: 0 });
  resume(FakeSocket.newest.accept(), log);
  FakeSocket.newest.end(GOING_AWAY);

  log.member('grace', 'member');
  log.post('two');
  log.post('three');
  mock.timers.tick(100);
  const old = FakeSocket.newest.accept();
  old.joined(3, 'e1');
  push(old, log.live.slice(2));
  mock.timers.tick(0);
  assert.equal(old.requests('join.conversation').length, 1);
  assert.deepEqual(client.conversation(ROOM).position, { seq: 3, pos: 1, epoch: 'e1' });
  old.end(GOING_AWAY);

  mock.timers.tick(100);
  const socket = FakeSocket.newest.accept();
  assert.deepEqual(socket.lastJoin, { conversationId: ROOM, after: 3, pos: 1, epoch: 'e1' });
  socket.joined(3, 'e1', 4);
  push(socket, log.replay(1));
  assert.deepEqual(state(client.conversation(ROOM)), log.truth);
  assert.deepEqual(seen, [1, 2, 3]);
});

test('resync from beyond the position is a hole, any other is none', () => {
  const client = open();
  join(client, { position: { seq: 3, pos: 5, epoch: 'e1' } });
  const socket = FakeSocket.newest.accept();
  socket.joined(3, 'e1', 5);
  socket.push('resync', { conversationId: ROOM, after: 3, pos: 5 });
  mock.timers.tick(0);
  assert.equal(socket.requests('join.conversation').length, 1);
  socket.push('resync', { conversationId: ROOM, after: 3, pos: 6 });
  mock.timers.tick(0);
  assert.equal(socket.requests('join.conversation').length, 2);
});

test('events of tomorrow move the position and reach those who listen to them', () => {
  const client = open();
  join(client, { position: { seq: 0, pos: 0, epoch: 'e1' } });
  const heard = [];
  const stop = client.on('poll.closed', data => heard.push(data.winner));
  const socket = FakeSocket.newest.accept();
  socket.joined(0, 'e1', 0);
  const event = pos => ({ conversationId: ROOM, from: pos - 1, pos, winner: `w${pos}` });
  for (const pos of [1, 1, 2, 4]) socket.push('poll.closed', event(pos));
  stop();
  socket.push('poll.closed', event(3));
  assert.deepEqual(heard, ['w1', 'w2']);
  assert.equal(client.conversation(ROOM).pos, 3);
});

test('a changed history empties the state, and reads again from the beginning', () => {
  const log = new Log(ROOM);
  log.post('one');
  log.react(log.messages[0], '👍', 'grace');
  const client = open();
  const changes = [];
  join(client, { after: 0, onChange: ({ type }) => changes.push(type) });
  resume(FakeSocket.newest.accept(), log);
  FakeSocket.newest.end(GOING_AWAY);
  mock.timers.tick(100);
  const socket = FakeSocket.newest.accept();
  socket.refuse('join.conversation', 'history_changed');
  mock.timers.tick(0);
  assert.deepEqual(socket.lastJoin, { conversationId: ROOM, after: 0 });
  assert.equal(changes.at(-1), 'reset');
  assert.deepEqual(state(client.conversation(ROOM)), new Log(ROOM).truth);
  resume(socket, log);
  assert.deepEqual(state(client.conversation(ROOM)), log.truth);
});

test('a page stores a conversation, and continues with it after a reload', () => {
  const dice = random(7);
  const log = new Log(ROOM).happen(50, dice);
  const before = open();
  join(before, { after: 0 });
  resume(FakeSocket.newest.accept(), log);
  const stored = JSON.stringify(before.conversation(ROOM));
  before.close();

  log.happen(50, dice);
  const client = open();
  const seen = join(client, { conversation: Conversation.from(JSON.parse(stored)) });
  const socket = FakeSocket.newest.accept();
  const { pos, seq } = JSON.parse(stored);
  assert.deepEqual(socket.lastJoin, { conversationId: ROOM, after: seq, pos, epoch: 'e1' });
  resume(socket, log);
  assert.deepEqual(state(client.conversation(ROOM)), log.truth);
  assert.deepEqual(seen, log.messages.slice(seq).map(message => message.seq));
});

for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
  test(`connections that break, lose and repeat (${seed}) leave the state of the server`, () => {
    const dice = random(seed);
    const log = new Log(ROOM).happen(20, dice);
    const client = open();
    const seen = join(client, { after: 0 });
    resume(FakeSocket.newest.accept(), log);
    for (let time = 0; time < 30; time++) {
      const start = log.lastPos;
      log.happen(1 + dice(6), dice);
      const events = log.live.slice(start);
      const socket = FakeSocket.newest;
      if (dice(3) === 0) events.splice(dice(events.length), 1);
      if (dice(3) === 0) push(socket, log.live.slice(dice(start), start));
      const joins = socket.requests('join.conversation').length;
      push(socket, events);
      if (dice(3) === 0) {
        socket.end(DROPPED);
        mock.timers.tick(5_000);
        resume(FakeSocket.newest.accept(), log);
      } else {
        mock.timers.tick(5_000);
        if (socket.requests('join.conversation').length > joins) resume(socket, log);
      }
    }
    FakeSocket.newest.end(DROPPED);
    mock.timers.tick(5_000);
    resume(FakeSocket.newest.accept(), log);
    assert.deepEqual(state(client.conversation(ROOM)), log.truth);
    assert.deepEqual(seen, log.messages.map(({ seq }) => seq));
  });
}

test('a change of members is told once, with what it changed', () => {
  const told = [];
  const client = open();
  join(client, { after: 0, onMember: ({ type, userId }) => told.push(`${userId} ${type}`) });
  const socket = FakeSocket.newest.accept();
  socket.joined(0, 'e1', 6);
  const member = (event, pos, userId, role, version = pos) =>
    socket.push(event, { conversationId: ROOM, from: pos - 1, pos, userId, role, version });
  member('member.added', 1, 'grace', 'member', 4);
  member('member.removed', 2, 'grace', undefined, 2);
  member('member.changed', 3, 'grace', 'owner', 4);
  member('member.removed', 4, 'grace', undefined);
  member('member.changed', 5, 'grace', 'owner');
  member('member.removed', 6, 'ada', undefined);
  assert.deepEqual(told, ['grace added', 'grace removed', 'grace added', 'ada removed']);
  assert.equal(client.conversation(ROOM), undefined);
});

test('a token tells whose reactions and removals are one\'s own', async () => {
  const token = `head.${Buffer.from(JSON.stringify({ sub: 'ada' })).toString('base64url')}.tail`;
  const client = open({ userId: undefined, token });
  join(client, { after: 0 });
  const socket = FakeSocket.newest.accept();
  socket.joined(0, 'e1', 0);
  socket.push('member.removed', { conversationId: ROOM, from: 0, pos: 1, userId: 'ada', version: 1 });
  assert.equal(client.conversation(ROOM), undefined);
});

test('a request of one\'s own is answered, refused, or ends with the connection', async () => {
  const client = open();
  await assert.rejects(client.request('presence', { conversationId: ROOM }), { code: 'unavailable' });
  const socket = FakeSocket.newest.accept();
  const presence = client.request('presence', { conversationId: ROOM });
  socket.answer('presence', { ok: true, users: ['ada'] });
  assert.deepEqual((await presence).users, ['ada']);
  const refused = client.request('typing', { conversationId: ROOM, typing: true });
  socket.refuse('typing', 'not_found');
  await assert.rejects(refused, { code: 'not_found' });
  const lost = client.request('presence', { conversationId: ROOM });
  socket.end(DROPPED);
  await assert.rejects(lost, { code: 'unavailable' });
});
