package io.walcast.relay.gateway.socketio;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Remembers what happened. Refuses the token {@code wrong}, fails at the event {@code defect}, and recovers from offsets
 * that are positions in its history.
 */
final class RecordingApplication implements SocketIoApplication {

    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final List<String> events = new CopyOnWriteArrayList<>();
    private final List<String> reasons = new CopyOnWriteArrayList<>();
    private volatile List<String> history = List.of();

    @Override
    public SocketListener connect(Socket socket, @Nullable JsonNode auth) throws ConnectRefused {
        if (auth != null && auth.path("token").asString("").equals("wrong")) {
            throw new ConnectRefused("unauthorized", "{\"code\":401}");
        }
        Recovery recovery = socket.recovery();
        if (recovery != null && recovery.offset().matches("\\d+")) {
            socket.recover();
            for (int i = Integer.parseInt(recovery.offset()); i < history.size(); i++) {
                socket.emit(EventFrame.of("e", "\"" + history.get(i) + "\""), String.valueOf(i + 1));
            }
        }
        return new Listener(socket);
    }

    void history(String... entries) {
        history = List.of(entries);
    }

    Socket last() {
        return sockets.get(sockets.size() - 1);
    }

    List<Socket> socketsInOrder() {
        return sockets;
    }

    int joined() {
        return sockets.size();
    }

    int left() {
        return reasons.size();
    }

    List<String> reasons() {
        return List.copyOf(reasons);
    }

    List<String> events(String name) {
        return events.stream().filter(name::equals).toList();
    }

    private final class Listener implements SocketListener {

        private Listener(Socket socket) {
            sockets.add(socket);
        }

        @Override
        public void event(String name, List<JsonNode> arguments, @Nullable Ack ack) {
            events.add(name);
            if (name.equals("defect")) {
                throw new IllegalStateException("a defect, on purpose");
            }
        }

        @Override
        public void disconnected(String reason) {
            reasons.add(reason);
        }
    }
}
