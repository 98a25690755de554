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

/** Says in sentences what there is to say about the relay, the worst first, and what to do about it. */
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
                        "What is shown of the slots is that old. Look whether the server runs, and how many connections it"
                                + " has."));
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
                        "Wait a few seconds. Posts are taken, and delivered then.");
            case SWEEPING ->
                new Finding(
                        Level.ATTENTION,
                        "Rows committed before are delivered from the table: " + relay.reason() + ".",
                        "Wait. Nothing is lost.");
            case STALLED ->
                new Finding(
                        Level.ALARM,
                        "Nothing is delivered since " + since + ": the slot stands still while the WAL grows.",
                        "The engine is replaced by itself. If that does not help, restart it here, and end the walsender"
                                + " that holds the slot.");
            case BLOCKED ->
                new Finding(
                        Level.ALARM,
                        "Delivery is blocked since " + since + ": " + relay.reason() + ".",
                        "Nothing is lost, the WAL is kept. If that does not say what to do, look at PostgreSQL for locks,"
                                + " refused updates and connections; it continues by itself once the cause is gone.");
            case NOT_DELIVERING ->
                new Finding(
                        Level.ALARM,
                        "Nothing comes through since " + since + ": " + relay.reason() + ".",
                        "The engine is replaced by itself, unless rows wait. Look in the log below for marks that cannot be"
                                + " written.");
            case RESTARTING ->
                new Finding(
                        Level.ALARM,
                        "The engine ended and is started again: " + relay.reason() + ".",
                        "Once is nothing. If it happens again and again, that reason is what to mend.");
            case STOPPED ->
                new Finding(
                        Level.ALARM, "The relay has stopped: " + relay.reason() + ".", "The process is going down.");
            case FAILED ->
                new Finding(
                        Level.ALARM,
                        "The relay can do nothing: " + relay.reason() + ".",
                        "Do what that says. It is tried again within 10 s, or at once if the engine is restarted"
                                + " here. Posts are taken and kept meanwhile.");
        };
    }

    /** What somebody else did to the slot or the tables is repaired in a second, and worth knowing for longer. */
    private static void doubt(Condition relay, Instant now, List<Finding> findings) {
        Doubt doubt = relay.lastDoubt();
        if (doubt != null
                && doubt.cause() != Doubt.Cause.SWEEP_PENDING
                && Duration.between(doubt.at(), now).compareTo(RECENT) < 0) {
            findings.add(new Finding(
                    Level.ATTENTION,
                    "At " + HumanFormat.at(doubt.at()) + " the slot could not be relied on: " + doubt.what() + ".",
                    "The table was swept, so nothing is missing. Find out who did that, if it was not you."));
        }
    }

    /** Whoever holds the slot does not move it, and may not be able to say so. */
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
                    "A lost slot costs no message: it is made again and the table swept. To win time, raise"
                            + " max_slot_wal_keep_size."));
        }
        if (ours.untilFull() != null) {
            findings.add(new Finding(
                    ours.untilFull().compareTo(SOON) < 0 ? Level.ALARM : Level.ATTENTION,
                    "The disk of the WAL is full in about " + HumanFormat.time(ours.untilFull()) + " at this rate: "
                            + HumanFormat.bytes(sample.volumeFreeBytes()) + " are free.",
                    "A full disk stops PostgreSQL. Set max_slot_wal_keep_size below what is free, or drop what holds the"
                            + " WAL."));
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
                        "If nobody misses it, drop it below."));
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
                    "Look at the last error in the outbox below, put its cause right, then send them again."));
        }
    }
}
