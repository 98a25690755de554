package io.walcast.relay.ops.console;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Formats times and sizes for people. */
final class HumanFormat {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

    private static final String[] UNITS = {"bytes", "KB", "MB", "GB", "TB"};

    private HumanFormat() {}

    static String at(Instant time) {
        return TIME.format(time);
    }

    /** A duration in its one or two largest units. */
    static String time(Duration duration) {
        long seconds = duration.toSeconds();
        if (seconds < 120) {
            return seconds + " s";
        }
        if (seconds < 2 * 3_600) {
            return seconds / 60 + " min";
        }
        if (seconds < 2 * 86_400) {
            return seconds / 3_600 + " h " + seconds % 3_600 / 60 + " min";
        }
        return seconds / 86_400 + " days";
    }

    static String bytes(@Nullable Long bytes) {
        if (bytes == null) {
            return "an unknown amount";
        }
        double value = Math.max(0, bytes);
        int unit = 0;
        while (value >= 1_000 && unit < UNITS.length - 1) {
            value /= 1_024;
            unit++;
        }
        return String.format(Locale.ROOT, value < 10 && unit > 0 ? "%.1f %s" : "%.0f %s", value, UNITS[unit]);
    }
}
