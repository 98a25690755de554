// The client module: connections, and messages of a server without a log: node --test acceptance/src/test/js/*.test.mjs

import assert from 'node:assert/strict';
import { mock, test } from 'node:test';

import { DROPPED, FakeSocket, GOING_AWAY, ROOM, open, page } from './server.mjs';

function join(client, options = {}) {
  const seen = [];
  const answer = client.join(ROOM, { onMessage: message => seen.push(message.seq), ...options });
  answer.catch(() => {});
  return { seen, answer };
}

test('says who it is first, and joins once that is accepted', async () => {
  const client = open();
  const { answer } = join(client, { after: 3 });
  const socket = FakeSocket.newest;
  socket.onopen();
  assert.deepEqual(socket.sent, [{ id: 1, event: 'authenticate', data: { userId: 'ada' } }]);

  socket.answer('authenticate', { ok: true });
  assert.deepEqual(socket.sent[1], { id: 2, event: 'join.conversation', data: { conversationId: ROOM, after: 3 } });

  socket.joined(7);
  assert.equal((await answer).lastSeq, 7);
});

test('without after, what counts is what is newer than the answer', () => {
  const client = open();
  const { seen } = join(client);
  const socket = FakeSocket.newest.accept();
  assert.deepEqual(socket.sent[1].data, { conversationId: ROOM });
  socket.joined(7);
  socket.message(7, 8, 9);
  assert.deepEqual(seen, [8, 9]);
  assert.equal(client.position(ROOM), 9);
});

test('drops repeats', () => {
  const { seen } = join(open(), { after: 0 });
  const socket = FakeSocket.newest.accept();
  socket.joined(2);
  socket.message(1, 2, 2, 1, 3, 3);
  mock.timers.tick(0);
  assert.deepEqual(seen, [1, 2, 3]);
  assert.equal(socket.requests('join.conversation').length, 1);
});

test('heals a hole by joining again, once, with the last seq before it', () => {
  const { seen } = join(open(), { after: 0 });
  const socket = FakeSocket.newest.accept();
  socket.joined(1);
  socket.message(1, 3, 4, 5);
  mock.timers.tick(0);
  assert.deepEqual(
    socket.requests('join.conversation').map(({ data }) => data.after),
    [0, 1],
  );
  socket.message(6);
  socket.joined(6);
  socket.message(2, 3, 4, 5, 6, 7);
  assert.deepEqual(seen, [1, 2, 3, 4, 5, 6, 7]);
});

test('asks to come back into a room that it was taken out of', () => {
  const { seen } = join(open(), { after: 0 });
  const socket = FakeSocket.newest.accept();
  socket.joined(1);
  socket.message(1);
  socket.push('conversation.left', { conversationId: socket.requests('join.conversation')[0].data.conversationId });
  mock.timers.tick(0);
  assert.deepEqual(
    socket.requests('join.conversation').map(({ data }) => data.after),
    [0, 1],
  );
  socket.joined(2);
  socket.message(2);
  assert.deepEqual(seen, [1, 2]);
});

test('a hole that stays is asked about ever more slowly, until a message shows progress', () => {
  join(open(), { after: 0 });
  const socket = FakeSocket.newest.accept();
  const joins = () => socket.requests('join.conversation').length;
  socket.joined(5);
  const persists = () => {
    socket.message(5);
    mock.timers.tick(0);
  };
  persists();
  assert.equal(joins(), 2);
  socket.joined(5);
  persists();
  assert.equal(joins(), 2);
  mock.timers.tick(250);
  assert.equal(joins(), 3);
  socket.joined(5);
  persists();
  mock.timers.tick(250);
  assert.equal(joins(), 3);
  mock.timers.tick(250);
  assert.equal(joins(), 4);

  socket.joined(5);
  socket.message(1);
  persists();
  assert.equal(joins(), 5);
});

