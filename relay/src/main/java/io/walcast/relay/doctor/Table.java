package io.walcast.relay.doctor;

import java.util.ArrayList;
import java.util.List;

/** Findings as plain text for a terminal, at most {@link #WIDTH} characters wide. */
final class Table {

    static final int WIDTH = 100;

    /** Before a remedy, which begins a line of its own so that it can be copied. */
    static final String ARROW = "      -> ";

    private static final int SEVERITY = 9;
    private static final int TOPIC = 14;

    private Table() {}

    static List<String> lines(List<Finding> findings) {
        List<String> lines = new ArrayList<>();
        for (Finding finding : findings) {
            String head = padded(finding.severity().word(), SEVERITY) + padded(finding.topic(), TOPIC);
            add(lines, head, finding.fact());
            String remedy = finding.remedy();
            if (remedy != null) {
                add(lines, ARROW, remedy);
            }
        }
        return lines;
    }

    private static void add(List<String> lines, String head, String text) {
        var line = new StringBuilder(head);
        boolean empty = true;
        for (String word : text.strip().split("\\s+")) {
            if (!empty && line.length() + 1 + word.length() > WIDTH) {
                lines.add(line.toString());
                line = new StringBuilder(" ".repeat(head.length()));
                empty = true;
            }
            line.append(empty ? "" : " ").append(word);
            empty = false;
        }
        lines.add(line.toString());
    }

    private static String padded(String text, int width) {
        return text + " ".repeat(Math.max(1, width - text.length()));
    }
}
