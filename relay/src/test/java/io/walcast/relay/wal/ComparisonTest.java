package io.walcast.relay.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.walcast.relay.wal.Doubt.Cause;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ComparisonTest {

    @Test
    void aSlotAtItsNoteOrBeforeItBringsEveryRow() {
        assertThat(causes(remembered(100L), found(100L))).isEmpty();
        assertThat(causes(remembered(100L), found(40L))).isEmpty();
    }

    @Test
    void aSlotBeyondItsNoteWasMovedBySomebodyElse() {
        assertThat(causes(remembered(100L), found(101L))).containsExactly(Cause.SLOT_MOVED);
        assertThat(Comparison.of(remembered(0x100L), found(0x1_0000_0200L))
                        .get(0)
                        .what())
                .contains("1/200", "0/100");
    }

    @Test
    void aSlotWithoutANoteIsNotRelied() {
        assertThat(causes(Remembered.NOTHING, found(1L))).containsExactly(Cause.SLOT_MOVED);
    }

    @Test
    void oneThatIsBeingMadeIsNotJudged() {
        assertThat(causes(remembered(100L), found(null))).isEmpty();
    }

    @Test
    void whatWasChangedAndMendedBetweenTwoLooksShows() {
        assertThat(causes(remembered(100L), found(100L, "16390 800", "1 2 3", 50L, "7-1")))
                .containsExactly(Cause.PUBLICATION_CHANGED);
        assertThat(causes(remembered(100L), found(100L, "16390 700", "1 2 4", 50L, "7-1")))
                .containsExactly(Cause.OUTBOX_CHANGED);
        assertThat(causes(remembered(100L), found(100L, "16390 700", "1 2 3", 50L, "7-2")))
                .containsExactly(Cause.HISTORY_CHANGED);
    }

    @Test
    void aSequenceThatWasSetBackBelowTheLowWaterMeansOtherIds() {
        assertThat(causes(remembered(100L), found(100L, "16390 700", "1 2 3", 8L, "7-1")))
                .containsExactly(Cause.OUTBOX_CHANGED);
        assertThat(causes(remembered(100L), found(100L, "16390 700", "1 2 3", 9L, "7-1")))
                .isEmpty();
        assertThat(causes(remembered(100L), found(100L, "16390 700", "1 2 3", null, "7-1")))
                .as("a sequence that must not be read")
                .isEmpty();
    }

    @Test
    void aSweepThatIsPendingKeepsItsReason() {
        var pending = new Remembered(true, "somebody asked for a sweep", 10, 100L, "7-1", "16390 700", "1 2 3");
        assertThat(Comparison.of(pending, found(100L)))
                .singleElement()
                .extracting(Doubt::what)
                .isEqualTo("somebody asked for a sweep");
    }

    @Test
    void everyDoubtIsTold() {
        assertThat(causes(remembered(100L), found(200L, "other", "other", 1L, "other")))
                .containsExactly(
                        Cause.SLOT_MOVED, Cause.HISTORY_CHANGED, Cause.PUBLICATION_CHANGED, Cause.OUTBOX_CHANGED);
    }

    private static List<Cause> causes(Remembered remembered, Found found) {
        return Comparison.of(remembered, found).stream().map(Doubt::cause).toList();
    }

    private static Remembered remembered(long acknowledgedUpTo) {
        return new Remembered(false, null, 10, acknowledgedUpTo, "7-1", "16390 700", "1 2 3");
    }

    private static Found found(@Nullable Long confirmed) {
        return found(confirmed, "16390 700", "1 2 3", 50L, "7-1");
    }

    private static Found found(
            @Nullable Long confirmed, String publication, String files, @Nullable Long lastId, String history) {
        return new Found("logical", true, false, confirmed, null, 1_000, null, publication, files, lastId, history);
    }
}
