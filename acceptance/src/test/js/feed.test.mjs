// The list of conversations that keeps itself up to date.

import assert from 'node:assert/strict';
import { mock, test } from 'node:test';

import { FakeSocket, GOING_AWAY, ROOM, open } from './server.mjs';

const at = minute => `2026-11-25T00:${String(minute).padStart(2, '0')}:00.000000Z`;

function activity(conversationId, lastPos, more = {}) {
  return { conversationId, lastSeq: lastPos, lastPos, version: lastPos, updatedAt: at(lastPos), lastMessage: null, ...more };
}

function follow(options) {
  const client = open();
  const feed = client.feed(options);
  const socket = FakeSocket.newest.accept();
  socket.answer('feed.open', { ok: true, cursor: 'of the answer' });
  return { client, feed, socket };
}

const ids = feed => feed.conversations.map(({ conversationId }) => conversationId);

test('opens once it is connected, and shows the last updated first', () => {
  const { feed, socket } = follow();
  assert.deepEqual(socket.requests('feed.open')[0].data, {});
  socket.push('conversation.activity', activity('c1', 3, { title: 'One', readSeq: 1 }));
  socket.push('conversation.activity', activity('c2', 5, { title: null, readSeq: 5 }));
  assert.deepEqual(ids(feed), ['c2', 'c1']);
  assert.deepEqual(feed.conversations.map(({ unread }) => unread), [0, 2]);
  socket.push('conversation.activity', activity('c1', 7));
  assert.deepEqual(ids(feed), ['c1', 'c2']);
  assert.deepEqual(feed.conversation('c1'), {
    conversationId: 'c1', title: 'One', lastSeq: 7, lastPos: 7, readSeq: 1, unread: 6, lastMessage: null, updatedAt: at(7),
  });
});

test('counts unread by subtraction, and one\'s own marker only', () => {
  const { feed, socket } = follow();
  socket.push('conversation.activity', activity('c1', 9, { readSeq: 2 }));
  socket.push('conversation.read', { conversationId: 'c1', userId: 'grace', seq: 9 });
  assert.equal(feed.conversation('c1').unread, 7);
  socket.push('conversation.read', { conversationId: 'c1', userId: 'ada', seq: 8 });
  socket.push('conversation.read', { conversationId: 'c1', userId: 'ada', seq: 4 });
  assert.equal(feed.conversation('c1').unread, 1);
  socket.push('conversation.read', { conversationId: 'unknown', userId: 'ada', seq: 4 });
});

test('ignores what is older than it knows, titles by their own versions', () => {
  const { feed, socket } = follow();
  socket.push('conversation.activity', activity('c1', 9, { title: 'At 9', readSeq: 9 }));
  socket.push('conversation.activity', activity('c1', 8, { title: 'At 8', readSeq: 8 }));
  socket.push('conversation.changed', { conversationId: 'c1', version: 7, conversation: { title: 'At 7' } });
  assert.deepEqual([feed.conversation('c1').title, feed.conversation('c1').lastPos], ['At 9', 9]);
  socket.push('conversation.changed', { conversationId: 'c1', version: 12, conversation: { title: 'At 12' } });
  socket.push('conversation.activity', activity('c1', 11, { title: 'At 11' }));
  assert.deepEqual([feed.conversation('c1').title, feed.conversation('c1').lastPos], ['At 12', 11]);
});

test('keeps the newest message where an activity is about another one, or about none', () => {
  const { feed, socket } = follow();
  socket.push('conversation.activity', activity('c1', 3, { title: 'One', readSeq: 0, lastMessage: { seq: 3 } }));
  socket.push('conversation.activity', { conversationId: 'c1', lastPos: 4 });
  socket.push('conversation.activity', { ...activity('c1', 1), lastPos: 5, lastMessage: { seq: 1 } });
  const { lastSeq, lastPos, lastMessage, updatedAt, title } = feed.conversation('c1');
  assert.deepEqual([lastSeq, lastPos, lastMessage, updatedAt, title], [3, 5, { seq: 3 }, at(3), 'One']);
});

test('tells what changed', () => {
  const told = [];
  const { socket } = follow({ onChange: ({ type, activity }) => told.push(activity ? `${type} ${activity.unread}` : type) });
  socket.push('conversation.activity', activity('c1', 2, { title: 'One', readSeq: 0 }));
  socket.push('conversation.read', { conversationId: 'c1', userId: 'ada', seq: 2 });
  socket.push('feed.cursor', { cursor: 'k1' });
  socket.push('conversation.gone', { conversationId: 'c1' });
  socket.push('conversation.gone', { conversationId: 'c1' });
  assert.deepEqual(told, ['activity 2', 'activity 0', 'cursor', 'gone']);
});

