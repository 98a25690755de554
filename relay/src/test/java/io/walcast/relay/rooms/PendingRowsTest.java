package io.walcast.relay.rooms;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

/** Rows that were delivered and that the tables may not show. */
class PendingRowsTest {

    private final PendingRows rows = new PendingRows();

    @Test
    void membershipWaitsForTheLatestRemovalThatMayConcernTheUser() {
        rows.removed("ada", 5);
        rows.removedSomebody(7);
        rows.removed("grace", 9);
        rows.removed("grace", 8);
        assertThat(rows.membershipRow("ada")).isEqualTo(7);
        assertThat(rows.membershipRow("grace")).isEqualTo(9);
        assertThat(rows.membershipRow("eve")).isEqualTo(7);

        rows.settle(Set.of(7L));
        assertThat(rows.membershipRow("ada")).isEqualTo(5);
        assertThat(rows.membershipRow("eve")).isZero();
    }

    @Test
    void theNewestMessageIsAskedForOnlyWhereNobodyElseAsks() {
        rows.delivered(3);
        rows.removed("ada", 4);
        assertThat(rows.unsettled(false)).containsExactly(4L);
        assertThat(rows.unsettled(true)).containsExactlyInAnyOrder(3L, 4L);
        assertThat(rows.newest()).isEqualTo(3);
    }

    @Test
    void isEmptyOnceAllAreSettled() {
        assertThat(rows.isEmpty()).isTrue();
        rows.delivered(3);
        rows.removed("ada", 4);
        rows.removedSomebody(5);
        rows.settle(Set.of(3L, 4L));
        assertThat(rows.isEmpty()).isFalse();
        rows.settle(Set.of(5L));
        assertThat(rows.isEmpty()).isTrue();
    }
}