test('joins again after a reconnect, and delivers everything once and in order', () => {
  const joined = [];
  const { seen } = join(open(), { after: 0, onJoined: answer => joined.push(answer.lastSeq) });
  const first = FakeSocket.newest.accept();
  first.joined(2);
  first.message(1, 2);
  first.end(DROPPED);
  first.message(3);
  mock.timers.tick(5_000);

  const second = FakeSocket.newest.accept();
  assert.notEqual(second, first);
  assert.deepEqual(second.requests('join.conversation')[0].data, { conversationId: ROOM, after: 2, epoch: 'e1' });
  second.joined(4);
  second.message(3, 4, 5);
  assert.deepEqual(seen, [1, 2, 3, 4, 5]);
  assert.deepEqual(joined, [2, 4]);
});

test('a connection lost before the answer to the first join still leads to that answer', async () => {
  const { answer } = join(open());
  FakeSocket.newest.accept().end(DROPPED);
  mock.timers.tick(5_000);
  FakeSocket.newest.accept().joined(9);
  assert.equal((await answer).lastSeq, 9);
});

test('tells its state, and waits longer after each failure, never over 5 s', () => {
  const states = [];
  const waits = [];
  const stop = open().onState((state, { retryIn }) => {
    states.push(state);
    if (retryIn !== undefined) waits.push(retryIn);
  });
  for (let failures = 0; failures < 8; failures++) {
    FakeSocket.newest.end(DROPPED);
    mock.timers.tick(5_000);
  }
  FakeSocket.newest.accept();
  assert.deepEqual(states.slice(0, 3), ['connecting', 'waiting', 'connecting']);
  assert.equal(states.at(-1), 'connected');
  assert.deepEqual(waits, [150, 250, 450, 850, 1650, 2550, 2550, 2550]);

  stop();
  FakeSocket.newest.end(DROPPED);
  assert.equal(states.at(-1), 'connected');
});

test('takes the next of several servers each time it connects', () => {
  open({ url: ['ws://one/ws', 'ws://two/ws'] });
  FakeSocket.newest.end(DROPPED);
  mock.timers.tick(5_000);
  FakeSocket.newest.accept().end(GOING_AWAY);
  mock.timers.tick(5_000);
  assert.deepEqual(FakeSocket.made.map(socket => socket.url), ['ws://one/ws', 'ws://two/ws', 'ws://one/ws']);
});

test('connections that are closed at once are not tried at full speed; one that lasts starts afresh', () => {
  const waits = [];
  open().onState((state, { retryIn }) => state === 'waiting' && waits.push(retryIn));
  for (let times = 0; times < 3; times++) {
    FakeSocket.newest.accept().end({ code: 4000, reason: 'slow_client' });
    mock.timers.tick(3_000);
  }
  assert.deepEqual(waits, [150, 250, 450]);

  FakeSocket.newest.accept();
  mock.timers.tick(5_000);
  FakeSocket.newest.end(DROPPED);
  assert.equal(waits.at(-1), 150);
});

test('a server that goes away is asked again at once', () => {
  open();
  FakeSocket.newest.accept().end(GOING_AWAY);
  mock.timers.tick(100);
  assert.equal(FakeSocket.made.length, 2);
});

for (const how of ['refused', 'closed']) {
  test(`unauthorized, ${how}: stops until asked to reconnect`, () => {
    const client = open();
    const socket = FakeSocket.newest;
    socket.onopen();
    if (how === 'refused') socket.refuse('authenticate', 'unauthorized');
    else socket.end({ code: 1008, reason: 'unauthorized' });
    assert.equal(client.state, 'disconnected');
    mock.timers.tick(60_000);
    assert.equal(FakeSocket.made.length, 1);

    client.reconnect();
    FakeSocket.newest.accept();
    assert.equal(client.state, 'connected');
  });
}

test('a first join refused for good rejects, and is not repeated', async () => {
  const client = open();
  const { answer } = join(client);
  const socket = FakeSocket.newest.accept();
  socket.refuse('join.conversation', 'not_found');
  await assert.rejects(answer, { name: 'WalcastError', code: 'not_found', retried: false });
  mock.timers.tick(4_000);
  assert.equal(socket.requests('join.conversation').length, 1);
  join(client);
});

