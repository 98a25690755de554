package io.walcast.relay.ops.console;

import io.walcast.relay.ops.Condition;
import io.walcast.relay.ops.RelayState;
import io.walcast.relay.ops.console.Finding.Level;
import io.walcast.relay.ops.slots.Backlog;
import io.walcast.relay.ops.slots.Sample;
import io.walcast.relay.ops.slots.SlotReport;
import io.walcast.relay.ops.slots.WalHoldingTransaction;
import io.walcast.relay.wal.Doubt;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Describes the state of the relay in findings with remedies, the worst finding first. */
final class Diagnosis {

    /** A transaction keeps the WAL from its beginning on; younger ones do no harm. */
    private static final Duration OLD = Duration.ofSeconds(45);

    private static final Duration STUCK = Duration.ofSeconds(5);
    private static final Duration RECENT = Duration.ofHours(1);
    private static final Duration SOON = Duration.ofHours(1);
    private static final long WORTH_NAMING = 1L << 30;
    private static final int UNSEEN_SAMPLES = 5;

    private Diagnosis() {}

    /**
     * @param sample the newest one; null if there is none yet
     * @param interval how often a sample is due
     */
    static List<Finding> of(Condition relay, @Nullable Sample sample, Duration interval, Instant now) {
        List<Finding> findings = new ArrayList<>();
        findings.add(state(relay));
        doubt(relay, now, findings);
        if (sample != null) {
            Duration age = Duration.between(sample.at(), now);
            if (age.compareTo(interval.multipliedBy(UNSEEN_SAMPLES)) > 0) {
                findings.add(new Finding(
                        Level.ALARM,
                        "PostgreSQL has not answered the slot monitor for " + HumanFormat.time(age) + ".",
                        "The figures of the slots are that old. Check whether the server runs, and how many connections"
                                + " it has."));
            }
            sample.ours().ifPresent(ours -> {
                if (relay.state() == RelayState.STANDBY) {
                    standsStill(ours, findings);
                }
                slot(ours, sample, now, findings);
            });
            foreign(sample, findings);
            parked(sample.backlog(), findings);
        }
        if (relay.state() == RelayState.STREAMING && findings.size() == 1) {
            return List.of(new Finding(Level.GOOD, "All is well: messages are delivered as they are committed.", ""));
        }
        // Stable, so what the relay does comes first among equals.
        findings.sort(Comparator.comparing(Finding::level).reversed());
        return findings;
    }

    private static Finding state(Condition relay) {
        String since = HumanFormat.at(relay.since());
        return switch (relay.state()) {
            case STREAMING -> new Finding(Level.GOOD, "Messages are delivered as they are committed.", "");
            case STANDBY ->
                new Finding(
                        Level.ATTENTION,
                        "This process stands by: another walsender holds the slot.",
                        "Nothing to do if another Walcast runs. If none does, see who holds the slot in the table below,"
                                + " and end that walsender.");
            case STARTING, WARMING ->
                new Finding(
                        Level.ATTENTION,
                        "The relay is starting: " + relay.reason() + ".",
                        "Wait a few seconds. Posts are accepted now, and delivered then.");
            case SWEEPING ->
                new Finding(
                        Level.ATTENTION,
                        "Rows committed before are delivered from the table: " + relay.reason() + ".",
                        "Wait. Nothing is lost.");
            case STALLED ->
                new Finding(
                        Level.ALARM,
                        "Nothing is delivered: the slot has stood still since " + since + " while the WAL grows.",
                        "The relay replaces the engine. If that does not help, restart it here, and end the walsender"
                                + " that holds the slot.");
            case BLOCKED ->
                new Finding(
                        Level.ALARM,
                        "Delivery has been blocked since " + since + ": " + relay.reason() + ".",
                        "Nothing is lost: the WAL is kept. If the reason names no remedy, check PostgreSQL for locks,"
                                + " refused updates and connections. Delivery continues once the cause is gone.");
            case NOT_DELIVERING ->
                new Finding(
                        Level.ALARM,
                        "Nothing has come through since " + since + ": " + relay.reason() + ".",
                        "The relay replaces the engine, unless rows wait. Look in the log below for marks that cannot"
                                + " be written.");
            case RESTARTING ->
                new Finding(
                        Level.ALARM,
                        "The engine ended and is started again: " + relay.reason() + ".",
                        "One restart is harmless. If restarts repeat, remove that cause.");
            case STOPPED ->
                new Finding(
                        Level.ALARM, "The relay has stopped: " + relay.reason() + ".", "The process is going down.");
            case FAILED ->
                new Finding(
                        Level.ALARM,
                        "The relay can do nothing: " + relay.reason() + ".",
                        "Do what the reason says. The relay tries again within 10 s, or at once if the engine is"
                                + " restarted here. Posts are accepted and kept meanwhile.");
        };
    }

