/**
 * The stock client against a relay: connects, is refused, joins, loses its connection and comes back.
 *
 * Run by NodeClientIT, which carries out what is printed (`post <n>`, `cut`, `restore`) and answers `done`.
 *
 * Arguments: URL, conversation id, transports as JSON (`null` for the client's default).
 */
import assert from 'node:assert/strict';
import { createInterface } from 'node:readline';
import { io } from 'socket.io-client';

const PATIENCE = 20_000;

const [url, conversationId, transports] = process.argv.slice(2);
const options = {
  auth: { userId: 'grace' },
  forceNew: true,
  reconnectionDelay: 50,
  reconnectionDelayMax: 200,
  ...(JSON.parse(transports) && { transports: JSON.parse(transports) }),
};

const answers = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

/** Has the test do something. */
async function command(text) {
  console.log(text);
  assert.equal((await answers.next()).value, 'done');
}

/** The first argument of the next such event. */
function next(emitter, event) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no ${event} in time`)), PATIENCE);
    emitter.once(event, argument => {
      clearTimeout(timer);
      resolve(argument);
    });
  });
}

async function until(condition, what) {
  const deadline = Date.now() + PATIENCE;
  while (!condition()) {
    assert.ok(Date.now() < deadline, `not in time: ${what()}`);
    await new Promise(resolve => setTimeout(resolve, 10));
  }
}

const stranger = io(url, { ...options, auth: {}, reconnection: false });
const refusal = await next(stranger, 'connect_error');
assert.equal(refusal.message, 'unauthorized');
assert.deepEqual(refusal.data, { code: 401 });
stranger.close();

const socket = io(url, options);
const seqs = [];
socket.on('message.created', ({ message }) => seqs.push(message.seq));
await next(socket, 'connect');
assert.equal(socket.recovered, false);

const joined = await socket.timeout(PATIENCE).emitWithAck('join.conversation', { conversationId });
assert.equal(joined.ok, true);
const unknown = { conversationId: '00000000-0000-0000-0000-000000000000' };
const refused = await socket.timeout(PATIENCE).emitWithAck('join.conversation', unknown);
assert.equal(refused.error.code, 'not_found');
assert.deepEqual(await socket.timeout(PATIENCE).emitWithAck('ping', Buffer.from([1, 2, 3])), { ok: true });

await command('post 3');
await until(() => seqs.length >= 3, () => seqs);

for (let seen = 3; seen < 63; seen += 20) {
  const lost = next(socket, 'disconnect');
  await command('cut');
  await lost;
  await command('post 20');
  const back = next(socket, 'connect');
  await command('restore');
  await back;
  assert.equal(socket.recovered, true);
  await until(() => seqs.length >= seen + 20, () => seqs);
}
assert.deepEqual(seqs, Array.from({ length: 63 }, (_, index) => index + 1));

socket.close();
process.exit(0);
