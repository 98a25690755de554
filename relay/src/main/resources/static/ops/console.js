// The console: reads the state of the relay every two seconds, and shows it.

import { $, cell, make, none, say, show } from './dom.js';
import { confirm } from './confirm.js';
import { get, post } from './server.js';
import { age, bytes, clock, count, milliseconds, seconds } from './words.js';
import * as outbox from './outbox.js';
import * as plot from './plot.js';

const EVERY = 2000;
const STALE = 7000;

let answeredAt = 0;
let overview = null;
let waiting = null;

begin();

async function begin() {
  outbox.begin(acted);
  $('redrive-all').onclick = () => confirm({
    title: 'Send all parked rows again?',
    text: 'Each is delivered as usual, the oldest first. Rows that still cannot be delivered are parked again.',
    name: 'parked rows',
  }, () => act('/ops/parked/redrive'));
  $('restart').onclick = () => confirm({
    title: 'Restart the engine?',
    text: 'It continues where the slot stands. Delivery pauses for a second or two.',
    name: slotName(),
  }, () => act('/ops/engine/restart'));
  $('sweep').onclick = () => confirm({
    title: 'Sweep the outbox?',
    text: 'Delivery pauses while every unpublished row is delivered from the table. Clients drop repeats.',
    name: slotName(),
  }, () => act('/ops/sweep'));
  document.addEventListener('visibilitychange', () => { if (!document.hidden) look(); });
  setInterval(freshness, 1000);
  readAudit();
  try {
    plot.begin(await get('/ops/api/slots/history'));
  } catch { /* the plot begins now */ }
  look();
}

async function act(path) {
  await post(path);
  acted();
}

function acted() {
  outbox.refresh();
  readAudit();
  look();
}

function slotName() {
  return overview?.slots?.slots.find(({ slot }) => slot.ours)?.slot.name ?? 'walcast';
}

async function look() {
  clearTimeout(waiting);
  if (document.hidden) return;
  try {
    const known = await get('/ops/api/overview');
    const before = overview;
    overview = known;
    answeredAt = Date.now();
    render(known);
    if (before?.slots && known.slots && before.slots.parked !== known.slots.parked) outbox.refresh();
  } catch (failure) {
    if (Date.now() - answeredAt > STALE) unreachable(failure);
  }
  freshness();
  clearTimeout(waiting);
  waiting = setTimeout(look, EVERY);
}

function freshness() {
  const old = Date.now() - answeredAt;
  const stale = old > STALE;
  $('freshness').classList.toggle('stale', stale);
  $('freshness').textContent = !answeredAt ? 'connecting …'
    : stale ? `no answer for ${seconds(old / 1000)}: the values shown are old` : `live, ${clock(answeredAt)} UTC`;
}

function unreachable(failure) {
  verdict('ALARM', 'UNREACHABLE', '', {
    what: 'This page gets no answer from the process.',
    remedy: `It may have ended, or be cut off: ${failure.message}. Committed messages are kept, and delivered when it is back.`,
  }, []);
}

function render(known) {
  const [worst, ...others] = known.findings;
  verdict(worst.level, known.relay.state, `for ${age(known.relay.since)}`
    + (known.relay.restarts ? `, ${count(known.relay.restarts)} restarts` : ''), worst, others);
  stages(known.stages);
  if (known.slots) slots(known.slotsAt, known.slots);
  clients(known.clients, known.rooms);
  show($('lines'), known.log, lines => lines.map(line => make('li', { className: line.level },
    make('time', { dateTime: line.at, title: line.at }, clock(line.at)), make('span', { className: 'level' }, line.level),
    make('span', { className: 'source' }, line.source), make('span', { className: 'message' }, line.message))));
}

function verdict(level, state, since, worst, others) {
  $('verdict').dataset.level = level;
  say($('state'), state);
  say($('since'), since);
  say($('what'), worst.what);
  say($('remedy'), worst.remedy);
  document.title = `${level === 'GOOD' ? '' : level === 'ALARM' ? '■ ' : '▲ '}${state} – Walcast operations`;
  show($('findings'), others.filter(finding => finding.level !== 'GOOD' || level !== 'GOOD'), findings => findings.map(
    finding => make('li', { 'data-level': finding.level },
      make('span', { className: 'lamp' }), make('span', {}, finding.what), make('span', {}, finding.remedy))));
}

function stages(known) {
  for (const { stage, samples, median, p99 } of known) {
    const item = document.querySelector(`[data-stage=${stage}]`);
    item.classList.toggle('known', samples > 0);
    say(item.querySelector('.figure'), samples ? milliseconds(median) : '–');
    say(item.querySelector('.tail'), samples ? `99 %: ${milliseconds(p99)}` : 'nothing passed');
  }
  const read = known.find(({ stage }) => stage === 'read').samples;
  say($('way-note'), read ? `Medians of the last ${count(read)} messages and canaries. Rows are marked in batches, after the delivery; sockets do not wait for that.`
    : 'Nothing was posted in the last minute.');
}

