package io.walcast.relay.gateway.websocket;

/**
 * Incremental validator of UTF-8 (RFC 3629, section 4), which fails at the first invalid byte. Not thread-safe.
 */
final class Utf8Validator {

    private static final int LOWEST = 0x80;
    private static final int HIGHEST = 0xBF;

    /** Bytes that are missing of the current character. */
    private int missing;

    /** Lowest value of the next byte: overlong forms, surrogates and values beyond U+10FFFF show there. */
    private int low = LOWEST;

    private int high = HIGHEST;

    boolean accept(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (missing == 0) {
                if (bytes[i] < 0 && !begin(bytes[i] & 0xFF)) {
                    return false;
                }
            } else {
                int next = bytes[i] & 0xFF;
                if (next < low || next > high) {
                    return false;
                }
                low = LOWEST;
                high = HIGHEST;
                missing--;
            }
        }
        return true;
    }

    /** Whether the bytes so far end with a complete character. */
    boolean isComplete() {
        return missing == 0;
    }

    private boolean begin(int lead) {
        if (lead < 0xC2 || lead > 0xF4) {
            return false;
        }
        missing = lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
        switch (lead) {
            case 0xE0 -> low = 0xA0;
            case 0xED -> high = 0x9F;
            case 0xF0 -> low = 0x90;
            case 0xF4 -> high = 0x8F;
            default -> {}
        }
        return true;
    }
}