    /** Somebody else's change to the slot or the tables is repaired in a second, and shown for an hour. */
    private static void doubt(Condition relay, Instant now, List<Finding> findings) {
        Doubt doubt = relay.lastDoubt();
        if (doubt != null
                && doubt.cause() != Doubt.Cause.SWEEP_PENDING
                && Duration.between(doubt.at(), now).compareTo(RECENT) < 0) {
            findings.add(new Finding(
                    Level.ATTENTION,
                    "At " + HumanFormat.at(doubt.at()) + " the slot could not be relied on: " + doubt.what() + ".",
                    "The table was swept, so nothing is missing. If it was not you, find out who made that change."));
        }
    }

    /** The holder of the slot does not advance it, and may be unable to report that. */
    private static void standsStill(SlotReport ours, List<Finding> findings) {
        if (ours.still().compareTo(STUCK) > 0) {
            findings.add(new Finding(
                    Level.ALARM,
                    "Nothing is delivered: the slot has stood still for " + HumanFormat.time(ours.still())
                            + ", though another walsender holds it.",
                    "End that walsender, and the relay takes over: select pg_terminate_backend("
                            + ours.slot().activePid() + ")"));
        }
    }

    private static void slot(SlotReport ours, Sample sample, Instant now, List<Finding> findings) {
        if (ours.untilLost() != null) {
            findings.add(new Finding(
                    ours.untilLost().compareTo(SOON) < 0 ? Level.ALARM : Level.ATTENTION,
                    "The slot is lost in about " + HumanFormat.time(ours.untilLost()) + " at this rate: it may keep "
                            + HumanFormat.bytes(ours.slot().safeBytes()) + " more.",
                    "A lost slot costs no message: a new one is made and the table swept. To gain time, raise"
                            + " max_slot_wal_keep_size."));
        }
        if (ours.untilFull() != null) {
            findings.add(new Finding(
                    ours.untilFull().compareTo(SOON) < 0 ? Level.ALARM : Level.ATTENTION,
                    "The disk of the WAL is full in about " + HumanFormat.time(ours.untilFull()) + " at this rate: "
                            + HumanFormat.bytes(sample.volumeFreeBytes()) + " are free.",
                    "A full disk stops PostgreSQL. Set max_slot_wal_keep_size below the free space, or drop the slot"
                            + " that holds the WAL."));
        }
        if (!sample.holders().isEmpty()) {
            WalHoldingTransaction oldest = sample.holders().get(0);
            Duration age = Duration.between(oldest.since(), now);
            if (age.compareTo(OLD) > 0) {
                findings.add(new Finding(
                        Level.ATTENTION,
                        String.format(
                                Locale.ROOT,
                                "A transaction holds the WAL back: %s (%s), %s, open for %s.",
                                oldest.name(),
                                oldest.who(),
                                oldest.state(),
                                HumanFormat.time(age)),
                        "All WAL since it began is kept, " + HumanFormat.bytes(ours.retainedBytes())
                                + " now. Delivery continues. End it if its owner agrees."));
            }
        }
    }

    private static void foreign(Sample sample, List<Finding> findings) {
        for (SlotReport report : sample.slots()) {
            if (!report.slot().ours() && !report.slot().active() && report.retainedBytes() > WORTH_NAMING) {
                findings.add(new Finding(
                        Level.ATTENTION,
                        "Slot " + report.slot().name() + ", which is not ours, keeps "
                                + HumanFormat.bytes(report.retainedBytes()) + " and nobody reads it.",
                        "If nobody needs it, drop it below."));
            }
        }
    }

    private static void parked(Backlog backlog, List<Finding> findings) {
        if (backlog.parked() > 0) {
            findings.add(new Finding(
                    Level.ATTENTION,
                    backlog.parked() == 1
                            ? "One row is parked: its delivery was given up."
                            : backlog.parked() + " rows are parked: their delivery was given up.",
                    "Read the last error in the outbox below, remove its cause, then send the rows again."));
        }
    }
}
