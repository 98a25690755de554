package io.walcast.relay.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AcknowledgementNotesTest {

    private final List<Object> done = new ArrayList<>();

    @Test
    void comparesOnceBeforeItNotes() {
        var notes = new AcknowledgementNotes(() -> done.add("compared"), done::add);
        notes.beforeAcknowledge(100);
        notes.beforeAcknowledge(200);
        assertThat(done).containsExactly("compared", 100L, 200L);
    }

    @Test
    void notesNothingWhereNothingMoves() {
        var notes = new AcknowledgementNotes(() -> {}, done::add);
        notes.beforeAcknowledge(100);
        notes.beforeAcknowledge(100);
        notes.beforeAcknowledge(90);
        assertThat(done).containsExactly(100L);
    }

    @Test
    void notesNothingWhileTheSlotIsInDoubt() {
        var notes = new AcknowledgementNotes(
                () -> {
                    throw new IllegalStateException("in doubt");
                },
                done::add);
        assertThatThrownBy(() -> notes.beforeAcknowledge(100)).hasMessage("in doubt");
        assertThatThrownBy(() -> notes.beforeAcknowledge(200)).hasMessage("in doubt");
        assertThat(done).isEmpty();
    }
}