test('continues from the cursor that everything has arrived for', () => {
  const { feed, socket } = follow();
  socket.push('conversation.activity', activity('c1', 2, { title: 'One', readSeq: 0 }));
  assert.equal(feed.cursor, undefined);
  socket.push('feed.cursor', { cursor: 'k1' });
  socket.end(GOING_AWAY);
  mock.timers.tick(100);
  const second = FakeSocket.newest.accept();
  assert.deepEqual(second.requests('feed.open')[0].data, { cursor: 'k1' });
  second.answer('feed.open', { ok: true, cursor: 'of the answer' });
  second.push('conversation.activity', activity('c2', 4, { title: 'Two', readSeq: 0 }));
  assert.deepEqual(ids(feed), ['c2', 'c1']);
  assert.equal(feed.cursor, 'k1');
});

test('without a cursor the list begins empty again: what is gone is not told then', () => {
  const { feed, socket } = follow();
  socket.push('conversation.activity', activity('c1', 2, { title: 'One', readSeq: 0 }));
  socket.end(GOING_AWAY);
  mock.timers.tick(100);
  const second = FakeSocket.newest.accept();
  assert.deepEqual(ids(feed), ['c1']);
  second.answer('feed.open', { ok: true, cursor: 'of the answer' });
  assert.deepEqual(ids(feed), []);
});

test('a page stores the list with its cursor', () => {
  const { client, feed, socket } = follow();
  socket.push('conversation.activity', activity('c1', 2, { title: 'One', readSeq: 1 }));
  socket.push('feed.cursor', { cursor: 'k1' });
  const stored = JSON.parse(JSON.stringify({ cursor: feed.cursor, conversations: feed.conversations }));
  client.close();
  const again = follow(stored);
  assert.deepEqual(again.socket.requests('feed.open')[0].data, { cursor: 'k1' });
  assert.deepEqual(again.feed.conversations, stored.conversations);
});

test('a cursor of another history is dropped, and everything is read again', () => {
  const { feed, socket } = follow();
  socket.push('conversation.activity', activity('c1', 2, { title: 'One', readSeq: 1 }));
  socket.push('feed.cursor', { cursor: 'k1' });
  socket.end(GOING_AWAY);
  mock.timers.tick(100);
  const second = FakeSocket.newest.accept();
  second.refuse('feed.open', 'history_changed');
  assert.deepEqual(ids(feed), []);
  mock.timers.tick(5_000);
  assert.deepEqual(second.requests('feed.open')[1].data, {});
});

test('a feed that the server has closed is opened again, with its cursor', () => {
  const { feed, socket } = follow();
  socket.push('conversation.activity', activity('c1', 3));
  socket.push('feed.cursor', { cursor: 'one' });
  socket.push('feed.closed', {});
  assert.deepEqual(socket.requests('feed.open')[1].data, { cursor: 'one' });
  socket.refuse('feed.open', 'history_changed');
  assert.deepEqual(ids(feed), []);
});

test('a refusal is told, and asked again about unless it is final', () => {
  const errors = [];
  const client = open();
  client.feed({ onError: ({ code, retried }) => errors.push([code, retried]) });
  const socket = FakeSocket.newest.accept();
  socket.refuse('feed.open', 'limit_exceeded');
  mock.timers.tick(5_000);
  socket.refuse('feed.open', 'bad_request');
  mock.timers.tick(60_000);
  assert.equal(socket.requests('feed.open').length, 2);
  assert.deepEqual(errors, [['limit_exceeded', true], ['bad_request', false]]);
});

test('one feed a client', () => {
  const { client } = follow();
  assert.throws(() => client.feed(), /open already/);
});

test('rooms hear what the feed hears', () => {
  const { client, feed, socket } = follow();
  socket.push('conversation.activity', activity(ROOM, 1, { title: 'One', readSeq: 0 }));
  client.join(ROOM, { after: 0 });
  socket.joined(1, 'e1', 1);
  socket.push('conversation.read', { conversationId: ROOM, userId: 'ada', seq: 1 });
  assert.equal(feed.conversation(ROOM).unread, 0);
  assert.equal(client.conversation(ROOM).reads.get('ada'), 1);
});