test('a re-join refused for good is told to the conversation', () => {
  const errors = [];
  join(open(), { after: 0, onError: error => errors.push(error.code) });
  FakeSocket.newest.accept().joined(0);
  FakeSocket.newest.end(GOING_AWAY);
  mock.timers.tick(100);
  FakeSocket.newest.accept().refuse('join.conversation', 'not_found');
  assert.deepEqual(errors, ['not_found']);
});

for (const code of ['unavailable', 'limit_exceeded', 'a_code_of_tomorrow']) {
  test(`${code}: asks again, later and later`, async () => {
    const errors = [];
    const { answer } = join(open(), { onError: error => errors.push([error.code, error.retried]) });
    const socket = FakeSocket.newest.accept();
    socket.refuse('join.conversation', code);
    mock.timers.tick(0);
    socket.refuse('join.conversation', code);
    mock.timers.tick(249);
    assert.equal(socket.requests('join.conversation').length, 2);
    mock.timers.tick(1);
    socket.joined(4);
    assert.equal((await answer).lastSeq, 4);
    assert.deepEqual(errors, [[code, true], [code, true]]);
  });
}

test('history_changed: forgets its position and reads again from the beginning', () => {
  let changes = 0;
  const { seen } = join(open(), { after: 0, onHistoryChanged: () => changes++ });
  FakeSocket.newest.accept().joined(3);
  FakeSocket.newest.message(1, 2, 3);
  FakeSocket.newest.end(GOING_AWAY);
  mock.timers.tick(100);
  const socket = FakeSocket.newest.accept();
  socket.refuse('join.conversation', 'history_changed');
  mock.timers.tick(0);
  assert.deepEqual(socket.requests('join.conversation')[1].data, { conversationId: ROOM, after: 0 });
  socket.joined(2, 'e2');
  socket.message(1, 2, 3);
  assert.equal(changes, 1);
  assert.deepEqual(seen, [1, 2, 3, 1, 2, 3]);
});

test('history_changed without after: goes on with what is new', () => {
  const { seen } = join(open());
  FakeSocket.newest.accept().joined(30);
  FakeSocket.newest.end(GOING_AWAY);
  mock.timers.tick(100);
  const socket = FakeSocket.newest.accept();
  socket.refuse('join.conversation', 'history_changed');
  mock.timers.tick(0);
  assert.deepEqual(socket.requests('join.conversation')[1].data, { conversationId: ROOM });
  socket.joined(20, 'e2');
  socket.message(21);
  assert.deepEqual(seen, [21]);
});

test('an answer with another epoch is a changed history too', () => {
  let changes = 0;
  const { seen } = join(open(), { after: 0, onHistoryChanged: () => changes++ });
  FakeSocket.newest.accept().joined(1);
  FakeSocket.newest.message(1);
  FakeSocket.newest.end(GOING_AWAY);
  mock.timers.tick(100);
  const socket = FakeSocket.newest.accept();
  socket.joined(2, 'e2');
  socket.message(2);
  mock.timers.tick(0);
  socket.joined(2, 'e2');
  socket.message(1, 2);
  assert.equal(changes, 1);
  assert.deepEqual(seen, [1, 1, 2]);
});

test('tolerates resync and events it does not know', () => {
  const { seen } = join(open(), { after: 0 });
  const socket = FakeSocket.newest.accept();
  socket.joined(1);
  socket.message(1);
  socket.push('resync', { conversationId: ROOM, after: 1 });
  socket.push('reaction.added', { conversationId: ROOM });
  socket.push('message.created', { message: { conversationId: 'another', seq: 1 } });
  socket.message(2);
  assert.deepEqual(seen, [1, 2]);
  assert.equal(socket.requests('join.conversation').length, 1);
});

