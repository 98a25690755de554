// The outbox table: the rows that the form selects, and the content of a row once it is opened.

import { $, cell, make, none, say } from './dom.js';
import { confirm } from './confirm.js';
import { get, post } from './server.js';
import { age, clock } from './words.js';

const COLUMNS = 7;
const AT_FIRST = 10;
const MOST = 50;
let acted = () => {};

/** @param whenActed called after a row was sent again */
export function begin(whenActed) {
  acted = whenActed;
  $('filter').addEventListener('submit', event => {
    event.preventDefault();
    refresh();
  });
  $('filter').elements.state.addEventListener('change', refresh);
  refresh();
}

export async function refresh() {
  const asked = new URLSearchParams(new FormData($('filter')));
  try {
    const rows = await get(`/ops/api/outbox?${asked}`);
    reveal(rows);
    say($('outbox-note'), `${rows.length === MOST ? `The first ${MOST} rows` : rows.length === 1 ? 'One row' : `${rows.length} rows`},`
      + ` as of ${clock(new Date())}`
      + (asked.get('state') === 'RECENT' ? ', from the newest 20,000.' : '.')
      + (asked.get('state') === 'RECENT' && !asked.get('topic') ? ' Canaries are left out.' : ''));
  } catch (failure) {
    say($('outbox-note'), `The rows could not be read: ${failure.message}`);
  }
}

/** Shows the first few, and the others when somebody asks for them. */
function reveal(rows) {
  $('outbox-rows').replaceChildren(
    ...(rows.length ? rows.slice(0, AT_FIRST).map(row) : [none(COLUMNS, 'There are no such rows.')]));
  const more = $('outbox-more');
  more.hidden = rows.length <= AT_FIRST;
  more.textContent = `Show ${rows.length - AT_FIRST} more`;
  more.onclick = () => {
    $('outbox-rows').append(...rows.slice(AT_FIRST).map(row));
    more.hidden = true;
  };
}

function row(known) {
  const open = make('button', { type: 'button', ariaExpanded: 'false' }, 'Content');
  open.setAttribute('aria-label', `Content of row ${known.id}`);
  const line = make('tr', {},
    cell('row', 'id', String(known.id)),
    cell('topic', '', known.topic),
    cell('conversation', 'key', known.eventKey),
    cell('written', 'time', clock(known.createdAt)),
    cell('state', '', state(known), known.lastError ? make('span', { className: 'sub' }, known.lastError) : null),
    cell('tries', 'number', String(known.attempts)),
    make('td', { className: 'act' }, open, known.parkedAt ? redrive(known) : null));
  open.onclick = () => toggle(line, open, known);
  return line;
}

function state(known) {
  if (known.parkedAt) return make('span', { className: 'tag alarm' }, `parked ${clock(known.parkedAt)}`);
  if (known.publishedAt) return make('span', { className: 'tag' }, `published ${clock(known.publishedAt)}`);
  return make('span', { className: 'tag attention' }, `waiting for ${age(known.createdAt)}`);
}

function redrive(known) {
  const button = make('button', { type: 'button', className: 'redrive' }, 'Send again …');
  button.setAttribute('aria-label', `Send row ${known.id} again`);
  button.onclick = () => confirm({
    title: `Send row ${known.id} again?`,
    text: `Its delivery failed ${known.attempts} times. The last error: ${known.lastError}. A new row takes its place.`,
    name: `row ${known.id}`,
  }, async () => {
    await post(`/ops/parked/${known.id}/redrive`);
    acted();
  });
  return button;
}

async function toggle(line, open, known) {
  if (open.ariaExpanded === 'true') {
    line.nextElementSibling.remove();
    open.ariaExpanded = 'false';
    return;
  }
  open.ariaExpanded = 'true';
  const list = make('dl');
  line.after(make('tr', { className: 'content' }, make('td', { colSpan: COLUMNS }, list)));
  const add = (term, text) => text && list.append(make('dt', {}, term), make('dd', {}, make('pre', {}, text)));
  try {
    const content = await get(`/ops/api/outbox/${known.id}`);
    add('payload', indented(content.payload));
    add('headers', content.headers === '{}' ? '' : indented(content.headers));
  } catch (failure) {
    add('payload', `could not be read: ${failure.message}`);
  }
  add('last error', known.lastError);
}

function indented(json) {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}
