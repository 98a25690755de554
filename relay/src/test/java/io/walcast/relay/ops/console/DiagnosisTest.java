package io.walcast.relay.ops.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.relay.ops.Condition;
import io.walcast.relay.ops.RelayState;
import io.walcast.relay.ops.console.Finding.Level;
import io.walcast.relay.ops.slots.Backlog;
import io.walcast.relay.ops.slots.Sample;
import io.walcast.relay.ops.slots.Slot;
import io.walcast.relay.ops.slots.SlotReport;
import io.walcast.relay.ops.slots.WalHoldingTransaction;
import io.walcast.relay.wal.Doubt;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class DiagnosisTest {

    private static final Instant NOW = Instant.parse("2026-11-25T03:00:00Z");
    private static final Backlog NOTHING = new Backlog(0, null, 0, null);

    @Test
    void saysThatAllIsWellAndNothingElse() {
        assertThat(diagnose(RelayState.STREAMING, sample(null, null, List.of(), NOTHING)))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.level()).isEqualTo(Level.GOOD);
                    assertThat(finding.what()).startsWith("All is well");
                });
    }

    @ParameterizedTest
    @EnumSource(value = RelayState.class, names = "STREAMING", mode = Mode.EXCLUDE)
    void neverCallsAnyOtherStateGoodAndSaysWhatToDo(RelayState state) {
        Finding first = diagnose(state, sample(null, null, List.of(), NOTHING)).get(0);
        assertThat(first.level()).isNotEqualTo(Level.GOOD);
        assertThat(first.remedy()).isNotEmpty();
    }

    @Test
    void putsTheWorstFirst() {
        var findings = diagnose(
                RelayState.STREAMING,
                sample(Duration.ofMinutes(20), Duration.ofHours(9), List.of(), new Backlog(3, NOW, 2, NOW)));
        assertThat(findings.get(0).what())
                .isEqualTo("The slot is lost in about 20 min at this rate: it may keep 5.0 MB more.");
        assertThat(findings.get(0).level()).isEqualTo(Level.ALARM);
        assertThat(findings)
                .extracting(Finding::what)
                .contains(
                        "The disk of the WAL is full in about 9 h 0 min at this rate: 9.0 GB are free.",
                        "2 rows are parked: their delivery was given up.");
        assertThat(findings).last().extracting(Finding::level).isEqualTo(Level.GOOD);
    }

    @Test
    void namesTheTransactionThatHoldsTheWalBack() {
        var holder = new WalHoldingTransaction(
                "pid 4711", "nightly report ada", "idle in transaction", NOW.minusSeconds(600), "insert ...");
        assertThat(diagnose(RelayState.STREAMING, sample(null, null, List.of(holder), NOTHING)))
                .first()
                .extracting(Finding::what)
                .isEqualTo("A transaction holds the WAL back: pid 4711 (nightly report ada), idle in transaction,"
                        + " open for 10 min.");
    }

    @Test
    void namesWhatSomebodyElseDidForAnHour() {
        var doubt = new Doubt(Doubt.Cause.SLOT_MOVED, "the slot stands at 0/2, but ...", NOW);
        var condition = new Condition(RelayState.STREAMING, "", NOW, 1, doubt);
        var sample = sample(null, null, List.of(), NOTHING);
        assertThat(Diagnosis.of(condition, sample, Duration.ofHours(2), NOW.plusSeconds(60)))
                .first()
                .extracting(Finding::what)
                .isEqualTo("At 03:00:00 UTC the slot could not be relied on: the slot stands at 0/2, but ....");
        assertThat(Diagnosis.of(condition, sample, Duration.ofHours(2), NOW.plusSeconds(4_000)))
                .singleElement()
                .extracting(Finding::level)
                .isEqualTo(Level.GOOD);
    }

    @Test
    void saysThatPostgresDoesNotAnswer() {
        var condition = new Condition(RelayState.STREAMING, "", NOW, 0, null);
        var findings = Diagnosis.of(
                condition, sample(null, null, List.of(), NOTHING), Duration.ofSeconds(2), NOW.plusSeconds(20));
        assertThat(findings.get(0).what()).isEqualTo("PostgreSQL has not answered the slot monitor for 20 s.");
    }

    private static List<Finding> diagnose(RelayState state, Sample sample) {
        return Diagnosis.of(new Condition(state, "a reason", NOW, 0, null), sample, Duration.ofSeconds(2), NOW);
    }

    private static Sample sample(
            @Nullable Duration untilLost,
            @Nullable Duration untilFull,
            List<WalHoldingTransaction> holders,
            Backlog backlog) {
        var slot = new Slot(
                "walcast", true, "logical", "db", 1L, null, "reserved", 0L, 0L, 5L << 20, null, null, false, false);
        var report = new SlotReport(slot, 0, 0, null, Duration.ZERO, Duration.ZERO, untilLost, untilFull);
        return new Sample(NOW, 180000, 0, null, 9L << 30, List.of(report), holders, backlog);
    }
}
