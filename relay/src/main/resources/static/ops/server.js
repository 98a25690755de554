// The console's requests to the server.

import { $ } from './dom.js';

const LIMIT = 8000;

/** The user's token, if the server asks for one. It is kept in the memory of the page only. */
let token = '';

export async function get(path) {
  const answer = await ask(path, { headers: { Accept: 'application/json' }, signal: AbortSignal.timeout(LIMIT) });
  if (!answer.ok) throw new Error(await problem(answer));
  return answer.json();
}

export async function post(path) {
  const answer = await ask(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
    body: '{}',
    signal: AbortSignal.timeout(60000),
  });
  if (!answer.ok) throw new Error(await problem(answer));
  const text = await answer.text();
  return text ? JSON.parse(text) : {};
}

async function ask(path, request) {
  if (token) request.headers.Authorization = `Bearer ${token}`;
  const answer = await fetch(path, request);
  if (answer.status === 401) signIn();
  return answer;
}

function signIn() {
  const dialog = $('sign-in');
  if (dialog.open) return;
  const input = $('sign-in-token');
  input.value = '';
  dialog.querySelector('form').onsubmit = () => { token = input.value.trim(); };
  dialog.showModal();
  input.focus();
}

async function problem(answer) {
  try {
    const told = await answer.json();
    return told.detail || told.title || `the server answered ${answer.status}`;
  } catch {
    return `the server answered ${answer.status}`;
  }
}
