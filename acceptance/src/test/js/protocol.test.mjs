// The client over the stock Socket.IO client, as it stands in PROTOCOL.md.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { Log, random } from './log.mjs';

const document = readFileSync(new URL('../../../../PROTOCOL.md', import.meta.url), 'utf8');
const [, code] = document.slice(document.indexOf('### The stock Socket.IO client')).match(/```js\n(.*?)\nconst socket =/s);
const { follow } = await import(`data:text/javascript,${encodeURIComponent(code.replace(/^import .*$/m, ''))}`);

/** A socket whose server has the log: it answers joins when it is asked to. */
function socketOf(log) {
  const listeners = {};
  const joins = [];
  return {
    connected: true,
    on: (event, listener) => (listeners[event] = listener),
    onAny: listener => (listeners.any = listener),
    timeout: () => ({ emit: (event, data, answer) => joins.push([structuredClone(data), answer]) }),
    push: events => events.forEach(({ event, data }) => listeners.any(event, data)),
    drop: () => listeners.disconnect(),
    reconnect: () => listeners.connect(),
    answer() {
      for (const [{ after, pos }, answer] of joins.splice(0)) {
        answer(null, { ok: true, lastSeq: log.lastSeq, lastPos: log.lastPos, epoch: 'e1' });
        this.push(log.replay(pos ?? log.posOf(after), after));
      }
    },
  };
}

const without = versioned => Object.entries(versioned).map(([key, { version, ...value }]) => [key, value]);

for (let seed = 0; seed < 20; seed++) {
  test(`connections that break, lose and repeat (${seed}) leave the state of the server`, () => {
    const dice = random(seed);
    const log = new Log('c1').happen(30, dice);
    const socket = socketOf(log);
    const state = follow(socket, 'c1', () => {});
    socket.answer();
    for (let time = 0; time < 30; time++) {
      const start = log.lastPos;
      log.happen(1 + dice(5), dice);
      const events = log.live.slice(start);
      if (dice(3) === 0) events.splice(dice(events.length), 1);
      if (dice(4) === 0) socket.push(log.live.slice(dice(start), start));
      socket.push(events);
      if (dice(4) === 0) socket.drop(), socket.reconnect();
      socket.answer();
    }
    socket.drop();
    socket.reconnect();
    socket.answer();

    const { messages, title, members, reactions } = log.truth;
    assert.deepEqual(Object.values(state.messages), messages);
    assert.equal(state.title.newest?.title ?? null, title);
    assert.deepEqual(
      without(state.members).filter(([, { role }]) => role).sort(),
      members.map(([userId, { role }]) => [userId, { role }]),
    );
    const deleted = new Set(messages.filter(({ deletedAt }) => deletedAt).map(({ id }) => id));
    assert.deepEqual(
      without(state.reactions).filter(([id, { kinds }]) => kinds.length && !deleted.has(id)).sort(),
      reactions.map(([id, kinds]) => [id, { kinds }]),
    );
  });
}