function slots(at, { slots: known, keepBytes, volumeFree, serverVersion, holders, unpublished, oldestUnpublished, parked }) {
  say($('slots-note'), `PostgreSQL ${Math.floor(serverVersion / 10000)}. `
    + (keepBytes == null ? 'No bound: max_slot_wal_keep_size is not set, and a slot that nobody reads fills the disk.'
      : `A slot may keep ${bytes(keepBytes)} of WAL. Beyond that the slot is lost, but no message.`)
    + (volumeFree == null ? '' : ` ${bytes(volumeFree)} are free on the disk of the WAL.`));
  show($('slot-rows'), known, all => all.length ? all.map(slotRow) : [none(8, 'The server has no replication slots.')]);
  plot.add(at, known);
  show($('holders'), holders, all => all.length ? [holderTable(all)] : []);
  say($('unpublished'), count(unpublished));
  say($('oldest'), unpublished ? age(oldestUnpublished) : '–');
  say($('parked'), count(parked));
  $('parked').classList.toggle('attention', parked > 0);
  $('redrive-all').disabled = !parked;
}

function slotRow({ slot, retained, unconfirmed, growthPerSecond, still, untilLost, untilFull }) {
  const held = slot.activePid != null;
  const name = [slot.name, slot.ours ? make('span', { className: 'tag' }, 'ours') : null,
    make('span', { className: 'sub' }, [slot.type, slot.database, slot.walStatus, slot.invalidationReason,
      slot.failover ? 'failover' : null, slot.synced ? 'synced' : null].filter(Boolean).join(' · '))];
  return make('tr', {},
    cell('slot', 'name', make('span', {}, ...name.flatMap(part => part == null ? [] : [part, ' ']))),
    cell('held by', held ? '' : slot.ours ? 'warn' : '', make('span', {}, held ? `pid ${slot.activePid}` : 'nobody',
      make('span', { className: 'sub' }, held ? slot.client ?? '' : slot.inactiveSince ? `since ${clock(slot.inactiveSince)}` : ''))),
    cell('unconfirmed', 'number', make('span', {}, bytes(unconfirmed),
      still >= 5 ? make('span', { className: 'sub' }, `stands still for ${seconds(still)}`) : '')),
    cell('kept', 'number', bytes(retained)),
    cell('grows by', 'number', growthPerSecond == null ? '–' : `${bytes(growthPerSecond)}/s`),
    cell('lost in', untilLost != null ? 'warn' : '', slot.walStatus === 'lost' ? 'it is lost' : untilLost == null ? 'not in sight' : seconds(untilLost)),
    cell('disk full in', untilFull != null ? 'warn' : '', untilFull == null ? 'not in sight' : seconds(untilFull)),
    make('td', { className: 'act' }, slot.ours || held ? null : drop(slot.name)));
}

function drop(name) {
  const button = make('button', { type: 'button' }, 'Drop …');
  button.setAttribute('aria-label', `Drop slot ${name}`);
  button.onclick = () => confirm({
    title: `Drop slot ${name}?`,
    text: 'Its reader cannot continue where it was, and has to start from the beginning. This cannot be undone.',
    name,
  }, () => act(`/ops/slots/${encodeURIComponent(name)}/drop`));
  return button;
}

function holderTable(holders) {
  return make('div', { className: 'table' }, make('table', {},
    make('caption', {}, 'Open transactions that have written: the WAL is kept from the beginning of the oldest on'),
    make('thead', {}, make('tr', {}, ...['transaction', 'who', 'does', 'open for', 'last statement'].map(
      heading => make('th', { scope: 'col' }, heading)))),
    make('tbody', {}, ...holders.map(holder => make('tr', {},
      cell('transaction', 'id', holder.name), cell('who', '', holder.who), cell('does', '', holder.state),
      cell('open for', 'time', age(holder.since)), cell('last statement', 'key', holder.query ?? ''))))));
}

function clients({ connections, queuedBytes, slowCloses }, { rooms, largest }) {
  say($('socketio'), count(connections.socketio));
  say($('websocket'), count(connections.websocket));
  say($('rooms'), count(rooms));
  say($('queued'), bytes(queuedBytes));
  say($('slow'), count(slowCloses));
  show($('room-rows'), largest, all => all.length ? all.map(room => make('tr', {},
    cell('conversation', 'key', room.conversationId), cell('connections', 'number', count(room.connections)),
    cell('newest seq', 'number', room.newest ? count(room.newest) : '–'))) : [none(3, 'Nobody listens here.')]);
}

async function readAudit() {
  try {
    const entries = await get('/ops/api/audit');
    show($('audit-rows'), entries, all => all.length ? all.map(entry => make('tr', {},
      cell('when', 'time', entry.at.slice(0, 10), ' ', clock(entry.at)), cell('who', '', entry.who), cell('what', '', entry.action),
      cell('to what', '', entry.subject), cell('outcome', '', entry.outcome ?? 'not known'))) : [none(5, 'Nothing so far.')]);
  } catch { /* the next action reads it again */ }
}
