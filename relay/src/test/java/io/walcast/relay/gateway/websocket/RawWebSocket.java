package io.walcast.relay.gateway.websocket;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A client that sends whatever bytes a test wants, and reads frames as they are. */
final class RawWebSocket implements AutoCloseable {

    static final String HANDSHAKE = """
            GET / HTTP/1.1\r
            Host: localhost\r
            Upgrade: websocket\r
            Connection: keep-alive, Upgrade\r
            Sec-WebSocket-Version: 13\r
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
            \r
            """;

    /** Tomcat looks every ten seconds only whether a client has not answered a close. */
    private static final int TIMEOUT_MILLIS = 30_000;

    private final Socket socket;
    private final DataInputStream in;

    record Received(int first, byte[] content) {

        String text() {
            return new String(content, StandardCharsets.UTF_8);
        }

        /** -1 if this is no close frame, or one without a code. */
        int closeCode() {
            return first == 0x88 && content.length >= 2 ? (content[0] & 0xFF) << 8 | content[1] & 0xFF : -1;
        }

        String closeReason() {
            return new String(content, 2, content.length - 2, StandardCharsets.UTF_8);
        }
    }

    RawWebSocket(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(TIMEOUT_MILLIS);
        in = new DataInputStream(socket.getInputStream());
    }

    static RawWebSocket connect(int port) throws IOException {
        return new RawWebSocket(new Socket("127.0.0.1", port));
    }

    /** Sends a request, with these bytes right behind it, and returns the head of the answer. */
    String request(String request, byte... behind) throws IOException {
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes(request.getBytes(StandardCharsets.US_ASCII));
        bytes.writeBytes(behind);
        send(bytes.toByteArray());
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) in.readByte());
        }
        return head.toString();
    }

    RawWebSocket upgrade() throws IOException {
        String head = request(HANDSHAKE);
        if (!head.startsWith("HTTP/1.1 101")) {
            throw new IOException(head);
        }
        return this;
    }

    void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    void send(int first, String content) throws IOException {
        send(ClientFrames.frame(first, content.getBytes(StandardCharsets.UTF_8)));
    }

    /** The next message, put together if it comes in fragments, or the next control frame. */
    Received next() throws IOException {
        Received message = frame();
        while ((message.first() & 0x80) == 0) {
            Received more = frame();
            var content = new ByteArrayOutputStream();
            content.writeBytes(message.content());
            content.writeBytes(more.content());
            message = new Received(message.first() | more.first(), content.toByteArray());
        }
        return message;
    }

    private Received frame() throws IOException {
        int first = in.readUnsignedByte();
        int coded = in.readUnsignedByte();
        long length = coded == 126 ? in.readUnsignedShort() : coded == 127 ? in.readLong() : coded;
        byte[] content = new byte[(int) length];
        in.readFully(content);
        return new Received(first, content);
    }

    /** Whether the server has ended the connection, in order. */
    boolean isAtEnd() throws IOException {
        return in.read() < 0;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
