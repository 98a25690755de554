package io.walcast.acceptance.benchmark.driver;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/** Finds a number behind a marker, whatever spaces and quotes are between, first where it stood in the message before. */
final class Bytes {

    private final byte[] marker;
    private int hint;

    Bytes(String marker) {
        this.marker = marker.getBytes(ISO_8859_1);
    }

    /** The number after the marker; -1 if the marker is not there. */
    long longAfter(byte[] bytes, int from, int length) {
        int to = from + length;
        int at = from + hint;
        if (at + marker.length > to || !matches(bytes, at, marker)) {
            at = indexOf(bytes, from, to, marker);
            if (at < 0) {
                return -1;
            }
            hint = at - from;
        }
        int digits = at + marker.length;
        while (digits < to && (bytes[digits] == ' ' || bytes[digits] == '"')) {
            digits++;
        }
        long value = 0;
        for (int i = digits; i < to && bytes[i] >= '0' && bytes[i] <= '9'; i++) {
            value = value * 10 + bytes[i] - '0';
        }
        return value;
    }

    /** Where the sought begins; -1 if it is not there. */
    static int indexOf(byte[] bytes, int from, int to, byte[] sought) {
        for (int i = from; i <= to - sought.length; i++) {
            if (matches(bytes, i, sought)) {
                return i;
            }
        }
        return -1;
    }

    private static boolean matches(byte[] bytes, int at, byte[] sought) {
        for (int i = 0; i < sought.length; i++) {
            if (bytes[at + i] != sought[i]) {
                return false;
            }
        }
        return true;
    }
}