test('a frame that is not JSON ends the connection', () => {
  const client = open();
  FakeSocket.newest.accept().onmessage({ data: '{"event":' });
  assert.equal(client.state, 'waiting');
  assert.equal(FakeSocket.made[0].open, false);
});

test('asks a silent server, and gives up one that does not answer', () => {
  const client = open();
  const socket = FakeSocket.newest.accept();
  mock.timers.tick(15_000);
  assert.equal(socket.requests('ping').length, 0);
  mock.timers.tick(15_000);
  assert.equal(socket.requests('ping').length, 1);
  socket.answer('ping', { ok: true });
  mock.timers.tick(10_000);
  assert.equal(client.state, 'connected');

  mock.timers.tick(20_000);
  assert.equal(socket.requests('ping').length, 2);
  mock.timers.tick(10_000);
  assert.equal(client.state, 'waiting');
});

test('gives up a connection that never opens', () => {
  const client = open();
  mock.timers.tick(10_000);
  assert.equal(client.state, 'waiting');
  assert.equal(FakeSocket.newest.open, false);
});

test('disconnect keeps what is joined, reconnect resumes it', () => {
  const client = open();
  const { seen } = join(client, { after: 0 });
  FakeSocket.newest.accept().joined(1);
  FakeSocket.newest.message(1);
  client.disconnect();
  assert.equal(FakeSocket.newest.open, false);
  mock.timers.tick(60_000);
  assert.equal(FakeSocket.made.length, 1);

  client.reconnect();
  const socket = FakeSocket.newest.accept();
  assert.equal(socket.requests('join.conversation')[0].data.after, 1);
  socket.joined(2);
  socket.message(2);
  assert.deepEqual(seen, [1, 2]);
});

test('leave tells the server and stays silent afterwards', async () => {
  const client = open();
  const joined = [];
  const { seen, answer } = join(client, { onJoined: () => joined.push(ROOM) });
  const socket = FakeSocket.newest.accept();
  client.leave(ROOM);
  await assert.rejects(answer, { code: 'left' });
  assert.equal(socket.requests('leave.conversation').length, 1);
  socket.joined(0);
  socket.message(1);
  assert.deepEqual(joined, []);
  assert.deepEqual(seen, []);
});

test('a member who is removed has left', () => {
  const changes = [];
  const client = open();
  const { seen } = join(client, { after: 0, onMember: change => changes.push(change) });
  const socket = FakeSocket.newest.accept();
  socket.joined(0);
  socket.push('member.added', { conversationId: ROOM, userId: 'grace' });
  socket.push('member.removed', { conversationId: ROOM, userId: 'grace' });
  socket.message(1);
  socket.push('member.removed', { conversationId: ROOM, userId: 'ada' });
  socket.message(2);
  assert.deepEqual(changes.map(({ type, userId }) => `${userId} ${type}`), ['grace added', 'grace removed', 'ada removed']);
  assert.deepEqual(seen, [1]);
  assert.equal(client.position(ROOM), undefined);
});

test('close is for good', async () => {
  const client = open();
  const { answer } = join(client);
  FakeSocket.newest.accept();
  client.close();
  await assert.rejects(answer, { code: 'left' });
  client.reconnect();
  mock.timers.tick(60_000);
  assert.equal(client.state, 'closed');
  assert.equal(FakeSocket.made.length, 1);
  assert.throws(() => client.join(ROOM, { onMessage() {} }), /closed/);
});

test('two joins of one conversation are a mistake', () => {
  const client = open();
  join(client);
  assert.throws(() => client.join(ROOM, { onMessage() {} }), /already joined/);
});

test('says who it is with a token, and with a fresh one for each connection', async () => {
  let calls = 0;
  const client = open({ userId: undefined, token: async () => `token ${++calls}` });
  FakeSocket.newest.onopen();
  await settled();
  assert.deepEqual(FakeSocket.newest.sent[0].data, { token: 'token 1' });
  FakeSocket.newest.answer('authenticate', { ok: true });
  assert.equal(client.state, 'connected');

  FakeSocket.newest.end({ code: 1008, reason: 'token_expired' });
  assert.equal(client.state, 'waiting');
  mock.timers.tick(5_000);
  FakeSocket.newest.onopen();
  await settled();
  assert.deepEqual(FakeSocket.newest.sent[0].data, { token: 'token 2' });
});

