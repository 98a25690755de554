package io.walcast.relay.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.relay.gateway.websocket.TestWebSocket;
import java.net.URI;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Speaks Socket.IO with the whole relay, packet by packet over a WebSocket. */
final class SocketIoClientSocket implements AutoCloseable {

    private static final JsonMapper JSON = new JsonMapper();

    private final TestWebSocket socket;
    private String offset;

    private SocketIoClientSocket(TestWebSocket socket) {
        this.socket = socket;
    }

    /** A WebSocket whose open packet has been read. */
    static SocketIoClientSocket open(int port) throws InterruptedException {
        var socket =
                TestWebSocket.connect(URI.create("ws://127.0.0.1:" + port + "/socket.io/?EIO=4&transport=websocket"));
        assertThat(socket.nextText()).startsWith("0{");
        return new SocketIoClientSocket(socket);
    }

    SocketIoClientSocket send(String packet) {
        socket.send(packet.replace('\'', '"'));
        return this;
    }

    /** The next packet that is neither a ping nor an offset. */
    String next() throws InterruptedException {
        while (true) {
            String packet = socket.nextText();
            if (packet.equals("2")) {
                socket.send("3");
            } else if (packet.startsWith("42[\"offset\",")) {
                remember(packet);
            } else {
                return packet;
            }
        }
    }

    /** The data of the next packet, which is this event; an offset behind it is kept. */
    JsonNode event(String name) throws InterruptedException {
        String packet = next();
        assertThat(packet).startsWith("42[\"" + name + "\",");
        remember(packet);
        return JSON.readTree(packet.substring(2)).get(1);
    }

    /** The argument of the next packet, which is this acknowledgement. */
    JsonNode ack(int id) throws InterruptedException {
        String packet = next();
        assertThat(packet).startsWith("43" + id + "[");
        return JSON.readTree(packet.substring(packet.indexOf('['))).get(0);
    }

    /** Connects, and returns what the answer says. */
    JsonNode connect(String auth) throws InterruptedException {
        send("40" + auth);
        String packet = next();
        assertThat(packet).startsWith("40{");
        return JSON.readTree(packet.substring(2));
    }

    void expectMessages(long first, long last) throws InterruptedException {
        for (long seq = first; seq <= last; seq++) {
            assertThat(event("message.created").path("message").path("seq").longValue())
                    .isEqualTo(seq);
        }
    }

    /** The last offset that the server gave. */
    String offset() {
        return offset;
    }

    int closeCode() throws Exception {
        return socket.closeCode();
    }

    @Override
    public void close() {
        socket.abort();
    }

    private void remember(String packet) {
        JsonNode arguments = JSON.readTree(packet.substring(2));
        JsonNode last = arguments.get(arguments.size() - 1);
        if (last.isString()) {
            offset = last.stringValue();
        }
    }
}
