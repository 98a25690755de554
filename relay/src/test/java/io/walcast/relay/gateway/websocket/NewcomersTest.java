package io.walcast.relay.gateway.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NewcomersTest {

    private final List<String> out = new ArrayList<>();
    private final Newcomers<String> newcomers = new Newcomers<>(20, out::add);

    @Test
    void shareATenthAndTheOldestGoesFirst() {
        newcomers.add("a");
        newcomers.add("b");
        assertThat(out).isEmpty();
        newcomers.add("c");
        newcomers.remove("b");
        newcomers.add("d");
        newcomers.add("e");
        assertThat(out).containsExactly("a", "c");
    }

    @Test
    void makeRoomAsLongAsThereAreSome() {
        assertThat(newcomers.makeRoom()).isFalse();
        newcomers.add("a");
        newcomers.add("b");
        assertThat(newcomers.makeRoom()).isTrue();
        assertThat(newcomers.makeRoom()).isTrue();
        assertThat(newcomers.makeRoom()).isFalse();
        assertThat(out).containsExactly("a", "b");
    }
}
