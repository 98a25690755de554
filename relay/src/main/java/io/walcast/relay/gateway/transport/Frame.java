package io.walcast.relay.gateway.transport;

import java.nio.ByteBuffer;

/** A message on its way out. Immutable, so that one frame can be queued on any number of connections. */
public sealed interface Frame {

    /** Length on the wire without framing, in bytes. */
    int bytes();

    /** Half a surrogate pair cannot be written as UTF-8: each becomes U+FFFD. */
    static Frame text(String text) {
        String wellFormed = Utf8.isWellFormed(text) ? text : Utf8.wellFormed(text);
        return new Text(wellFormed, Utf8.length(wellFormed));
    }

    /** @param content not copied; must not change any more */
    static Frame binary(byte[] content) {
        return new Binary(ByteBuffer.wrap(content).asReadOnlyBuffer());
    }

    /** A text message. */
    record Text(String text, int bytes) implements Frame {}

    /** A binary message. */
    record Binary(ByteBuffer content) implements Frame {
        @Override
        public int bytes() {
            return content.remaining();
        }
    }
}
