package io.walcast.acceptance.benchmark;

/** What the log of a conversation costs: changes beside posts, and replays and pages of a long one. */
final class ConversationLog implements Section {

    @Override
    public void measure(Setting setting, Report report) {
        LogMix.measure(setting, report);
        LogReplays.measure(setting, report);
    }
}
