package io.walcast.relay.gateway.websocket;

import java.nio.ByteBuffer;

/** Frames as a client sends them: masked (RFC 6455, section 5.3), and whatever else a test wants of them. */
final class ClientFrames {

    private static final byte[] MASK = {0x12, (byte) 0xF3, 0x4A, (byte) 0xC5};

    private ClientFrames() {}

    /** @param first FIN, the reserved bits, and the opcode */
    static byte[] frame(int first, byte[] content) {
        var frame = ByteBuffer.allocate(content.length + 14).put((byte) first);
        if (content.length < 126) {
            frame.put((byte) (0x80 | content.length));
        } else if (content.length < 0x10000) {
            frame.put((byte) (0x80 | 126)).putShort((short) content.length);
        } else {
            frame.put((byte) (0x80 | 127)).putLong(content.length);
        }
        frame.put(MASK);
        for (int i = 0; i < content.length; i++) {
            frame.put((byte) (content[i] ^ MASK[i % MASK.length]));
        }
        byte[] bytes = new byte[frame.flip().remaining()];
        frame.get(bytes);
        return bytes;
    }
}