test('renews its token when the server asks, on the same connection', async () => {
  let calls = 0;
  open({ userId: undefined, token: () => `token ${++calls}` });
  const socket = FakeSocket.newest;
  socket.onopen();
  await settled();
  socket.answer('authenticate', { ok: true });
  socket.push('auth.renew', { ok: true, expiresAt: '2026-11-25T00:00:00Z' });
  await settled();
  assert.deepEqual(socket.requests('auth.renew')[0].data, { token: 'token 2' });
  socket.answer('auth.renew', { ok: true });
  assert.equal(FakeSocket.made.length, 1);
});

test('does not come back with a token that is over and cannot be renewed', () => {
  const client = open({ userId: undefined, token: 'the only one' });
  FakeSocket.newest.accept().end({ code: 1008, reason: 'token_expired' });
  assert.equal(client.state, 'disconnected');
  mock.timers.tick(60_000);
  assert.equal(FakeSocket.made.length, 1);
});

test('tries again later if there is no token to be had', async () => {
  let calls = 0;
  const client = open({
    userId: undefined,
    token: async () => {
      if (++calls === 1) throw new Error('the issuer does not answer');
      return 'a token';
    },
  });
  FakeSocket.newest.onopen();
  await settled();
  assert.equal(client.state, 'waiting');
  mock.timers.tick(5_000);
  FakeSocket.newest.onopen();
  await settled();
  assert.deepEqual(FakeSocket.newest.sent[0].data, { token: 'a token' });
});

test('is given the epoch with a stored position, and notices another history after a reload', () => {
  const client = open();
  let changes = 0;
  const { seen } = join(client, { after: 7, epoch: 'e1', onHistoryChanged: () => changes++ });
  const socket = FakeSocket.newest.accept();
  assert.deepEqual(socket.requests('join.conversation')[0].data, { conversationId: ROOM, after: 7, epoch: 'e1' });
  socket.refuse('join.conversation', 'history_changed');
  mock.timers.tick(0);
  assert.deepEqual(socket.requests('join.conversation')[1].data, { conversationId: ROOM, after: 0 });
  socket.joined(2, 'e2');
  socket.message(1, 2);
  assert.equal(changes, 1);
  assert.deepEqual(seen, [1, 2]);
  assert.equal(client.epoch(ROOM), 'e2');
});

test('gives the epoch, to be stored with the position', () => {
  const client = open();
  join(client, { after: 0 });
  assert.equal(client.epoch(ROOM), undefined);
  FakeSocket.newest.accept().joined(3, 'e1');
  FakeSocket.newest.message(1, 2);
  assert.deepEqual([client.position(ROOM), client.epoch(ROOM)], [2, 'e1']);
  assert.equal(client.epoch('another'), undefined);
});

test('a stand-in for a deleted message is a message, and no hole', () => {
  const { seen } = join(open(), { after: 0 });
  const socket = FakeSocket.newest.accept();
  socket.joined(3);
  socket.message(1);
  socket.push('message.created', {
    message: { conversationId: ROOM, seq: 2, type: 'SYSTEM', content: null, deletedAt: '2026-11-25T00:00:00Z' },
  });
  socket.message(3);
  mock.timers.tick(60_000);
  assert.deepEqual(seen, [1, 2, 3]);
  assert.equal(socket.requests('join.conversation').length, 1);
});

const wakings = {
  'the network is back': () => page.dispatchEvent(new Event('online')),
  'the page comes from the cache': () => page.dispatchEvent(new Event('pageshow')),
  'the page is seen again': () => document.dispatchEvent(new Event('visibilitychange')),
};

