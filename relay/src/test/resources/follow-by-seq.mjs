import { io } from 'socket.io-client';

/** Calls onMessage with every message of the conversation after `last`, once and in order. */
export function follow(socket, conversationId, last, onMessage) {
  let epoch, joining = false, pause = 500;
  const join = () => {
    if (joining || !socket.connected) return;
    joining = true;
    socket.timeout(10_000).emit('join.conversation', { conversationId, after: last, epoch }, (lost, answer) => {
      joining = false;
      if (answer?.ok) (epoch = answer.epoch), (pause = 500);
      else if (answer?.error.code === 'history_changed') (last = 0), (epoch = undefined), join();
      else if (lost || ['unavailable', 'limit_exceeded'].includes(answer.error.code)) {
        pause = Math.min(2 * pause, 30_000);
        setTimeout(join, pause * (0.5 + Math.random()));
      } else throw new Error(answer.error.code);
    });
  };
  socket.on('connect', join);
  socket.on('disconnect', () => (joining = false));
  socket.on('conversation.left', left => left.conversationId === conversationId && join());
  socket.on('message.created', ({ message }) => {
    if (message.conversationId !== conversationId || message.seq <= last) return;
    if (message.seq > last + 1) return join(); // a hole: the server replays from `last`
    last = message.seq;
    onMessage(message);
  });
  join();
}

const socket = io('http://localhost:3000', { auth: { userId: 'u1' } });
follow(socket, process.argv[2], 0, message => console.log(message.seq, message.content));
