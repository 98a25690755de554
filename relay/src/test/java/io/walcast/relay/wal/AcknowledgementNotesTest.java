package io.walcast.relay.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AcknowledgementNotesTest {

    private final List<Object> done = new CopyOnWriteArrayList<>();
    private AcknowledgementNotes notes = new AcknowledgementNotes(() -> done.add("compared"), done::add);

    @AfterEach
    void close() {
        notes.close();
    }

    @Test
    void comparesOnceBeforeItNotes() throws Exception {
        assertThat(notes.isNoted(100)).isTrue();
        assertThat(notes.isNoted(200)).isTrue();
        assertThat(done).containsExactly("compared", 100L, 200L);
    }

    @Test
    void notesNothingWhereNothingMoves() throws Exception {
        assertThat(notes.isNoted(100)).isTrue();
        assertThat(notes.isNoted(100)).isTrue();
        assertThat(notes.isNoted(90)).isTrue();
        assertThat(done).containsExactly("compared", 100L);
    }

    @Test
    void notesNothingWhileTheSlotIsInDoubt() {
        notes = new AcknowledgementNotes(
                () -> {
                    throw new IllegalStateException("in doubt");
                },
                done::add);
        assertThatThrownBy(() -> notes.isNoted(100)).hasMessage("in doubt");
        assertThatThrownBy(() -> notes.isNoted(200)).hasMessage("in doubt");
        assertThat(done).isEmpty();
    }

    @Test
    void keepsNobodyWaitingForAnAnswerThatDoesNotCome() throws Exception {
        var answers = new Semaphore(0);
        notes = new AcknowledgementNotes(() -> {}, lsn -> {
            answers.acquireUninterruptibly();
            done.add(lsn);
        });
        assertThat(notes.isNoted(100)).isFalse();
        assertThat(notes.isNoted(100)).isFalse();
        answers.release();
        await().until(() -> notes.isNoted(100));
        assertThat(done).containsExactly(100L);
    }
}