for (const [how, wake] of Object.entries(wakings)) {
  test(`${how}: connects at once instead of waiting`, () => {
    open();
    FakeSocket.newest.end(DROPPED);
    wake();
    assert.equal(FakeSocket.made.length, 2);
  });

  test(`${how}: a connection that died meanwhile is noticed within 5 s`, () => {
    const client = open();
    const socket = FakeSocket.newest.accept();
    wake();
    wake();
    assert.equal(socket.requests('ping').length, 1);
    mock.timers.tick(5_000);
    assert.equal(client.state, 'waiting');
  });
}

test('a page that is hidden wakes nobody', () => {
  open();
  FakeSocket.newest.end(DROPPED);
  document.visibilityState = 'hidden';
  document.dispatchEvent(new Event('visibilitychange'));
  document.visibilityState = 'visible';
  assert.equal(FakeSocket.made.length, 1);
});

test('a connection that answers after a waking stays', () => {
  const client = open();
  const socket = FakeSocket.newest.accept();
  wakings['the network is back']();
  socket.answer('ping', { ok: true });
  mock.timers.tick(6_000);
  assert.equal(client.state, 'connected');
  wakings['the network is back']();
  assert.equal(socket.requests('ping').length, 2);
});

test('a connection that brings what was missed is not given up while the answer is queued after it', () => {
  const client = open();
  const { seen } = join(client, { after: 0 });
  const socket = FakeSocket.newest.accept();
  socket.joined(4);
  wakings['the network is back']();
  for (let seq = 1; seq <= 4; seq++) {
    mock.timers.tick(4_000);
    socket.message(seq);
  }
  assert.equal(client.state, 'connected');
  assert.deepEqual(seen, [1, 2, 3, 4]);

  mock.timers.tick(5_000);
  assert.equal(client.state, 'waiting');
});

test('a socket that ended in its sleep without a word is replaced', () => {
  const client = open();
  FakeSocket.newest.accept().open = false;
  wakings['the page comes from the cache']();
  assert.equal(client.state, 'waiting');
});

test('an answer that a sleeping page could not take in is not missed', () => {
  let now = 1_000_000;
  mock.method(Date, 'now', () => now);
  const { seen } = join(open(), { after: 0 });
  const socket = FakeSocket.newest.accept();
  now += 3_600_000;
  mock.timers.tick(10_000);
  assert.equal(socket.open, true);
  socket.joined(1);
  socket.message(1);
  mock.timers.tick(4_000);
  assert.equal(socket.open, true);
  assert.deepEqual(seen, [1]);
});

test('an answer that does not come to a page that is awake again ends the connection', () => {
  let now = 1_000_000;
  mock.method(Date, 'now', () => now);
  const client = open();
  join(client, { after: 0 });
  FakeSocket.newest.accept();
  now += 3_600_000;
  mock.timers.tick(10_000);
  assert.equal(client.state, 'connected');
  now += 60_000;
  mock.timers.tick(5_000);
  assert.equal(client.state, 'waiting');
});

test('a clock that stood still asks the server at once, without any event of the browser', () => {
  let now = 1_000_000;
  mock.method(Date, 'now', () => now);
  const client = open();
  const socket = FakeSocket.newest.accept();
  socket.push('message.created', { message: { conversationId: 'another', seq: 1 } });
  now += 3_600_000;
  mock.timers.tick(15_000);
  assert.equal(socket.requests('ping').length, 1);
  now += 5_000;
  mock.timers.tick(5_000);
  assert.equal(client.state, 'waiting');
});

test('a client that is closed hears no waking', () => {
  const client = open();
  FakeSocket.newest.accept();
  client.close();
  for (const wake of Object.values(wakings)) wake();
  assert.equal(FakeSocket.made.length, 1);
  assert.equal(FakeSocket.newest.requests('ping').length, 0);
});

/** Lets promises that wait for nothing go on. */
async function settled() {
  for (let turn = 0; turn < 5; turn++) await null;
}
