package io.walcast.relay.gateway.socketiochat;

import io.walcast.identity.Caller;
import io.walcast.relay.gateway.chat.Answer;
import io.walcast.relay.gateway.chat.Chat;
import io.walcast.relay.gateway.chat.ChatClient;
import io.walcast.relay.gateway.chat.ClientLink;
import io.walcast.relay.gateway.chat.ErrorCode;
import io.walcast.relay.gateway.chat.ErrorsOnly;
import io.walcast.relay.gateway.chat.Refusal;
import io.walcast.relay.gateway.chat.RequestRate;
import io.walcast.relay.gateway.chat.RequestRate.Verdict;
import io.walcast.relay.gateway.socketio.Ack;
import io.walcast.relay.gateway.socketio.EventFrame;
import io.walcast.relay.gateway.socketio.Socket;
import io.walcast.relay.gateway.socketio.SocketListener;
import io.walcast.relay.rooms.RoomEvent;
import io.walcast.relay.rooms.WireFormat;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One Socket.IO client: its events become requests, answers become acks.
 *
 * <p>With connection state recovery the events of the log carry an offset, and so does an {@code offset} event whenever its rooms
 * change: a client must never come back with an offset that lacks a room of which it knows that it is in.
 */
final class SocketIoClient implements SocketListener, ClientLink {

    private static final WireFormat<EventFrame> FORMAT = EventFrame::of;

    /** Chars: the answer to an event that there is not names it. */
    private static final int LONGEST_EVENT = 64;

    private static final EventFrame OFFSET = EventFrame.of("offset", List.of());

    private final Socket socket;
    private final ChatClient client;
    private final RequestRate rate;
    private final @Nullable Positions former;
    private final @Nullable Positions positions;

    /** @param former where the client was before it lost its connection; null for a new beginning */
    SocketIoClient(Socket socket, Chat chat, Caller caller, @Nullable Positions former) throws Refusal {
        this.socket = socket;
        this.former = former;
        this.positions = former == null && socket.isRecoverable() ? new Positions() : former;
        this.rate = chat.requestRate();
        this.client = chat.admit(caller, this);
    }

    /**
     * Continues where the client was. The specification sends what was missed before the answer to the CONNECT; here it
     * comes right after it, since it is read from the database and may be of any length.
     */
    @Override
    public void connected() {
        String epoch = former == null ? null : former.epoch();
        if (former != null && epoch != null) {
            former.places().forEach((conversationId, pos) -> client.resume(conversationId, pos, epoch));
        }
    }

    @Override
    public void event(String name, List<JsonNode> arguments, @Nullable Ack ack) {
        Verdict verdict = rate.count();
        if (verdict == Verdict.FLOOD) {
            socket.closeFlood();
            return;
        }
        Answer answer = ack == null ? new ErrorsOnly(this) : new Acknowledgement(ack);
        if (verdict == Verdict.REFUSE) {
            answer.refuse(RequestRate.refusal());
        } else if (name.length() > LONGEST_EVENT) {
            answer.refuse(new Refusal(
                    ErrorCode.BAD_REQUEST, "The name of an event has at most " + LONGEST_EVENT + " characters."));
        } else {
            client.request(name, arguments.isEmpty() ? null : arguments.get(0), answer);
        }
    }

    @Override
    public void disconnected(String reason) {
        client.disconnected();
    }

    @Override
    public boolean send(RoomEvent event) {
        EventFrame frame = event.as(FORMAT);
        if (positions == null || event.pos() == 0) {
            return socket.emit(frame);
        }
        return positions.advance(event, offset -> socket.emit(frame, offset));
    }

    @Override
    public void sendUrgent(String event, String json) {
        socket.emitUrgent(EventFrame.of(event, json));
    }

    @Override
    public void expired() {
        sendUrgent("error", Refusal.expired().answer());
        socket.closeExpired();
    }

    @Override
    public boolean isDrained() {
        return socket.isDrained();
    }

    @Override
    public void whenDrained(Runnable action) {
        socket.whenDrained(action);
    }

    @Override
    public void entered(UUID conversationId, long pos, String epoch) {
        if (positions != null) {
            positions.enter(conversationId, pos, epoch, this::sendOffset);
        }
    }

    @Override
    public void left(UUID conversationId) {
        if (positions != null) {
            positions.leave(conversationId, this::sendOffset);
        }
    }

    private void sendOffset(String offset) {
        socket.emitUrgent(OFFSET, offset);
    }

    private record Acknowledgement(Ack ack) implements Answer {

        @Override
        public void send(String json) {
            ack.send(json);
        }

        @Override
        public void refuse(Refusal refusal) {
            ack.send(refusal.answer());
        }
    }
}
