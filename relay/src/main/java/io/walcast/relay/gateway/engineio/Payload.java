package io.walcast.relay.gateway.engineio;

import io.walcast.relay.gateway.websocket.Frame;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * The packets in the body of a long-polling request or answer (engine.io-protocol v4, "Packet encoding"): joined by the
 * record separator, binary ones as {@code b} and base64.
 */
final class Payload {

    private static final char SEPARATOR = '\u001e';
    private static final char BINARY = 'b';

    private Payload() {}

    /** @return the body in pieces: put together it would be in memory twice */
    static List<byte[]> encode(List<Frame> frames) {
        var pieces = new ArrayList<byte[]>(2 * frames.size());
        for (Frame frame : frames) {
            if (!pieces.isEmpty()) {
                pieces.add(new byte[] {(byte) SEPARATOR});
            }
            if (frame.isText()) {
                pieces.add(frame.content());
            } else {
                pieces.add(new byte[] {(byte) BINARY});
                pieces.add(Base64.getEncoder().encode(frame.content()));
            }
        }
        return pieces;
    }

    /** @return each packet as a {@code String}, or as {@code byte[]} if it is binary */
    static List<Object> decode(String body) throws MalformedPacketException {
        var packets = new ArrayList<Object>();
        int start = 0;
        while (start <= body.length()) {
            int separator = body.indexOf(SEPARATOR, start);
            int end = separator < 0 ? body.length() : separator;
            packets.add(packet(body.substring(start, end)));
            start = end + 1;
        }
        return packets;
    }

    private static Object packet(String packet) throws MalformedPacketException {
        if (packet.isEmpty()) {
            throw new MalformedPacketException("empty packet");
        }
        if (packet.charAt(0) != BINARY) {
            return packet;
        }
        try {
            // Lenient, because the Java client breaks the lines.
            return Base64.getMimeDecoder().decode(packet.substring(1));
        } catch (IllegalArgumentException e) {
            throw new MalformedPacketException("bad base64");
        }
    }
}
