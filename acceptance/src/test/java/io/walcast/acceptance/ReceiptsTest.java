package io.walcast.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReceiptsTest {

    private final Receipts receipts = new Receipts();

    @Test
    void findsNothingWrongWithEachOnceInOrder() {
        arrived(1, 2, 3);

        assertThat(receipts.contiguous()).isEqualTo(3);
        assertThat(receipts.hasHole()).isFalse();
        assertThat(receipts.repeats()).isZero();
        assertThat(receipts.outOfOrder()).isZero();
    }

    @Test
    void countsWhatComesAgainAndHidesItFromTheUser() {
        arrived(1, 2, 2, 1, 3);

        assertThat(receipts.repeats()).isEqualTo(2);
        assertThat(receipts.repeatsSeen()).isZero();
        assertThat(receipts.outOfOrder()).isZero();
        assertThat(receipts.count()).isEqualTo(3);
    }

    @Test
    void countsAFirstArrivalBehindALaterOne() {
        arrived(1, 3);
        assertThat(receipts.hasHole()).isTrue();
        assertThat(receipts.contiguous()).isEqualTo(1);

        arrived(2, 3, 4);
        assertThat(receipts.hasHole()).isFalse();
        assertThat(receipts.contiguous()).isEqualTo(4);
        assertThat(receipts.outOfOrder()).isEqualTo(1);
    }

    private void arrived(long... seqs) {
        for (var seq : seqs) {
            receipts.arrived(seq);
        }
    }
}
