// Code of users, which has to compile: types.test.mjs.

import { Conversation, type Message, WalcastError, connect } from '../../../../app/src/main/resources/static/walcast.js';

/** As it was written for release 0.1. */
export async function firstRelease(conversationId: string) {
  const client = connect({ url: ['ws://one/ws', new URL('ws://two/ws')], token: async () => 'token' });
  const stop = client.onState((state, { reason, retryIn }) => console.log(state === 'waiting', reason, retryIn));
  const { lastSeq } = await client.join(conversationId, {
    after: 0,
    epoch: 'e1',
    onMessage: (message: Message) => console.log(message.seq, message.content?.length),
    onJoined: joined => console.log(joined.epoch),
    onMember: ({ type, userId }) => console.log(type === 'added', userId),
    onHistoryChanged: () => {},
    onError: (error: WalcastError) => console.log(error.code, error.retried),
  });
  const position: number | undefined = client.position(conversationId);
  const epoch: string | undefined = client.epoch(conversationId);
  stop();
  client.close();
  return { lastSeq, position, epoch };
}

/** With the log and the feed. */
export function withLog(conversationId: string, stored: string | null) {
  const client = connect({ userId: 'ada' });
  const conversation = stored ? Conversation.from(JSON.parse(stored)) : new Conversation(conversationId);
  client.join(conversationId, {
    conversation,
    onChange: (change, { messages, reactions, members, reads, title }) => {
      if (change.type === 'message') console.log(change.message.editedAt, change.previous?.version, messages.length);
      if (change.type === 'reactions') console.log(reactions.get(change.messageId)?.map(({ emoji, mine }) => [emoji, mine]));
      if (change.type === 'member') console.log(change.change, members.get(change.userId)?.role, title);
      if (change.type === 'read') console.log(change.userId, reads.get(change.userId) ?? 0);
    },
  });
  const { seq, pos, epoch } = conversation.position;
  const feed = client.feed({ cursor: 'cursor', onChange: change => change.type === 'gone' && console.log(change.conversationId) });
  return [seq, pos, epoch, feed.cursor, feed.conversations.map(({ title, unread }) => `${title} ${unread}`)];
}
