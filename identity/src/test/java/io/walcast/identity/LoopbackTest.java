package io.walcast.identity;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LoopbackTest {

    @Test
    void knowsThisMachinesOwnNames() {
        for (var name : new String[] {"localhost", "LOCALHOST", "127.0.0.1", "127.8.8.8", "[::1]", "chat.localhost"}) {
            assertThat(Loopback.isName(name)).as(name).isTrue();
        }
    }

    @Test
    void knowsNoNameThatAnotherCouldOwn() {
        for (var name : new String[] {
            "",
            "rebound.example",
            "localhost.example",
            "127.0.0.1.example",
            "[::1].example",
            "notlocalhost",
            "10.0.0.1",
            "127.0.0",
            "[::]",
            "0.0.0.0",
            ".localhost",
            "localhost."
        }) {
            assertThat(Loopback.isName(name)).as(name).isFalse();
        }
        assertThat(Loopback.isName(null)).isFalse();
    }
}
