// What the console asks of the server.

const LIMIT = 8000;

export async function get(path) {
  const answer = await fetch(path, { headers: { Accept: 'application/json' }, signal: AbortSignal.timeout(LIMIT) });
  if (!answer.ok) throw new Error(await problem(answer));
  return answer.json();
}

export async function post(path) {
  const answer = await fetch(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
    body: '{}',
    signal: AbortSignal.timeout(60000),
  });
  if (!answer.ok) throw new Error(await problem(answer));
  const text = await answer.text();
  return text ? JSON.parse(text) : {};
}

async function problem(answer) {
  try {
    const told = await answer.json();
    return told.detail || told.title || `the server answered ${answer.status}`;
  } catch {
    return `the server answered ${answer.status}`;
  }
}
