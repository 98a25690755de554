// Copyright The Walcast authors. Licensed under Apache-2.0.

// REST as the page needs it: one function for each request, and problem details as errors.

import { sleep } from './demo-page.js';

const PAGE = 50;
const POST_TRIES = 5;
const POST_PAUSE = 1000;

export class Problem extends Error {
  constructor(status, { title, detail }) {
    super([title, detail].filter(Boolean).join(': ') || `The server answered ${status}`);
    this.status = status;
  }
}

async function rest(method, path, userId, body, headers) {
  const response = await fetch(path, {
    method,
    headers: {
      ...(userId && { 'X-User-Id': userId }),
      ...(body && { 'Content-Type': 'application/json' }),
      ...headers,
    },
    body: body && JSON.stringify(body),
  });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Problem(response.status, answer);
  return answer;
}

/** Posts a message. Its key allows another try without writing the message twice. */
export async function post(userId, conversationId, content) {
  const key = Array.from(crypto.getRandomValues(new Uint32Array(4)), word => word.toString(36)).join('-');
  const body = { conversationId, type: 'TEXT', content };
  for (let tries = 1; ; tries++) {
    try {
      return await rest('POST', '/messages', userId, body, { 'Idempotency-Key': key });
    } catch (error) {
      const refused = error instanceof Problem && error.status !== 503;
      if (refused || tries === POST_TRIES) throw error;
      await sleep(POST_PAUSE);
    }
  }
}

/** Refused with 412 if the message has changed since the given version. */
export const edit = (userId, { id, version }, content) =>
  rest('PATCH', `/messages/${id}`, userId, { content }, { 'If-Match': `"${version}"` });

export const remove = (userId, { id }) => rest('DELETE', `/messages/${id}`, userId);

export const react = (userId, { id }, emoji, present) =>
  rest(present ? 'PUT' : 'DELETE', `/messages/${id}/reactions/${encodeURIComponent(emoji)}`, userId);

export const earlier = (userId, conversationId, before) =>
  rest('GET', `/conversations/${conversationId}/messages?before=${before}&limit=${PAGE}`, userId);

export const read = (userId, conversationId, seq) => rest('PUT', `/conversations/${conversationId}/read`, userId, { seq });

export const create = (userId, title, members) => rest('POST', '/conversations', userId, { title, members });

export const describe = (userId, conversationId) => rest('GET', `/conversations/${conversationId}`, userId);

export const rename = (userId, conversationId, title) => rest('PATCH', `/conversations/${conversationId}`, userId, { title });

export const admit = (userId, conversationId, newcomer) =>
  rest('PUT', `/conversations/${conversationId}/members/${encodeURIComponent(newcomer)}`, userId);

export const stages = messageId => rest('GET', `/ops/messages/${messageId}/stages`);
